"""What subscribers would see: the entries of a feed before and after, through the eyes of readers.

Readers go by different things. Most know an entry by its id, some by its link, and services that
turn feeds into mail or posts often take whatever is dated later than the last that they saw.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from feeds.identity.adoption import Entry


class Seen(NamedTuple):
    """An entry as it is told of."""

    title: str
    id: str


@dataclass(frozen=True)
class Difference:
    """What becomes of a feed's entries in readers of one kind."""

    feed: str
    readers: str
    """What these readers go by: id, link or date."""
    new: tuple[Seen, ...] = ()
    updated: tuple[Seen, ...] = ()
    reshown: tuple[Seen, ...] = ()
    """Known articles that are shown as new."""
    vanished: tuple[Seen, ...] = ()
    """Gone, though they have not fallen out at the end."""
    reordered: tuple[Seen, ...] = ()
    missed: tuple[Seen, ...] = ()
    """New, and never shown, because they are dated before what was seen last."""

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return any(getattr(self, kind) for kind in _TOLD)

    def lines(self) -> Iterator[str]:
        """Each entry on a line, as a person reads it."""
        for kind, words in _TOLD.items():
            for seen in getattr(self, kind):
                yield f"{self.feed}, readers by {self.readers}: {words}: {seen.title or seen.id}"

    def as_table(self) -> dict[str, object]:
        """The same, as a program reads it."""
        return asdict(self)


_TOLD = {
    "new": "new",
    "updated": "updated",
    "reshown": "SHOWN AGAIN",
    "vanished": "vanished",
    "reordered": "in another order",
    "missed": "never shown",
}


def differences(feed: str, before: Sequence[Entry], after: Sequence[Entry]) -> tuple[Difference, ...]:
    """What readers of each kind would see, where it is anything."""
    found = (_by_key(feed, name, key, before, after) for name, key in _KEYS.items())
    return tuple(one for one in (*found, _by_date(feed, before, after)) if one)


_KEYS: Mapping[str, Callable[[Entry], Hashable]] = {
    "id": lambda entry: entry.id,
    "link": lambda entry: entry.url or entry.id,
}


def _by_key(
    feed: str, name: str, key: Callable[[Entry], Hashable], before: Sequence[Entry], after: Sequence[Entry]
) -> Difference:
    known = {key(entry): entry for entry in before}
    same = _Recogniser(before)
    strange = [entry for entry in after if key(entry) not in known]
    familiar = [entry for entry in after if key(entry) in known]
    shown = {key(entry) for entry in after}
    recognised = {id(same.find(entry)) for entry in strange}
    return Difference(
        feed,
        name,
        new=_told(entry for entry in strange if not same.find(entry)),
        updated=_told(entry for entry in familiar if _moment(entry) > _moment(known[key(entry)])),
        reshown=_told(entry for entry in strange if same.find(entry)),
        vanished=_told(
            entry
            for entry in before
            if key(entry) not in shown and id(entry) not in recognised and not _fell_out(entry, after)
        ),
        reordered=_told(_out_of_order([entry for entry in before if key(entry) in shown], familiar, key)),
    )


def _by_date(feed: str, before: Sequence[Entry], after: Sequence[Entry]) -> Difference:
    newest = max((_published(entry) for entry in before), default=datetime.min.replace(tzinfo=UTC))
    same = _Recogniser(before)
    later = [entry for entry in after if _published(entry) > newest]
    return Difference(
        feed,
        "date",
        new=_told(entry for entry in later if not same.find(entry)),
        reshown=_told(entry for entry in later if same.find(entry)),
        missed=_told(
            entry for entry in after if before and _published(entry) <= newest and not same.find(entry)
        ),
    )


class _Recogniser:
    """Finds the earlier entry that is the same article, whatever readers go by."""

    def __init__(self, before: Iterable[Entry]) -> None:
        self._traits: dict[Hashable, Entry] = {}
        for entry in before:
            for trait in _traits(entry):
                self._traits.setdefault(trait, entry)

    def find(self, entry: Entry) -> Entry | None:
        """The earlier entry, if there is one."""
        return next((self._traits[trait] for trait in _traits(entry) if trait in self._traits), None)


def _traits(entry: Entry) -> Iterator[Hashable]:
    yield "id", entry.id
    if entry.url:
        yield "path", urlsplit(entry.url).path.rstrip("/"), entry.title
    if entry.title and entry.published:
        yield "title", entry.title, entry.published


def _fell_out(entry: Entry, after: Sequence[Entry]) -> bool:
    return bool(after) and _published(entry) <= min(_published(other) for other in after)


def _out_of_order(
    before: Sequence[Entry], after: Sequence[Entry], key: Callable[[Entry], Hashable]
) -> list[Entry]:
    """The fewest entries that have to move for the order to be what it was."""
    places = {key(entry): number for number, entry in enumerate(before)}
    ends: list[int] = []  # of the longest runs that rise, by length: the lowest place they end at
    tails: list[int] = []
    previous: list[int] = []
    for index, entry in enumerate(after):
        length = bisect_left(ends, places[key(entry)])
        ends[length : length + 1] = [places[key(entry)]]
        tails[length : length + 1] = [index]
        previous.append(tails[length - 1] if length else -1)
    kept = set()
    index = tails[-1] if tails else -1
    while index >= 0:
        kept.add(index)
        index = previous[index]
    return [entry for index, entry in enumerate(after) if index not in kept]


def _moment(entry: Entry) -> datetime:
    return entry.updated or _published(entry)


def _published(entry: Entry) -> datetime:
    return entry.published or entry.updated or datetime.min.replace(tzinfo=UTC)


def _told(entries: Iterable[Entry]) -> tuple[Seen, ...]:
    return tuple(Seen(entry.title, entry.id) for entry in entries)
