"""The one gate: raw articles in, a library of complete ones out, and every fault of every file.

    walk ──▶ Raw ──accept──▶ Accepted ──complete──▶ Article ──▶ Library

An article that fails never hides another's fault, and nothing half-checked comes through.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from feeds import hands, values
from feeds.article import Article
from feeds.config import PublicationSettings
from feeds.errors import Fault, Place
from feeds.library import Library, newest_first
from feeds.sources import files
from feeds.sources.accepted import Accepted, Again, accept
from feeds.sources.base import Aside, Progress, Raw
from feeds.sources.completion import Report, Surroundings, complete, refers_to_nothing
from feeds.sources.memory import Found, Memory, Row, decoded, encoded
from feeds.sources.translations import translated
from feeds.standstill import program

if TYPE_CHECKING:
    from feeds.sources.dialects.base import Site

__all__ = ["Memory", "Progress", "Reading", "read"]

TRIES = 3
"""How often content that changes under our hands is read anew, before we say so."""
MANY = 500
"""Fewer files than this are read sooner by one process."""


@dataclass(frozen=True)
class Reading:
    """What came through the gate, and what did not."""

    library: Library
    faults: tuple[Fault, ...]
    listing: files.Listing
    """Every file of the content folder, at the one moment that all of this was read."""


def read(
    publication: PublicationSettings,
    root: Path,
    progress: Progress | None = None,
    memory: Memory | None = None,
) -> Reading:
    """Every article of a publication's content folder, from one consistent moment.

    A file added, removed or edited while we read makes us read again, so that what comes out
    never was two states at once. What `memory` knows is not read.
    """
    folder, label = root / publication.content, publication.content
    site = _site(publication, root)
    memory = memory or Memory()
    for _ in range(TRIES):
        since = time.time_ns()
        listing = files.walk(folder, label, site)
        memory.begin(_key(publication, listing), since)
        found = _found(publication, listing, memory, progress or _silent)
        reading = _gate(publication, listing, found)
        if files.walk(folder, label, site).stamps == listing.stamps:
            return reading
    moving = Fault(Place(label), "keeps changing while it is read; try again in a moment")
    return Reading(reading.library, (*reading.faults, moving), listing)


def _silent(done: int, total: int) -> None:
    pass


def _key(publication: PublicationSettings, listing: files.Listing) -> str:
    """What an article follows from beside its file: the settings, this program, and the rest of a site."""
    hasher = hashlib.blake2b(publication.model_dump_json().encode(), digest_size=16)
    hasher.update(f"{sys.version}\0{program()}\0{listing.folder}\0{listing.label}".encode())
    if listing.site:
        from feeds.sources import dialects

        posts = listing.spots
        around = [path if path in posts else [path, listing.stamps[path]] for path in sorted(listing.stamps)]
        hasher.update(json.dumps([around, dialects.around(listing.site)]).encode())
    return hasher.hexdigest()


def _found(
    publication: PublicationSettings,
    listing: files.Listing,
    memory: Memory,
    progress: Progress,
) -> Iterator[Found]:
    """What each file that may hold an article was found to be, in the order of their paths."""
    paths = listing.articles
    known = {path: memory.recall(listing, path, publication) for path in paths}
    anew = _read(publication, listing, [path for path in paths if known[path] is None], memory.workers)
    for number, path in enumerate(paths, 1):
        found = known.pop(path)
        if found is None:
            found, row = next(anew)
            memory.keep(path, listing.stamps[path], found, row)
        yield found
        progress(number, len(paths))


def _read(
    publication: PublicationSettings, listing: files.Listing, left: Sequence[str], workers: int
) -> Iterator[tuple[Found, Row | None]]:
    """What these files are found to be, by several processes if it pays.

    What another process found comes with the row that the memory keeps of it.
    """
    own, *others = hands.shares(left, workers if len(left) >= MANY else 1)
    with hands.away([partial(_rows, publication, listing, share) for share in others]) as outcomes:
        for path in own:
            yield _one(publication, listing, path), None
        for share, rows in zip(others, outcomes, strict=True):
            for path, row in zip(share, orjson.loads(rows), strict=True):
                yield decoded(row, Again(listing, path), publication, listing.name(path)), row


def _rows(publication: PublicationSettings, listing: files.Listing, paths: Sequence[str]) -> bytes:
    """What these files are found to be, in what the memory keeps, as JSON."""
    return orjson.dumps(
        [encoded(path, listing.stamps[path], _one(publication, listing, path), publication) for path in paths]
    )


def _one(publication: PublicationSettings, listing: files.Listing, path: str) -> Found:
    """What one file is found to be."""
    raw = files.read_one(listing, path)
    if isinstance(raw, Raw):
        return accept(raw, publication, Again(listing, path))
    return [raw] if isinstance(raw, Fault) else raw


def _site(publication: PublicationSettings, root: Path) -> Site | None:
    """The site that the content is, where it speaks a dialect."""
    if not publication.dialect:
        return None
    from feeds.sources import dialects  # who writes our own format never waits for it

    return dialects.opened(publication, root)


def _gate(publication: PublicationSettings, listing: files.Listing, found: Iterator[Found]) -> Reading:
    faults = list(listing.faults)
    accepted: list[Accepted] = []
    asides: list[Aside] = []
    for one in found:
        if isinstance(one, Accepted):
            accepted.append(one)
        elif isinstance(one, Aside):
            asides.append(one)
        else:
            faults.extend(one)
    if listing.site:
        accepted = _of_site(listing, accepted, asides, faults.append)
    faults.extend(_collisions(accepted))
    articles = list(_completed(accepted, publication, listing, faults.append))
    if listing.site:
        faults = [_left_out(fault) if fault.where.file != listing.label else fault for fault in faults]
    return Reading(Library(publication, newest_first(articles)), tuple(sorted(faults)), listing)


def _of_site(
    listing: files.Listing, accepted: Sequence[Accepted], asides: Sequence[Aside], report: Report
) -> list[Accepted]:
    """The articles of a site, once each: of two at one address the site shows one; and what was left out."""
    from feeds.sources import dialects

    for fault in (
        *dialects.told(listing.label, accepted, asides),
        *(one for article in accepted for one in article.warnings),
    ):
        report(fault)
    kept: dict[str, Accepted] = {}
    for article in accepted:
        first = kept.setdefault(values.look(article.url), article)
        if first is not article:
            problem = f"gives the same address as {first.article.file}; left out"
            report(article.fault("slug", problem, warning=True))
    return list(kept.values())


def _left_out(fault: Fault) -> Fault:
    """What is wrong with one post of somebody's site, which the others need not wait for."""
    return fault if fault.warning else fault._replace(problem=f"{fault.problem}; left out", warning=True)


def _completed(
    accepted: Sequence[Accepted],
    publication: PublicationSettings,
    listing: files.Listing,
    report: Report,
) -> Iterator[Article]:
    """The accepted articles that are all right in themselves and together."""
    addresses = {article.path: article.url for article in accepted}
    versions = translated(accepted, addresses, report)
    for article in accepted:
        if article.path not in versions and refers_to_nothing(article):
            yield article.article
            continue
        faults: list[Fault] = []
        around = Surroundings(publication, listing, addresses, versions.get(article.path, ()))
        complete_article = complete(article, around, faults.append)
        for fault in faults:
            report(fault)
        if all(fault.warning for fault in faults):
            yield complete_article


def _collisions(accepted: Sequence[Accepted]) -> Iterator[Fault]:
    """Two articles with one id, or with addresses that some system takes for one (Unicode, case)."""
    yield from _twins(accepted, "slug", "address", lambda article: values.look(article.url))
    yield from _twins(accepted, "id", "id", lambda article: article.article.id)


def _twins(
    accepted: Sequence[Accepted], field: str, noun: str, key: Callable[[Accepted], str]
) -> Iterator[Fault]:
    seen: dict[str, Accepted] = {}
    for article in accepted:
        first = seen.setdefault(key(article), article)
        if first is not article:
            yield article.fault(field, f"gives the same {noun} as {first.article.file}; change one of them")
