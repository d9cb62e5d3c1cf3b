"""What the rules say of a document, as faults: anybody's feed, or our own output traced to its articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from feeds.article import Article
from feeds.errors import Fault, Place
from feeds.network import anywhere
from feeds.publishing import Document

if TYPE_CHECKING:
    from feeds.rules import Finding

FEEDS = frozenset(["application/atom+xml", "application/rss+xml", "application/feed+json", "text/x-opml"])
"""The media types that there are rules for."""


def of_anybody(what: str, now: datetime) -> tuple[Fault, ...]:
    """Every fault of somebody's feed, in a file or at an address.

    Raises `OutputError` for a file that cannot be read and `FetchError` for an address that does
    not answer.
    """
    from feeds import rules  # a large table, which a build does not need

    document = _document(what)
    found = rules.inspect(document, name=what, now=now)
    return tuple(_fault(what, finding) for finding in found if finding.severity != "advice")


def of_ours(document: Document, articles: Mapping[str, Article], now: datetime) -> Iterator[Fault]:
    """Every fault of a document that we made, at the article (by its id) that it comes from."""
    from feeds import rules

    if document.media_type in FEEDS:
        for finding in rules.inspect(document.content, name=document.path, now=now):
            yield _fault(document.path, finding, articles.get(finding.entry or ""))


def _document(what: str) -> bytes | Path:
    # A file goes to the rules as such, which read it in pieces: it may be of any size.
    return Path(what) if Path(what).is_file() else anywhere.read(what)


def _fault(name: str, finding: Finding, article: Article | None = None) -> Fault:
    problem = f"{finding.problem} ({finding.source})" if finding.source else finding.problem
    if article:
        return Fault(Place(article.file, field=f"{name}: {finding.element}"), problem, _mild(finding))
    return Fault(Place(name, finding.line, finding.element), problem, _mild(finding))


def _mild(finding: Finding) -> bool:
    return finding.severity != "error"
