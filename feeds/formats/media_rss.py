"""Pictures and files in the terms of Media RSS 1.5.1, which Atom and RSS share."""

from __future__ import annotations

from collections.abc import Iterator

from feeds import media
from feeds.article import Article, Attachment, Image
from feeds.formats._feedgen import Element

_MEDIUMS = ("image", "audio", "video")


def lead(article: Article) -> Iterator[Element]:
    """The lead image, whole and as a thumbnail, with what it shows and whom it is owed to."""
    if image := article.image:
        size = {"width": _number(image.width), "height": _number(image.height)}
        kind = media.media_type(image.src)
        whole = {"url": image.src, "medium": "image", "type": kind, **size}
        yield Element("media:content", attributes=whole, children=tuple(_said(image)))
        yield Element("media:thumbnail", attributes={"url": image.src, **size})


def further(article: Article, enclosed: Attachment | None) -> Iterator[Element]:
    """Every attachment but RSS's one enclosure; said twice, it would play twice."""
    for attachment in article.attachments:
        if attachment is enclosed:
            continue
        title = (Element("media:title", attachment.title, _PLAIN),) if attachment.title else ()
        yield Element("media:content", attributes=_file(attachment), children=title)


_PLAIN = {"type": "plain"}


def _said(image: Image) -> Iterator[Element]:
    if image.alt:
        yield Element("media:description", image.alt, _PLAIN)
    if image.credit:
        yield Element("media:credit", image.credit)


def _file(attachment: Attachment) -> dict[str, str | None]:
    family = (attachment.type or "").partition("/")[0]
    return {
        "url": attachment.url,
        "fileSize": _number(attachment.length or None),  # 0 is an enclosure's word for unknown
        "type": attachment.type,
        "medium": family if family in _MEDIUMS else "document",
        "duration": _number(attachment.duration),
    }


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)
