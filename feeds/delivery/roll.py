"""The list of subscribers, from files and to files."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, TextIO

from feeds.delivery.intake import entries
from feeds.delivery.ledger.base import Ledger
from feeds.delivery.subscribers import Enrolled, Entry, Subscriber, moment
from feeds.errors import Fault

COLUMNS = ("address", "state", "topics", "language", "consent", "consent_at", "confirmed_at", "suppressed")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows of a file."""

    enrolled: Enrolled
    refused: int


def import_file(
    ledger: Ledger, newsletter: str, stream: BinaryIO, name: str, refused: Callable[[Fault], None]
) -> Imported:
    """Put the rows of a CSV or JSON lines file on the list; each row that cannot be is told of.

    Raises `DeliveryError` where the file cannot be understood.
    """
    return import_rows(ledger, newsletter, entries(stream, name, f"imported from {name}"), refused)


def import_rows(
    ledger: Ledger, newsletter: str, rows: Iterable[Entry | Fault], refused: Callable[[Fault], None]
) -> Imported:
    """Put the rows of `intake.entries` on the list, as they come.

    Who is on the list already stays as they are, so that importing again changes nothing and nobody
    who unsubscribed comes back.
    """
    count = 0

    def taken() -> Iterator[Entry]:
        nonlocal count
        for found in rows:
            if isinstance(found, Fault):
                count += 1
                refused(found)
            else:
                yield found

    return Imported(ledger.enrol(newsletter, taken()), count)


def export_csv(ledger: Ledger, newsletter: str, stream: TextIO) -> int:
    """Write the list as CSV that `import_file` reads; how many there are."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for row in _exported(ledger, newsletter):
        writer.writerow(",".join(value) if isinstance(value, list) else value for value in row.values())
        count += 1
    return count


def export_json(ledger: Ledger, newsletter: str, stream: TextIO) -> int:
    """Write the list as JSON lines that `import_file` reads; how many there are."""
    count = 0
    for row in _exported(ledger, newsletter):
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def table(one: Subscriber) -> dict[str, str | list[str]]:
    """What is kept about somebody, in the order of `COLUMNS`; moments by RFC 3339, or empty."""
    return {
        "address": one.address,
        "state": one.state,
        "topics": list(one.topics),
        "language": one.language,
        "consent": one.consent.how,
        "consent_at": _told(one.consent.at),
        "confirmed_at": _told(one.confirmed_at),
        "suppressed": one.suppressed,
    }


def _exported(ledger: Ledger, newsletter: str) -> Iterator[dict[str, str | list[str]]]:
    """The rows. Whom nothing may be sent to is unsubscribed in them: wherever they are imported, it holds."""
    for one in ledger.subscribers(newsletter):
        yield table(replace(one, state="unsubscribed") if one.suppressed else one)


def _told(at: int | None) -> str:
    return "" if at is None else moment(at).isoformat()
