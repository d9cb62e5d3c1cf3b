"""A story: one article as a digest shows it, with everything said and measured."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from feeds.article import Article, Image
from feeds.library import Issue
from feeds.newsletter.excerpt import Block, excerpt, paragraph
from feeds.wording import Wording, direction

WIDE = 520
"""The width of the text and of the lead's picture, in pixels."""
SMALL = 120
_TALLEST = 560

# What Outlook and Gmail show; SVG, WebP and AVIF are not among it.
_SHOWN = frozenset([".jpg", ".jpeg", ".png", ".gif"])


@dataclass(frozen=True)
class Picture:
    """An image at the size it is shown, in pixels."""

    src: str
    alt: str
    width: int
    height: int
    credit: str | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    """One article, ready to be set. A language or direction that is the digest's own is left empty."""

    title: str
    url: str
    """Where the whole text stands."""
    link: str
    """What the link to it says."""
    date: str
    byline: str
    """Who signed it; empty where the publication did."""
    source: str
    """The feed that it is from, where it is none of our own."""
    summary: str
    picture: Picture | None
    blocks: tuple[Block, ...] = ()
    """The text; the lead story has it."""
    language: str = ""
    direction: str = ""
    compact: bool = False
    """Whether there is one line for it only: title and date."""


def lead(issue: Issue, wording: Wording) -> Story:
    """The issue's lead story: with a large picture and the opening of its text."""
    article = issue.lead
    blocks = excerpt(article.html) or paragraph(article.summary)
    return replace(_story(article, issue, wording, (WIDE, _TALLEST)), blocks=blocks)


def teaser(article: Article, issue: Issue, wording: Wording) -> Story:
    """A further story: its summary, perhaps a small picture."""
    return _story(article, issue, wording, (SMALL, SMALL))


def obstacle(image: Image) -> str | None:
    """Why a mail cannot show an image, or None where it can."""
    address = urlsplit(image.src)
    if address.scheme != "https":
        return "is not at an https address, so mails leave it out"
    kind = PurePosixPath(address.path).suffix.lower()
    if kind and kind not in _SHOWN:
        return f"is {kind[1:].upper()}, which mail programs do not show; use JPEG or PNG"
    if not (image.width and image.height):
        return "has no known width and height, so mails leave it out; write both"
    return None


def _story(article: Article, issue: Issue, wording: Wording, box: tuple[int, int]) -> Story:
    source = article.origin.title if article.origin else ""
    names = [author.name for author in article.authors if author.name not in (issue.title, source)]
    foreign = article.language != issue.language
    turned = direction(article.language) != wording.direction
    return Story(
        title=article.title,
        url=article.full_article.url if article.full_article else article.url,
        link=_link(article, issue, wording),
        date=wording.date(article.published),
        byline=wording.say("By {names}", names=wording.listed(names)) if names else "",
        source=source,
        summary=article.summary,
        picture=_picture(article.image, *box),
        language=article.language if foreign else "",
        direction=direction(article.language) if turned else "",
    )


def _link(article: Article, issue: Issue, wording: Wording) -> str:
    language = article.full_article.language if article.full_article else article.language
    if not article.full_article and _base(language) == _base(issue.language):
        return wording.say("Read the full article")
    return wording.say("Full article in {language}", language=wording.language_name(language))


def _picture(image: Image | None, width: int, height: int) -> Picture | None:
    if image is None or obstacle(image):
        return None
    assert image.width
    assert image.height
    scale = min(width / image.width, height / image.height, 1)
    size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    return Picture(image.src, image.alt, *size, image.credit)


def _base(language: str) -> str:
    return language.partition("-")[0]
