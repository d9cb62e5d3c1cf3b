"""What every reader of the tests is: how it is called and the values that it gives."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

Format: TypeAlias = Literal["atom", "rss", "json"]
# An enclosure: its address, its media type and its length in bytes.
Enclosed: TypeAlias = tuple[str, str | None, int | None]


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """One entry as a reader shows it; None is "this reader does not say"."""

    id: str | None = None
    title: str | None = None
    link: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] | None = None
    enclosures: tuple[Enclosed, ...] | None = None
    # The full content, or the summary of an entry that has nothing else: half of
    # the readers have one field for both.
    content: str | None = None
    # The entry's own or the one it inherits; RSS knows only its channel's.
    language: str | None = None


FIELDS = frozenset(field.name for field in dataclasses.fields(Seen))

Parse: TypeAlias = Callable[[Sequence[Path]], list[list[Seen]]]
Quirks: TypeAlias = Callable[[Format, Seen], Seen]


class ReaderError(Exception):
    """A reader is missing, or refused a document."""


def no_quirks(_form: Format, told: Seen) -> Seen:
    """Show an entry as it was told."""
    return told


def _whole(moment: datetime | None) -> datetime | None:
    # Most readers keep dates as seconds, so no comparison goes below them.
    return moment and moment.astimezone(UTC).replace(microsecond=0)


def tidy(seen: Seen) -> Seen:
    """Put an entry into the one form in which all of them are compared."""
    return dataclasses.replace(
        seen,
        # An element with nothing in it is the same as none to many readers, and
        # nearly all of them strip the white space around texts.
        title=(seen.title or "").strip() or None,
        link=seen.link or None,
        content=(seen.content or "").strip() or None,
        published=_whole(seen.published),
        updated=_whole(seen.updated),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Reader:
    """A feed reader that is not ours, and what it can be asked."""

    name: str
    formats: frozenset[Format]
    # The fields of Seen that it gives in at least one of its formats.
    fields: frozenset[str]
    parse: Parse
    # What it does to an entry on top of dropping the fields that it has not.
    quirks: Quirks = no_quirks
    # Whether entries come in the document's order; if not, compare them by id.
    ordered: bool = True

    def read(self, documents: Sequence[Path]) -> list[list[Seen]]:
        """Read many documents at once: the entries of each, in the given order."""
        try:
            # Absolute, as some readers run in a directory of their own.
            found = self.parse([document.absolute() for document in documents])
        except ReaderError:
            raise
        except Exception as error:  # Each reader has exceptions of its own.
            raise ReaderError(f"{self.name}: {type(error).__name__}: {error}") from error
        if len(found) != len(documents):
            raise ReaderError(f"{self.name} read {len(found)} of {len(documents)} documents")
        return [[tidy(seen) for seen in entries] for entries in found]

    def shows(self, form: Format, told: Seen) -> Seen:
        """Say what this reader makes of an entry that a document tells in full."""
        missing = dict.fromkeys(FIELDS - self.fields)
        return tidy(dataclasses.replace(self.quirks(form, tidy(told)), **missing))
