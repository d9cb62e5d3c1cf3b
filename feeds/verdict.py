"""What the rules say of a document, as faults: anybody's feed, or our own output traced to its articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from feeds.article import Article
from feeds.errors import Fault, Place
from feeds.faults import nearest, undotted
from feeds.network import anywhere
from feeds.publishing import Document
from feeds.sources.front_matter import parse

if TYPE_CHECKING:
    from feeds.rules import Finding

FEEDS = frozenset(["application/atom+xml", "application/rss+xml", "application/feed+json", "text/x-opml"])
"""The media types that there are rules for."""
_STEP = re.compile(r"([^/\[\]]+)(?:\[(\d+)\])?")
_FIELDS = {
    "title": "title", "id": "id", "guid": "id", "url": "url", "external_url": "full_article.url",
    "published": "published", "pubDate": "published", "date_published": "published",
    "updated": "updated", "atom:updated": "updated", "date_modified": "updated",
    "content": "body", "content:encoded": "body", "content_html": "body", "content_text": "body",
    "author": "authors", "authors": "authors", "dc:creator": "authors",
    "category": "tags", "tags": "tags", "language": "language", "dc:language": "language",
    "image": "image", "media:thumbnail": "image", "itunes:image": "image", "media:credit": "image.credit",
    "media:description": "image.alt", "enclosure": "attachments", "attachments": "attachments",
    "itunes:duration": "attachments",
}  # fmt: skip
_OF_PERSON = {"name": ".name", "email": ".email", "uri": ".url", "url": ".url"}


def of_anybody(what: str, now: datetime) -> tuple[Fault, ...]:
    """Every fault of somebody's feed, in a file or at an address.

    Raises `OutputError` for a file that cannot be read and `FetchError` for an address that does
    not answer.
    """
    from feeds import rules  # a large table, which a build does not need

    document = _document(what)
    found = rules.inspect(document, name=what, now=now)
    return tuple(_fault(what, finding) for finding in found if finding.severity != "advice")


def of_ours(
    document: Document, articles: Mapping[str, Article], now: datetime, root: Path = Path()
) -> Iterator[Fault]:
    """Every fault of a document that we made, at the line and field of the article that it comes from.

    `articles` are those in the document, by id; their files are named relative to `root`, and read
    only where there is something to say of them.
    """
    from feeds import rules

    if document.media_type in FEEDS:
        for finding in rules.inspect(document.content, name=document.path, now=now):
            article = articles.get(finding.entry or "")
            yield (
                _traced(document.path, finding, article, root) if article else _fault(document.path, finding)
            )


def _document(what: str) -> bytes | Path:
    # A file goes to the rules as such, which read it in pieces: it may be of any size.
    return Path(what) if Path(what).is_file() else anywhere.read(what)


def _fault(name: str, finding: Finding) -> Fault:
    return Fault(Place(name, finding.line, finding.element), _problem(finding), _mild(finding))


def _traced(name: str, finding: Finding, article: Article, root: Path) -> Fault:
    """A finding at the article's field; at the element where that is made of no field in particular."""
    field = field_of(finding.element, article)
    if not field:
        place = Place(article.file, field=f"{name}: {finding.element}")
    else:
        place = Place(article.file, _line(root / article.file, field), field)
    return Fault(place, _problem(finding), _mild(finding))


def _problem(finding: Finding) -> str:
    return f"{finding.problem} ({finding.source})" if finding.source else finding.problem


def _mild(finding: Finding) -> bool:
    return finding.severity != "error"


def field_of(element: str, article: Article) -> str:
    """The field that an element of a feed is made from, such as authors[1].name; empty for none.

    `element` is the path of a finding: feed/entry[3]/author[2]/name, or items[3]/authors[2]/name.
    """
    steps = [(name, int(number) if number else 0) for name, number in _STEP.findall(element)]
    while steps and steps[0][0] not in ("entry", "item", "items"):
        steps.pop(0)
    if len(steps) < 2:
        return ""
    (name, number), *below = steps[1:]
    inner = below[0][0] if below else ""
    if name in ("summary", "description"):
        return "summary" if article.teaser else "body"
    if name in ("link", "atom:link"):
        return _link(max(number, 1), name, article)
    if name == "media:content":
        return _FIELDS.get(inner, "image") if article.image and number < 2 else "attachments"
    if name.startswith(("podcast:", "itunes:")) and name not in _FIELDS:
        return "episode"
    return _FIELDS.get(name, "") + _index(name, number, inner)


def _index(name: str, number: int, inner: str) -> str:
    # XML does not count where there is one; in JSON, no number is the whole list.
    if number == 0 and name in ("authors", "tags", "attachments"):
        return ""
    if _FIELDS.get(name) == "authors":
        return f"[{max(number, 1) - 1}]{_OF_PERSON.get(inner, '')}"
    return f"[{max(number, 1) - 1}]" if name in ("category", "tags", "attachments") else ""


def _link(number: int, name: str, article: Article) -> str:
    """Links stand in the order in which `formats.links` gives them, in Atom with the files behind."""
    versions = len({one.language for one in article.translations} - {article.language})
    pages = 0 if name == "atom:link" and not versions else versions + (2 if versions else 1)
    if number <= pages:
        return "translations" if 1 < number < pages else "url"
    if article.full_article and number == pages + 1:
        return "full_article.url"
    return "url" if name == "link" and not article.attachments else "attachments"


def _line(file: Path, field: str) -> int:
    """The line on which a field stands, or what holds it; 0 where the file no longer says."""
    try:
        lines = parse(file.read_text("utf-8-sig"), file.suffix.lower()).lines()
    except (OSError, ValueError, KeyError):  # a file of another dialect has no front matter of ours
        return 0
    return nearest(undotted(field), lines)
