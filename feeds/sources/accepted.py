"""A raw article checked by itself: its manuscript, its address and its id, or its faults."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from feeds import identity, values
from feeds.article import Manuscript
from feeds.config import PublicationSettings
from feeds.errors import Fault
from feeds.faults import explained
from feeds.sources.base import Raw

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""When a draft without a date counts as published; nobody sees it."""


@dataclass(frozen=True)
class Accepted:
    """A manuscript that passed, before it knows of the others."""

    raw: Raw
    manuscript: Manuscript
    published: datetime
    language: str
    url: str
    id: str


def accept(raw: Raw, publication: PublicationSettings) -> Accepted | list[Fault]:
    """What a raw article says, checked, with the address and the id that follow from it."""
    zone = ZoneInfo(publication.timezone)
    try:
        manuscript = Manuscript.model_validate(raw.fields, context={"zone": zone})
    except ValidationError as refusal:
        return [raw.renamed(fault) for fault in explained(refusal, Manuscript, raw.file, raw.lines())]
    if manuscript.published is None and not manuscript.draft:
        return [raw.fault("published", "is missing; write the date, or draft: true")]
    published = manuscript.published or UNDATED
    language = manuscript.language or publication.language
    day = published.astimezone(zone)
    try:
        url = manuscript.url or _address(raw.path, manuscript.slug, day, language, publication)
    except ValueError as refusal:
        return [raw.fault("slug", f"{refusal} (it is the file's name: rename the file, or write slug:)")]
    return Accepted(raw, manuscript, published, language, url, manuscript.id or identity.mint(url, day))


def _address(
    path: str, slug: str | None, day: datetime, language: str, publication: PublicationSettings
) -> str:
    """The article's address by the publication's pattern. Raises ValueError for a name that is unsafe."""
    folder, name = posixpath.split(path)
    stem = posixpath.splitext(name)[0]
    if stem == "index" and folder:
        folder, name = posixpath.split(folder)  # a folder of its own, with its pictures beside it
        stem = posixpath.splitext(name)[0]
    filled = publication.address.format(
        folder=folder,
        slug=slug or values.slug(stem),
        year=f"{day.year:04}",
        month=f"{day.month:02}",
        day=f"{day.day:02}",
        language=language,
    )
    parts = "/".join(part for part in filled.split("/") if part)
    return values.below(publication.url, parts + "/" * filled.endswith("/"))
