"""The one gate: raw articles in, a library of complete ones out, and every fault of every file.

    walk ──▶ Raw ──accept──▶ Accepted ──complete──▶ Article ──▶ Library

An article that fails never hides another's fault, and nothing half-checked comes through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from feeds import values
from feeds.article import Article
from feeds.config import PublicationSettings
from feeds.errors import Fault, Place
from feeds.library import Library, newest_first
from feeds.sources import files
from feeds.sources.accepted import Accepted, accept
from feeds.sources.base import Aside, Progress, Raw
from feeds.sources.completion import Report, Surroundings, complete
from feeds.sources.translations import translated

if TYPE_CHECKING:
    from feeds.sources.dialects.base import Site

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

    read: Callable[[files.Listing, str], Raw | Fault | Aside] = files.read_one
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
    site = _site(publication, root)
    for _ in range(TRIES):
        listing = files.walk(folder, label, site)
        reading = _gate(publication, listing, files.read(listing, progress, steps.read), steps)
        if files.walk(folder, label, site).stamps == listing.stamps:
            return reading
    moving = Fault(Place(label), "keeps changing while it is read; try again in a moment")
    return Reading(reading.library, (*reading.faults, moving), listing)


def _site(publication: PublicationSettings, root: Path) -> Site | None:
    """The site that the content is, where it speaks a dialect."""
    if not publication.dialect:
        return None
    from feeds.sources import dialects  # who writes our own format never waits for it

    return dialects.opened(publication, root)


def _gate(
    publication: PublicationSettings,
    listing: files.Listing,
    raws: Iterable[Raw | Fault | Aside],
    steps: Steps,
) -> Reading:
    faults = list(listing.faults)
    accepted: list[Accepted] = []
    asides: list[Aside] = []
    for raw in raws:
        if isinstance(raw, Aside):
            asides.append(raw)
            continue
        found = raw if isinstance(raw, Fault) else steps.accept(raw, publication)
        if isinstance(found, Accepted):
            accepted.append(found)
        else:
            faults.extend([found] if isinstance(found, Fault) else found)
    if listing.site:
        accepted = _of_site(listing, accepted, asides, faults.append)
    faults.extend(_collisions(accepted))
    articles = list(_completed(accepted, publication, listing, faults.append, steps))
    return Reading(Library(publication, newest_first(articles)), tuple(sorted(faults)), listing)


def _of_site(
    listing: files.Listing, accepted: Sequence[Accepted], asides: Sequence[Aside], report: Report
) -> list[Accepted]:
    """The articles of a site, once each: of two at one address the site shows one; and what was left out."""
    from feeds.sources import dialects

    raws = [article.raw for article in accepted]
    for fault in (
        *dialects.told(listing.label, raws, asides),
        *(one for raw in raws for one in raw.warnings),
    ):
        report(fault)
    kept: dict[str, Accepted] = {}
    for article in accepted:
        first = kept.setdefault(values.look(article.url), article)
        if first is not article:
            problem = f"gives the same address as {first.raw.file}; left out"
            report(article.raw.fault("slug", problem, warning=True))
    return list(kept.values())


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
    yield from _twins(accepted, "slug", "address", lambda article: values.look(article.url))
    yield from _twins(accepted, "id", "id", lambda article: article.id)


def _twins(
    accepted: Sequence[Accepted], field: str, noun: str, key: Callable[[Accepted], str]
) -> Iterator[Fault]:
    seen: dict[str, Accepted] = {}
    for article in accepted:
        first = seen.setdefault(key(article), article)
        if first is not article:
            yield article.raw.fault(field, f"gives the same {noun} as {first.raw.file}; change one of them")
