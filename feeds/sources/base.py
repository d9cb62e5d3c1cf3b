"""What every source of articles gives: raw articles, unchecked, each with the lines of its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from feeds.errors import Fault, Place
from feeds.faults import Path, nearest, undotted

Lines = Mapping[Path, int]
Progress = Callable[[int, int], None]
"""Told how many articles are read, and of how many."""


class Note(NamedTuple):
    """What somebody else's way of writing has in a file and we leave out: told once for all files."""

    kind: str
    """Such as “shortcode” or “key”."""
    name: str


@dataclass(frozen=True)
class Aside:
    """A file of somebody's site that holds no article, and why."""

    path: str
    reason: str
    """What follows “3 files”: have no date."""


class Raw(NamedTuple):
    """One article as its source gave it, and where: nothing in it has been checked yet."""

    fields: Mapping[str, object]
    path: str
    """Its file, relative to the content folder, with / between the parts."""
    file: str
    """The same file as a person names it: relative to the project."""
    lines: Callable[[], Lines]
    """The line of each field, from 1 on; asked for only when there is a fault to report."""
    names: Mapping[str, str] = MappingProxyType({})
    """Our fields that are called otherwise in the file, and how."""
    notes: tuple[Note, ...] = ()
    """What was left out of it."""
    warnings: tuple[Fault, ...] = ()
    """What is odd about it, and stops nothing."""
    served: bool = False
    """Whether a site of its own serves it: references are then relative to its page there."""
    copied: bool = False
    """Whether pictures beside it are ours to publish all the same, because the site renames its own."""
    digest: str = ""
    """Of the bytes of its file, where it has one of its own."""
    group: str = ""
    """What it shares with its versions in other languages, and with nothing else."""

    def fault(self, field: str, problem: str, *, line: int = 0, warning: bool = False) -> Fault:
        """A fault in one of its fields."""
        spot = line or nearest(undotted(field), self.lines())
        return Fault(Place(self.file, spot, self.named(field)), problem, warning)

    def named(self, field: str) -> str:
        """A field as the file calls it: published is date, authors[0].name is author."""
        name = field.partition(".")[0].partition("[")[0]
        return self.names.get(name, field)

    def renamed(self, fault: Fault) -> Fault:
        """A fault in our field, in the field of the file."""
        where = fault.where
        return fault._replace(where=Place(where.file, where.line, self.named(where.field)))
