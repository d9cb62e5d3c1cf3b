"""Sources asked: what they have now is brought here and kept, for builds that ask nobody.

    [source.NAME] ──syndication│rows──▶ articles ──gate──▶ fetched/NAME.jsonl ──sources──▶ Library

A source that cannot be had now keeps what was fetched before, and is named. What is written has been
through the same gate that a build has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeds.config import FILE_NAME, Settings
from feeds.errors import Fault, FeedsError, OutputError, Place, SettingsError
from feeds.gathering import rows, syndication
from feeds.gathering.base import Gathered, Get, Job, Progress
from feeds.gathering.validators import Validators

__all__ = ["Gathered", "Wish", "gather"]


@dataclass(frozen=True)
class Wish:
    """How the sources are to be asked."""

    now: datetime
    """What entries that have no date get, when they are first seen."""
    get: Get
    environment: Mapping[str, str]
    """Where the addresses of databases may be that carry a password."""
    keep_going: bool = False
    """Whether rows with faults are left out, and not all of the query."""


def gather(
    root: Path, settings: Settings, names: Sequence[str], wish: Wish, progress: Progress
) -> Iterator[Gathered]:
    """Ask these sources, or all of them, one after another; what became of each.

    Raises `SettingsError` for a name that there is not, `OutputError` where the disk refuses.
    """
    _insist_known(settings, names)
    wanted = names or list(settings.source)
    validators = Validators.read(root)
    for number, name in enumerate(wanted, 1):
        job = Job(root, name, settings.source[name], settings.publication, wish.now)
        yield _gathered(job, wish, validators)
        progress(number, len(wanted))
    validators.save()


def _gathered(job: Job, wish: Wish, validators: Validators) -> Gathered:
    """What became of one source. What was kept before stays where it could not be had."""
    try:
        if job.settings.query:
            return rows.fetched(job, wish.environment, keep_going=wish.keep_going)
        return syndication.fetched(job, wish.get, validators)
    except OSError as refusal:
        place = Place(str(refusal.filename or job.file))
        raise OutputError(Fault(place, f"cannot be written: {refusal.strerror}")) from None
    except FeedsError as refusal:
        return Gathered(job.name, faults=refusal.faults, failed=True)


def _insist_known(settings: Settings, names: Sequence[str]) -> None:
    if not settings.source:
        problem = "names no source; write [source.NAME] with a feed, an opml or a query"
        raise SettingsError(Fault(Place(FILE_NAME), problem))
    known = ", ".join(settings.source)
    strange = [
        Fault(Place(name), f"is no source; known are {known}")
        for name in names
        if name not in settings.source
    ]
    if strange:
        raise SettingsError(strange)
