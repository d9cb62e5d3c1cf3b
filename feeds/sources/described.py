"""What a site says of itself, checked and filled up: its title, address, language, time zone and authors."""

from __future__ import annotations

import re
from pathlib import Path

from feeds import values
from feeds.config import PublicationSettings
from feeds.sources.dialects import documents, fields
from feeds.sources.dialects.base import Described

UNKNOWN_URL = "https://example.org/"
"""Where a site stands that does not say so itself."""


def completed(said: Described, site: Path) -> tuple[Described, tuple[str, ...]]:
    """What a site says of itself, checked and filled up; and what had to be assumed."""
    assumed: list[str] = []
    url = _public(_url(said.url)) or _url(_named_host(site)) or _public(_url(_homepage(site)))
    if not url:
        url = UNKNOWN_URL
        assumed.append(f"The site does not say where it stands; correct url = “{url}”.")
    title = fields.line(said.title)
    if not title or len(title) > 200:
        title = site.resolve().name
        assumed.append(f"The site has no title that could be read; correct title = “{title}”.")
    language, timezone = said.language.replace("_", "-"), said.timezone
    try:
        language = values.language(language)
    except ValueError:
        language = "en"
        if said.language:
            assumed.append(f"Its language “{said.language}” is no language tag; “en” was taken.")
    try:
        PublicationSettings.model_validate({"title": "x", "url": UNKNOWN_URL, "timezone": timezone or "UTC"})
    except ValueError:
        assumed.append(f"Its time zone “{timezone}” is not known; UTC was taken.")
        timezone = "UTC"
    description = fields.line(said.description)
    authors = tuple(dict.fromkeys(filter(None, map(fields.line, said.authors))))
    return Described(title, url, description, language, timezone or "UTC", authors), tuple(assumed)


def _url(given: str) -> str:
    if given.startswith("//"):
        given = "https:" + given
    try:
        return values.address(given.rstrip("/") + "/") if given else ""
    except ValueError:
        return ""


def _public(url: str) -> str:
    """An address where a site is; not that of somebody's own machine."""
    return "" if re.match(r"https?://(?:localhost|127\.|0\.0\.0\.0|\[::1\])", url) else url


def _homepage(site: Path) -> str:
    """The page that package.json names, the site's or that of the folder around it; not that of its code."""
    for folder in (site, site.resolve().parent):
        page = documents.word(documents.harmless(folder / "package.json"), "homepage")
        if page and not re.match(r"https?://(?:www\.)?(?:github|gitlab|bitbucket)\.", page):
            return page
    return ""


def _named_host(site: Path) -> str:
    """The host in a file CNAME, by which GitHub knows a site's domain."""
    places = ("CNAME", "static/CNAME", "public/CNAME", "content/extra/CNAME", "src/CNAME")
    host = next(filter(None, (documents.text(site / place).strip() for place in places)), "")
    return f"https://{host}/" if re.fullmatch(r"[\w.-]+\.\w+", host) else ""
