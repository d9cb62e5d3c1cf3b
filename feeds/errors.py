"""What can go wrong, and how it is said: one line each, `where: problem`.

The tree, all of it below one root so that a caller can catch what it means to:

    FeedsError             anything that a person can mend
    ├── ContentError       an article
    │   └── ChangedError   one whose file was changed while it was read
    ├── SettingsError      feeds.toml
    ├── TemplateError      a template of the package or of the project
    ├── IdentityError      feeds.lock
    ├── OutputError        what is written, or where
    ├── DeliveryError      a message, a key, a ledger or a transport
    │   └── BusyError      what is asked is being done by another process
    ├── FetchError         an address that cannot be fetched, or must not be
    ├── DatabaseError      a database of articles that cannot be read
    └── PluginError        a format, source or transport that cannot be loaded
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Place(NamedTuple):
    """A spot in somebody's file: the file as they know it, a line from 1 on, a field's path."""

    file: str = ""
    line: int = 0
    field: str = ""

    def __str__(self) -> str:
        spot = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (spot, self.field) if part)


class Fault(NamedTuple):
    """One thing that is wrong. A warning is said and stops nothing."""

    where: Place
    problem: str
    warning: bool = False

    def __str__(self) -> str:
        parts = (str(self.where), "warning" if self.warning else "", self.problem)
        return one_line(": ".join(part for part in parts if part))


class FeedsError(Exception):
    """Everything a person can mend; `faults` lists all of it at once, in the order of the files."""

    def __init__(self, faults: Iterable[Fault] | Fault) -> None:
        given = (faults,) if isinstance(faults, Fault) else faults
        self.faults = tuple(sorted(given))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ContentError(FeedsError):
    """Articles that did not pass the gate."""


class ChangedError(ContentError):
    """An article whose file was changed between two looks at it: read all of it again."""


class SettingsError(FeedsError):
    """A feeds.toml that is missing, cannot be read or says what it must not."""


class TemplateError(FeedsError):
    """A template that cannot be rendered; the place names its file and line."""


class IdentityError(FeedsError):
    """An id that would change or be used twice."""


class OutputError(FeedsError):
    """A folder or file that cannot be written without harm."""


class FetchError(FeedsError):
    """An address that does not give what it should within its limits, or that leads where none may."""


class DatabaseError(FeedsError):
    """A database of articles that does not answer, or refuses what it is asked."""


class DeliveryError(FeedsError):
    """A message that must not leave so, or a transport that cannot take it."""


class BusyError(DeliveryError):
    """What is asked is being done by another process at this moment: ask again later."""


class PluginError(FeedsError):
    """A name that is neither built in nor a `package.module:object` that loads."""


def one_line(text: str) -> str:
    """The text with every control character shown, so that nothing forges a second line."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def unreadable(refusal: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read, as the problem of a fault."""
    if isinstance(refusal, UnicodeDecodeError):
        line = refusal.object.count(b"\n", 0, refusal.start) + 1
        return f"is not UTF-8 in line {line}; save it in that encoding"
    return f"cannot be read: {refusal.strerror}"


FEW = 3
"""So many warnings of one kind are told one by one; of more, so many are examples."""
_DIFFERING = re.compile(r"“[^”]*”|\S*/\S+|\d+")
"""What tells apart two warnings that say the same."""


def gathered(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Faults as a person reads them: of many files one warning that says the same, with examples."""
    kinds: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        said = _DIFFERING.sub("…", fault.problem) if fault.warning else str(fault)
        kinds.setdefault((fault.where.field, said), []).append(fault)
    for alike in kinds.values():
        files = {fault.where.file for fault in alike}
        yield from alike if len(files) <= FEW else [_as_one(alike)]


def _as_one(alike: list[Fault]) -> Fault:
    """Many warnings as one: how many they are, what the first says, and where the first stand."""
    first, folder = alike[0], posixpath.commonpath([posixpath.dirname(one.where.file) for one in alike])
    examples = ", ".join(
        str(one.where._replace(file=posixpath.relpath(one.where.file, folder or "."), field=""))
        for one in alike[:FEW]
    )
    said = f"{len(alike):,} times: {first.problem} (in {examples} …)"
    return Fault(Place(folder or ".", field=first.where.field), said, warning=True)
