"""Feeds, and lists of feeds, brought here: several at once, each merged with what was kept of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from feeds.errors import ContentError, Fault, FeedsError, OutputError, Place
from feeds.gathering.base import Gathered, Get, Job, stale
from feeds.gathering.entries import described, entries
from feeds.gathering.validators import Validators, conditions, said
from feeds.importing import syndication as importing
from feeds.importing.base import Export
from feeds.network.anywhere import is_address
from feeds.network.fetching import Fetched, agent
from feeds.sources import files, kept, syndicated
from feeds.sources.kept import Line, Section

AT_ONCE = 8
"""Addresses that are asked at the same time, each of another feed."""
_LIST = 10_000_000
"""Bytes of a list of feeds at most."""

Answer = Fetched | FeedsError


@dataclass(frozen=True)
class _Feed:
    """A feed to be asked, and what was kept of it."""

    place: str
    private: bool
    section: Section | None = None
    spots: tuple[tuple[int, int], ...] = ()
    """Where its lines begin in the file of the source, and how long they are."""

    def lines(self, job: Job) -> list[bytes]:
        """What was kept of it, read when it is its turn: of a long list there is much."""
        found = (kept.again(job.root, job.name, offset, size) for offset, size in self.spots)
        return [line.rstrip(b"\n") + b"\n" for line in found]  # an editor may have taken the last one away


@dataclass
class _Tally:
    """What comes of a source on the way."""

    kept: int = 0
    new: int = 0
    had: int = 0
    """Feeds of which something is kept now."""
    faults: list[Fault] = field(default_factory=list)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    """What answers that could be used said of themselves, by who asked."""


def fetched(job: Job, get: Get, validators: Validators) -> Gathered:
    """Bring the feeds of a source. Raises `FeedsError` where none can be had, `OSError` for the disk."""
    tally = _Tally()
    before = _before(job)
    try:
        feeds = _feeds(job, get, before)
    except FeedsError as refusal:
        if not before:
            raise
        articles = sum(len(feed.spots) for feed in before.values())
        return Gathered(job.name, articles, faults=tuple(map(stale, refusal.faults)))
    kept.write(job.root, job.name, _content(job, feeds, get, validators, tally))
    for asker, answer in tally.answers.items():  # now that what they gave is kept
        validators.note(asker, answer)
    return Gathered(job.name, tally.kept, tally.new, tuple(tally.faults))


def _content(
    job: Job, feeds: Sequence[_Feed], get: Get, validators: Validators, tally: _Tally
) -> Iterator[bytes]:
    """The whole file. Raises `ContentError` where nothing of the source can be had."""
    yield kept.head(job.settings.what)
    yield from _sections(job, feeds, get, validators, tally)
    if not tally.had:
        faults = [fault._replace(warning=False) for fault in tally.faults]
        raise ContentError(faults or Fault(Place(job.settings.opml or job.name), "names no feed"))


def _before(job: Job) -> dict[str, _Feed]:
    """What was kept of each feed, by its place. What is spoilt is fetched anew."""
    sections: dict[str, Section] = {}
    spots: dict[str, list[tuple[int, int]]] = {}
    try:
        for line in kept.lines(job.root, job.name, job.settings.what):
            if isinstance(line, Line):
                sections.setdefault(line.section.feed, line.section)
                spots.setdefault(line.section.feed, []).append((line.offset, len(line.content)))
    except ContentError:
        return {}
    return {place: _Feed(place, False, sections[place], tuple(found)) for place, found in spots.items()}


def _feeds(job: Job, get: Get, before: Mapping[str, _Feed]) -> list[_Feed]:
    """The feeds of a source. Raises `FeedsError` where a list of them cannot be had.

    What a list names is no address that the person wrote: public ones only, and no files.
    """
    places: Sequence[str] = [job.settings.feed] if job.settings.feed else []
    private = job.settings.private and not job.settings.opml
    if job.settings.opml:
        places = _listed(job, job.settings.opml, get)
    return [replace(before.get(place) or _Feed(place, False), private=private) for place in places]


def _listed(job: Job, place: str, get: Get) -> Sequence[str]:
    if is_address(place):
        content = get(place, private=job.settings.private).content
    else:
        content = _file(job.root, place).content
    export = Export(place)
    importing.listed([content[:_LIST]], export)
    if export.faults and not export.feeds:
        raise ContentError(export.faults)
    return export.feeds


def _sections(
    job: Job, feeds: Sequence[_Feed], get: Get, validators: Validators, tally: _Tally
) -> Iterator[bytes]:
    """What is to be kept of each feed, in their order: asked a few at a time, so that few are held."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, len(feeds), AT_ONCE):
            several = feeds[start : start + AT_ONCE]
            answers = pool.map(lambda feed: _answer(job, feed, get, validators), several)
            for feed, answer in zip(several, answers, strict=True):
                yield from _section(job, feed, answer, tally)


def _answer(job: Job, feed: _Feed, get: Get, validators: Validators) -> Answer:
    """What a feed's place gives, or why it gives nothing."""
    known = validators.known(_asker(job, feed), feed.lines(job))
    try:
        if is_address(feed.place):
            who = {"user-agent": agent(job.publication.url)}
            answer = get(feed.place, private=feed.private, headers={**who, **conditions(known)})
        else:
            answer = _file(job.root, feed.place)
    except FeedsError as refusal:
        return refusal
    same = known.get("digest") == files.digest(answer.content)
    return replace(answer, unchanged=True) if same else answer


def _asker(job: Job, feed: _Feed) -> str:
    return f"{job.name} {feed.place}"


def _file(root: Path, place: str) -> Fetched:
    """A file as if it had been fetched. Raises `OutputError`; a pipe is not waited for."""
    try:
        handle = os.open(root / place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OutputError(Fault(Place(place), "is no ordinary file"))
            return Fetched("", stream.read(syndicated.SIZE + 1), "")
    except OSError as refusal:
        raise OutputError(Fault(Place(place), f"cannot be read: {refusal.strerror}")) from None


def _section(job: Job, feed: _Feed, answer: Answer, tally: _Tally) -> Iterator[bytes]:
    """The lines of a feed: those of its answer and of before, or those of before alone."""
    before = feed.lines(job)
    section, lines = feed.section, before
    try:
        if isinstance(answer, FeedsError):
            raise answer
        if answer.unchanged:
            lines = before[: job.settings.keep]
        else:
            found = syndicated.read(answer.content, answer.address or feed.place)
            section = described(feed.place, found, answer.address)
            lines, odd = entries(job, section, found, before)
            tally.faults.extend(odd)
            tally.answers[_asker(job, feed)] = said(answer, lines)
    except FeedsError as refusal:
        tally.faults.extend(
            stale(fault) if before else fault._replace(warning=True) for fault in refusal.faults
        )
    if section:
        tally.had += 1
        tally.kept += len(lines)
        tally.new += len(set(lines) - set(before))
        yield kept.opening(section)
        yield from lines
