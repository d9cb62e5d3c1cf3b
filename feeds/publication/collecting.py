"""What content/ and feeds.lock say together: every article through the gate, each with its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeds import config, identity, sources
from feeds.config import Settings
from feeds.errors import ContentError, Fault, IdentityError
from feeds.identity import Lock, Settlement, former, lockfile, passing
from feeds.library import Library
from feeds.sources import files


@dataclass(frozen=True)
class Collected:
    """What content/ and feeds.lock say together."""

    library: Library
    """Every article, also what is not out yet."""
    settlement: Settlement
    before: Lock
    """feeds.lock as it is; the settlement has it as it is to be."""
    faults: tuple[Fault, ...]
    listing: files.Listing
    """Every file of the content folder, at the moment that it was read."""

    def insist(self, *, keep_going: bool = False) -> None:
        """That all is well: no fault but of articles that stay out, no id that is in doubt.

        Raises `ContentError` and `IdentityError`.
        """
        if not keep_going and any(not fault.warning for fault in self.faults):
            raise ContentError([*self.faults, *self.settlement.doubts])
        if self.settlement.doubts:
            raise IdentityError(self.settlement.doubts)


def collected(
    root: Path,
    settings: Settings,
    now: datetime,
    progress: sources.Progress | None = None,
    memory: sources.Memory | None = None,
) -> Collected:
    """Every article of the project at `root`, and every fault. Raises `IdentityError` for feeds.lock."""
    lock = lockfile.read(root / lockfile.FILE_NAME)
    reading = sources.read(settings.publication, root, progress, memory)
    if settings.source:
        from feeds.sources import elsewhere  # who has none never waits for it

        withdrawn = {id for id, record in lock.items() if record.withdrawn}
        reading = elsewhere.joined(reading, settings.source, root, withdrawn)
    unread = {fault.where.file for fault in reading.faults}
    known = passing.left(former.renewed(lock, reading.library.articles), reading.library.articles, unread)
    settlement = identity.settle(reading.library.articles, known.lock, now, unread | known.unread)
    return Collected(
        library=Library(reading.library.publication, settlement.articles),
        settlement=settlement,
        before=lock,
        faults=(*config.warnings(settings), *reading.faults),
        listing=reading.listing,
    )
