"""What every source of articles gives: raw articles, unchecked, each with the lines of its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feeds.errors import Fault, Place
from feeds.faults import Path, nearest, undotted

Lines = Mapping[Path, int]
Progress = Callable[[int, int], None]
"""Told how many articles are read, and of how many."""


@dataclass(frozen=True)
class Raw:
    """One article as its source gave it, and where: nothing in it has been checked yet."""

    fields: Mapping[str, object]
    path: str
    """Its file, relative to the content folder, with / between the parts."""
    file: str
    """The same file as a person names it: relative to the project."""
    lines: Callable[[], Lines]
    """The line of each field, from 1 on; asked for only when there is a fault to report."""

    def fault(self, field: str, problem: str, *, line: int = 0, warning: bool = False) -> Fault:
        """A fault in one of its fields."""
        spot = line or nearest(undotted(field), self.lines())
        return Fault(Place(self.file, spot, field), problem, warning)
