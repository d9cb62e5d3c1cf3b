"""What the kinds of source have in common: a job in, articles through the gate, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from feeds.article import Article
from feeds.config import PublicationSettings, SourceSettings
from feeds.errors import ContentError, Fault
from feeds.network.fetching import Fetched
from feeds.sources import elsewhere, files, kept
from feeds.sources.base import Raw
from feeds.sources.completion import Surroundings

Progress = Callable[[int, int], None]


class Get(Protocol):
    """Fetches what stands at an address, under limits. Raises `FetchError`."""

    def __call__(
        self, address: str, *, private: bool = False, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """What stands there."""


@dataclass(frozen=True)
class Gathered:
    """What became of asking a source."""

    name: str
    kept: int = 0
    """Articles that a build has of it now."""
    new: int = 0
    """Those among them that it had not."""
    faults: tuple[Fault, ...] = ()
    """What is wrong: a warning where the source is as it was before, or has left out something of others."""
    failed: bool = False
    """Whether nothing was written, because of what there is to mend."""


def stale(fault: Fault) -> Fault:
    """What keeps a source from being had now, where it was had before."""
    return fault._replace(problem=f"{fault.problem}; what was fetched before stays", warning=True)


@dataclass(frozen=True)
class Job:
    """A source to be asked."""

    root: Path
    name: str
    settings: SourceSettings
    publication: PublicationSettings
    now: datetime

    @property
    def file(self) -> str:
        """What is kept of it, as a person names that."""
        return kept.name(self.name)

    @cached_property
    def around(self) -> Surroundings:
        """What the gate asks of a project: an article from elsewhere knows of no other, but of its files."""
        folder = self.root / self.publication.content
        listing = files.walk(folder, self.publication.content) if self.settings.query else None
        empty = files.Listing(folder, self.publication.content)
        return Surroundings(self.publication, listing or empty, {}, ())

    def faults(
        self, fields: Mapping[str, Any], place: str, names: Mapping[str, str] = MappingProxyType({})
    ) -> list[Fault]:
        """What the gate of a build would say of an article, and its text when it is rendered.

        `names` are our fields that are called otherwise there, and how.
        """
        raw = Raw(fields, "", place, dict, names, served=True)
        found = elsewhere.checked(raw, self.settings, self.around)
        if isinstance(found, Article):
            try:
                assert found.html is not None
            except ContentError as refusal:
                return [raw.fault(fault.where.field, fault.problem) for fault in refusal.faults]
            return []
        return [fault for fault in found if not fault.warning]
