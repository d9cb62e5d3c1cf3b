"""Findings as the page shows them: each with its file, line and field, and a link that opens the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from feeds import templating
from feeds.errors import Fault, one_line


@dataclass(frozen=True)
class Spot:
    """One finding on the page."""

    problem: str
    warning: bool = True
    path: str = ""
    """What can be copied: file:line, as editors and terminals take it."""
    href: str = ""
    """Opens the line in an editor; empty for what is no file."""
    field: str = ""
    line: str = ""
    """The line in the page's own view of the source."""


def spots(faults: Iterable[Fault], root: Path) -> Iterator[Spot]:
    """Faults, each with the way to its line."""
    for fault in faults:
        where = fault.where
        path = f"{where.file}:{where.line}" if where.line else where.file
        yield Spot(
            problem=one_line(fault.problem),
            warning=fault.warning,
            path=one_line(path),
            href=editor(root, where.file, where.line),
            field=one_line(where.field),
        )


def editor(root: Path, file: str, line: int = 0) -> str:
    """The address that opens a line in the editor, where the file is there."""
    if not file:
        return ""
    for folder in (root, templating.packaged().parent):
        path = (folder / file).resolve()
        if path.is_file():
            return f"vscode://file{quote(path.as_posix())}:{line or 1}"
    return ""
