"""A proof: the whole project as it was at one moment, and what is made of it, when it is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from feeds import formats, publication
from feeds.errors import Fault, FeedsError
from feeds.identity.difference import Difference, differences
from feeds.library import Feed, Library
from feeds.network import anywhere
from feeds.newsletter import introduction, shelf
from feeds.newsletter.desk import Desk
from feeds.publication import Collected, Edition, Publication
from feeds.sources import Memory, files, syndicated


@dataclass(frozen=True)
class Proof:
    """What one reading gave. Nothing in it changes; what is made of it is made once."""

    publication: Publication
    collected: Collected
    now: datetime
    desks: dict[str, Desk]
    faults: tuple[Fault, ...]

    @property
    def good(self) -> bool:
        """Whether it could go out."""
        return not any(not fault.warning for fault in self.faults)

    @property
    def listing(self) -> files.Listing:
        """Every file of the content folder, as it was read."""
        return self.collected.listing

    @cached_property
    def edition(self) -> Edition:
        """What goes out: the articles that are out, and every feed."""
        return self.publication.edition(self.collected, self.now)

    @cached_property
    def feeds(self) -> dict[str, Feed]:
        """Each feed by its name, without the pages of its archive."""
        return {feed.name: feed for feed in self.edition.feeds if not feed.archive}

    def document(self, feed: Feed, form: str) -> bytes:
        """A feed in one of its formats. Raises what `formats.render` raises."""
        return formats.render(feed, form).content

    def differences(self, feed: Feed, form: str, content: bytes) -> tuple[Difference, ...] | None:
        """What readers would see of the next build; None where nothing has been published yet."""
        before = anywhere.below(str(self.publication.output), feed.files[form])
        if before is None:
            return None
        was, is_to_be = syndicated.read(before), syndicated.read(content)
        return differences(feed.name, was.entries, is_to_be.entries)


def proof(root: Path, now: datetime, memory: Memory) -> Proof:
    """The project in a folder as it is now.

    Raises `FeedsError` where there is nothing to show: for feeds.toml, feeds.lock or what stands
    on the shelf of issues; faults of articles and introductions are in the proof.
    """
    opened = publication.load(root)
    collected = opened.collect(now, memory=memory)
    desks, faults = _desks(opened, collected.library, now)
    return Proof(
        publication=opened,
        collected=collected,
        now=now,
        desks=desks,
        faults=tuple(sorted({*collected.faults, *collected.settlement.doubts, *faults})),
    )


def _desks(opened: Publication, library: Library, now: datetime) -> tuple[dict[str, Desk], Iterable[Fault]]:
    desks: dict[str, Desk] = {}
    faults: list[Fault] = []
    for name, settings in opened.settings.newsletter.items():
        try:
            said = introduction.read(opened.root, opened.settings.publication.content, name)
        except FeedsError as refusal:
            faults.extend(refusal.faults)
            said = {}
        desks[name] = Desk(
            name=name,
            settings=settings,
            library=library,
            issues=shelf.read(opened.root, name),
            now=now,
            introductions=said,
            templates=opened.templates,
        )
    return desks, faults
