"""The one gate: raw articles in, a library of complete ones out, and every fault of every file.

    walk ──▶ Raw ──accept──▶ Accepted ──complete──▶ Article ──▶ Library

An article that fails never hides another's fault, and nothing half-checked comes through.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from feeds.article import Article
from feeds.config import PublicationSettings
from feeds.errors import Fault, Place
from feeds.library import Library, newest_first
from feeds.sources import files
from feeds.sources.accepted import Accepted, accept
from feeds.sources.base import Progress, Raw
from feeds.sources.completion import Report, Surroundings, complete
from feeds.sources.translations import translated

__all__ = ["Progress", "Reading", "Steps", "read"]

TRIES = 3
"""How often content that changes under our hands is read anew, before we say so."""


@dataclass(frozen=True)
class Reading:
    """What came through the gate, and what did not."""

    library: Library
    faults: tuple[Fault, ...]
    listing: files.Listing
    """Every file of the content folder, at the one moment that all of this was read."""


@dataclass(frozen=True)
class Steps:
    """What is done for each article. Who reads again and again may pass steps that remember."""

    read: Callable[[files.Listing, str], Raw | Fault] = files.read_one
    accept: Callable[[Raw, PublicationSettings], Accepted | list[Fault]] = accept
    complete: Callable[[Accepted, Surroundings, Report], Article] = complete


STEPS = Steps()


def read(
    publication: PublicationSettings, root: Path, progress: Progress | None = None, steps: Steps = STEPS
) -> Reading:
    """Every article of a publication's content folder, from one consistent moment.

    A file added, removed or edited while we read makes us read again, so that what comes out
    never was two states at once.
    """
    folder, label = root / publication.content, publication.content
    for _ in range(TRIES):
        listing = files.walk(folder, label)
        reading = _gate(publication, listing, files.read(listing, progress, steps.read), steps)
        if files.walk(folder, label).stamps == listing.stamps:
            return reading
    moving = Fault(Place(label), "keeps changing while it is read; try again in a moment")
    return Reading(reading.library, (*reading.faults, moving), listing)


def _gate(
    publication: PublicationSettings, listing: files.Listing, raws: Iterable[Raw | Fault], steps: Steps
) -> Reading:
    faults = list(listing.faults)
    accepted: list[Accepted] = []
    for raw in raws:
        found = raw if isinstance(raw, Fault) else steps.accept(raw, publication)
        if isinstance(found, Accepted):
            accepted.append(found)
        else:
            faults.extend([found] if isinstance(found, Fault) else found)
    faults.extend(_collisions(accepted))
    articles = list(_completed(accepted, publication, listing, faults.append, steps))
    return Reading(Library(publication, newest_first(articles)), tuple(sorted(faults)), listing)


def _completed(
    accepted: Sequence[Accepted],
    publication: PublicationSettings,
    listing: files.Listing,
    report: Report,
    steps: Steps,
) -> Iterator[Article]:
    """The accepted articles that are all right in themselves and together."""
    addresses = {article.raw.path: article.url for article in accepted}
    versions = translated(accepted, addresses, report)
    for article in accepted:
        faults: list[Fault] = []
        around = Surroundings(publication, listing, addresses, versions.get(article.raw.path, ()))
        complete_article = steps.complete(article, around, faults.append)
        for fault in faults:
            report(fault)
        if all(fault.warning for fault in faults):
            yield complete_article


def _collisions(accepted: Sequence[Accepted]) -> Iterator[Fault]:
    """Two articles with one id, or with addresses that some system takes for one (Unicode, case)."""
    yield from _twins(accepted, "slug", "address", lambda article: _look(article.url))
    yield from _twins(accepted, "id", "id", lambda article: article.id)


def _twins(
    accepted: Sequence[Accepted], field: str, noun: str, key: Callable[[Accepted], str]
) -> Iterator[Fault]:
    seen: dict[str, Accepted] = {}
    for article in accepted:
        first = seen.setdefault(key(article), article)
        if first is not article:
            yield article.raw.fault(field, f"gives the same {noun} as {first.raw.file}; change one of them")


def _look(url: str) -> str:
    plain = url if url.isascii() and "%" not in url else unicodedata.normalize("NFKC", unquote(url))
    return unicodedata.normalize("NFKC", plain.casefold())
