"""A raw article checked by itself: all that follows from its file and the settings, or its faults."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from feeds import identity, markup, values
from feeds.article import Article, Manuscript, Person
from feeds.config import PublicationSettings
from feeds.errors import ChangedError, Fault, Place
from feeds.faults import explained
from feeds.sources import files
from feeds.sources.base import Note, Raw

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""When a draft without a date counts as published; nobody sees it."""


class Accepted(NamedTuple):
    """An article that passed, before it knows of the others."""

    article: Article
    """Complete but for what it refers to: its references are as they were written."""
    path: str
    """Its file, relative to the content folder."""
    raw: Callable[[], Raw]
    """What its source gave, once more: asked for where there is a fault to report."""
    digest: str = ""
    references: tuple[tuple[int, str], ...] = ()
    """The relative references in its text, each with its line there, from 1 on."""
    translations: Mapping[str, str] = {}
    notes: tuple[Note, ...] = ()
    warnings: tuple[Fault, ...] = ()
    served: bool = False
    copied: bool = False
    group: str = ""
    """As of the raw article."""

    @property
    def url(self) -> str:
        """The article's address."""
        return self.article.url

    @property
    def language(self) -> str:
        """The article's language."""
        return self.article.language

    def fault(self, field: str, problem: str, *, line: int = 0, warning: bool = False) -> Fault:
        """A fault in one of its fields."""
        return self.raw().fault(field, problem, line=line, warning=warning)


class Again:
    """Reads an article of a listing once more."""

    __slots__ = ("listing", "path")

    def __init__(self, listing: files.Listing, path: str) -> None:
        self.listing = listing
        self.path = path

    def __call__(self) -> Raw:
        """The raw article. Raises `ChangedError` where the file holds none any more."""
        raw = files.read_one(self.listing, self.path)
        if not isinstance(raw, Raw):
            raise ChangedError(Fault(Place(self.listing.name(self.path)), CHANGED))
        return raw


class Body:
    """The text of an article, read again from its file when it is asked for; equal if the file is."""

    __slots__ = ("digest", "raw")

    def __init__(self, digest: str, raw: Callable[[], Raw]) -> None:
        self.digest = digest
        self.raw = raw

    def __call__(self) -> str:
        """The text. Raises `ChangedError` where the file has been changed since."""
        raw = self.raw()
        if raw.digest != self.digest:
            raise ChangedError(Fault(Place(raw.file), CHANGED))
        return values.prose(str(raw.fields.get("body", "")).strip())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Body) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Body({self.digest})"


CHANGED = "was changed while it was read; try again"
_RARE = "image attachments full_article episode draft lead".split()
"""What few manuscripts say, and what is kept of them as they say it."""


def accept(
    raw: Raw, publication: PublicationSettings, again: Callable[[], Raw] | None = None
) -> Accepted | list[Fault]:
    """What a raw article says, checked, with the address and the id that follow from it.

    With `again` its text is not held: that reads it once more when it is asked for.
    """
    zone = ZoneInfo(publication.timezone)
    try:
        manuscript = Manuscript.model_validate(raw.fields, context={"zone": zone})
    except ValidationError as refusal:
        return [raw.renamed(fault) for fault in explained(refusal, Manuscript, raw.file, raw.lines())]
    if manuscript.published is None and not manuscript.draft:
        return [raw.fault("published", "is missing; write the date, or draft: true")]
    published = manuscript.published or UNDATED
    try:
        url = manuscript.url or _address(raw.path, manuscript, published.astimezone(zone), publication)
    except ValueError as refusal:
        return [raw.fault("slug", f"{refusal} (it is the file's name: rename the file, or write slug:)")]
    article = _article(raw, manuscript, url, published, publication)
    if again:
        _ = article.meaning  # asked of every article, and kept when the text is let go
        article = article.but(body=Body(raw.digest, again))
    return Accepted(
        article,
        raw.path,
        again or (lambda: raw),
        raw.digest,
        tuple(markup.references(manuscript.body)),
        manuscript.translations,
        raw.notes,
        raw.warnings,
        raw.served,
        raw.copied,
        raw.group,
    )


def _article(
    raw: Raw, manuscript: Manuscript, url: str, published: datetime, publication: PublicationSettings
) -> Article:
    """The article that a manuscript says, at its address."""
    article = Article.of(
        {
            "id": manuscript.id or identity.mint(url, published.astimezone(ZoneInfo(publication.timezone))),
            "url": url,
            "title": manuscript.title,
            "published": published.astimezone(UTC),
            "updated": max(manuscript.updated or published, published).astimezone(UTC),
            "language": manuscript.language or publication.language,
            "authors": manuscript.authors or whose(publication),
            "body": manuscript.body,
            "base": url if raw.served else values.below(publication.url, raw.path),
            "teaser": " ".join(manuscript.summary.split()) if manuscript.summary else None,
            "tags": tuple(dict.fromkeys(manuscript.tags)),
            "file": raw.file,
            **{name: said for name in _RARE if (said := getattr(manuscript, name))},
        }
    )
    if manuscript.id or manuscript.expires:
        moment = manuscript.expires and manuscript.expires.astimezone(UTC)
        article = article.but(named=manuscript.id is not None, expires=moment)
    return article


def whose(publication: PublicationSettings) -> tuple[Person, ...]:
    """Who signs what nobody signed."""
    return publication.authors or _house(publication.title)


@lru_cache(maxsize=8)
def _house(title: str) -> tuple[Person, ...]:
    """The publication itself."""
    return (Person(name=title),)


def _address(path: str, manuscript: Manuscript, day: datetime, publication: PublicationSettings) -> str:
    """The article's address by the publication's pattern. Raises ValueError for a name that is unsafe."""
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0]
    if stem == "index" and folder:
        folder, stem = posixpath.split(folder)  # a folder of its own, with its pictures beside it
        stem = posixpath.splitext(stem)[0]
    filled = publication.address.format(
        folder=folder,
        slug=manuscript.slug or values.slug(stem),
        year=f"{day.year:04}",
        month=f"{day.month:02}",
        day=f"{day.day:02}",
        language=manuscript.language or publication.language,
    )
    parts = "/".join(part for part in filled.split("/") if part)
    return values.below(publication.url, parts + "/" * filled.endswith("/"))
