"""Where things stand in a TOML text, for what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping


def toml_lines(text: str) -> Mapping[tuple[str | int, ...], int]:
    """The line (from 1) of each table and key of a TOML text, by its path."""
    lines: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line):
            table = _keys(header[2])
            if header[1] == "[[":
                table += (sum(1 for path in lines if path[:-1] == table and len(path) > len(table)),)
            for end in range(1, len(table) + 1):
                lines.setdefault(table[:end], number)
        elif pair := re.match(
            r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"))*)\s*=", line
        ):
            lines.setdefault(table + _keys(pair[1]), number)
    return lines


def _keys(dotted: str) -> tuple[str | int, ...]:
    return tuple(part.strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", dotted))
