"""Rows of a CSV file, each with the line that it begins on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from feeds.errors import Fault, Place
from feeds.importing.base import Export

FIELD = 2_000_000
"""Characters of one field at most."""


def rows(text: str, file: str, export: Export) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Line and fields of each row below the heading. Rows that break off are a fault of the export."""
    before = csv.field_size_limit(FIELD)
    reader = csv.DictReader(io.StringIO(text.replace("\0", ""), newline=""))
    found: list[tuple[int, Mapping[str, str]]] = []
    try:
        line = 2
        for row in reader:
            found.append((line, {k: v for k, v in row.items() if isinstance(k, str) and isinstance(v, str)}))
            line = reader.line_num + 1
    except csv.Error as refusal:
        place = Place(f"{export.source}/{file}", reader.line_num)
        export.faults.append(Fault(place, f"cannot be read from here on: {refusal}"))
    finally:
        csv.field_size_limit(before)
    yield from found
