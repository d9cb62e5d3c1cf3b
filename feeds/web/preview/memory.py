"""A memory of what was read: only an article whose file has changed, or what it asked for, is read anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from feeds import sources
from feeds.article import Article
from feeds.config import PublicationSettings
from feeds.errors import Fault
from feeds.sources.accepted import Accepted, accept
from feeds.sources.base import Aside, Raw
from feeds.sources.completion import Report, Surroundings, complete
from feeds.sources.files import Listing, read_one

Value = TypeVar("Value")


class Asked(dict[str, Value]):
    """A table that knows what it was asked for since `asked` was emptied, and what it answered."""

    def __init__(self, table: dict[str, Value]) -> None:
        super().__init__(table)
        self.asked: dict[str, Value | None] = {}

    def get(self, key: str, default: Any = None) -> Any:
        """As of any table."""
        self.asked[key] = super().get(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        return self.get(str(key)) is not None

    def __getitem__(self, key: str) -> Value:
        self.asked[key] = super().get(key)
        return super().__getitem__(key)

    def says_still(self, answers: dict[str, Value | None]) -> bool:
        """Whether it would answer the same again."""
        return all(dict.get(self, key) == answer for key, answer in answers.items())


@dataclass(frozen=True)
class Completed:
    """A complete article, and everything that it followed from."""

    accepted: Accepted
    around: Surroundings
    stamps: dict[str, tuple[int, int] | None]
    addresses: dict[str, str | None]
    article: Article
    faults: tuple[Fault, ...]


@dataclass
class Memory:
    """What was read last, by each file's path. It gives the same as reading anew, and quicker."""

    _read: dict[str, tuple[Path, tuple[int, int], Raw | Fault | Aside]] = field(default_factory=dict)
    _accepted: dict[str, tuple[Raw, PublicationSettings, Accepted | list[Fault]]] = field(
        default_factory=dict
    )
    _completed: dict[str, Completed] = field(default_factory=dict)
    _addresses: Asked[str] = field(default_factory=lambda: Asked({}))
    _publication: PublicationSettings | None = None
    _listing: Listing | None = None
    _watched: Listing | None = None

    @property
    def steps(self) -> sources.Steps:
        """The steps of the gate, each of which remembers."""
        return sources.Steps(self.read, self.accept, self.complete)

    def settings(self, publication: PublicationSettings) -> PublicationSettings:
        """The settings of the last reading where these say the same: to see that again is quick."""
        if self._publication != publication:
            self._publication = publication
        return self._publication or publication

    def read(self, listing: Listing, path: str) -> Raw | Fault | Aside:
        """One file, read where its size or time is another."""
        stamp, known = listing.stamps[path], self._read.get(path)
        if known and known[:2] == (listing.folder, stamp):
            return known[2]
        raw = read_one(listing, path)
        self._read[path] = (listing.folder, stamp, raw)
        return raw

    def accept(self, raw: Raw, publication: PublicationSettings) -> Accepted | list[Fault]:
        """One article, checked where it or the publication says something else."""
        known = self._accepted.get(raw.path)
        if known and known[0] is raw and known[1] is publication:
            return known[2]
        found = accept(raw, publication)
        self._accepted[raw.path] = (raw, publication, found)
        return found

    def complete(self, accepted: Accepted, around: Surroundings, report: Report) -> Article:
        """One article, completed where it or what it refers to has changed."""
        addresses, listing = self._asked(around)
        path = accepted.raw.path
        known = self._completed.get(path)
        if not (known and _holds(known, accepted, around, addresses, listing)):
            known = _completed(accepted, around, addresses, listing)
            self._completed[path] = known
        for fault in known.faults:
            report(fault)
        return known.article

    def _asked(self, around: Surroundings) -> tuple[Asked[str], Listing]:
        """The tables of one reading, made to tell what they are asked."""
        if self._listing is not around.listing or self._watched is None:
            self._listing = around.listing
            self._watched = replace(around.listing, stamps=Asked(around.listing.stamps))
            self._addresses = Asked(dict(around.addresses))
        return self._addresses, self._watched


def _holds(
    known: Completed, accepted: Accepted, around: Surroundings, addresses: Asked[str], listing: Listing
) -> bool:
    assert isinstance(listing.stamps, Asked)
    return (
        known.accepted is accepted
        and known.around.publication is around.publication
        and known.around.translations == around.translations
        and listing.stamps.says_still(known.stamps)
        and addresses.says_still(known.addresses)
    )


def _completed(
    accepted: Accepted, around: Surroundings, addresses: Asked[str], listing: Listing
) -> Completed:
    assert isinstance(listing.stamps, Asked)
    addresses.asked, listing.stamps.asked = {}, {}
    faults: list[Fault] = []
    watched = replace(around, addresses=addresses, listing=listing)
    article = complete(accepted, watched, faults.append)
    return Completed(accepted, around, listing.stamps.asked, addresses.asked, article, tuple(faults))
