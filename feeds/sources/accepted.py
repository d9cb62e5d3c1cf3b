"""A raw article checked by itself: its manuscript, its address and its id, or its faults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import quote, urljoin
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
        return explained(refusal, Manuscript, raw.file, raw.lines())
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
    file = PurePosixPath(path)
    if file.stem == "index" and file.parent.name:
        file = file.parent  # a folder of its own, with its pictures beside it
    filled = publication.address.format(
        folder="" if str(file.parent) == "." else file.parent,
        slug=slug or values.slug(file.name if file.suffix == "" else file.stem),
        year=f"{day.year:04}",
        month=f"{day.month:02}",
        day=f"{day.day:02}",
        language=language,
    )
    parts = "/".join(part for part in filled.split("/") if part)
    return urljoin(publication.url, quote(parts + "/" * filled.endswith("/"), safe="/~-._"))
