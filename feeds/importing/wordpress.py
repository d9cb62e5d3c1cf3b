"""WordPress's export (WXR): the items of post type `post`, with their ids, pictures and people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import unescape

from feeds.importing import shortcodes, xml
from feeds.importing.base import Export, Notes, Post
from feeds.importing.loose import address, moment

_NAMESPACES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
}
_WORDPRESS = re.compile(r"http://wordpress\.org/export/[\d.]+/(excerpt/)?")
_DRAFTS = {
    "draft": "",
    "pending": "posts waiting for review, now drafts",
    "private": "private posts, now drafts",
}
_LEFT = {"trash": "posts in the trash", "auto-draft": "drafts nobody wrote"}
_TEASER = 5000
_PLAIN_NAME = re.compile(r"[\w-]{1,40}")


@dataclass
class _Item:
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").strip()


class _Channel:
    """Hears of the elements of an export, and keeps the posts and the addresses of pictures."""

    def __init__(self, export: Export) -> None:
        self.export = export
        self.fields: dict[str, str] = {}
        self.people: dict[str, str] = {}
        self.pictures: dict[str, tuple[str, str]] = {}
        self.items: list[_Item] = []
        self.item: _Item | None = None
        self.path: list[str] = []
        self.inner: dict[str, str] = {}
        self.attributes: Mapping[str, str] = {}

    def started(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        short = _short(name)
        self.path.append(short)
        self.attributes = attributes
        if short == "item":
            self.item = _Item(line)
        elif short in ("wp:author", "wp:postmeta", "wp:comment"):
            self.inner = {}

    def ended(self, name: str, text: str) -> None:
        short = self.path.pop()
        parent = self.path[-1] if self.path else ""
        if parent in ("wp:author", "wp:postmeta"):
            self.inner[short] = text
        elif short == "wp:author":
            login = self.inner.get("wp:author_login", "")
            self.people[login] = self.inner.get("wp:author_display_name", "").strip() or login
        elif short == "item" and self.item:
            self._keep(self.item)
            self.item = None
        elif self.item and parent == "item":
            self._field(self.item, short, text)
        elif parent == "channel":
            self.fields.setdefault(short, text.strip())

    def _field(self, item: _Item, short: str, text: str) -> None:
        if short == "wp:postmeta":
            item.meta.setdefault(self.inner.get("wp:meta_key", ""), self.inner.get("wp:meta_value", ""))
        elif short == "category":
            if self.attributes.get("domain") in ("category", "post_tag", None):
                known = self.attributes.get("nicename") == "uncategorized"
                item.tags += [] if known else [unescape(text).strip()]
        elif short == "wp:comment":
            self.export.notes.leave("comments")
        else:
            item.fields.setdefault(short, text)

    def _keep(self, item: _Item) -> None:
        kind = item["wp:post_type"] or "post"
        if kind == "attachment":
            described = item.meta.get("_wp_attachment_image_alt", "").strip()
            self.pictures[item["wp:post_id"]] = (item["wp:attachment_url"], described)
        if kind == "post":
            self.items.append(item)
        else:
            name = kind if _PLAIN_NAME.fullmatch(kind) else "another"
            self.export.notes.leave(f"items of type {name}")


def read(chunks: Iterable[bytes], export: Export) -> None:
    """Add the posts of an export to what was found. Raises `ExportError` for what does harm."""
    channel = _Channel(export)
    xml.read(chunks, export, channel.started, channel.ended)
    home = address(channel.fields.get("wp:base_blog_url") or channel.fields.get("link"))
    language = channel.fields.get("language", "")
    for item in channel.items:
        if item["wp:status"] in _LEFT:
            export.notes.leave(_LEFT[item["wp:status"]])
        else:
            export.posts.append(_post(item, channel, home, language))
    channel.items.clear()


def _post(item: _Item, channel: _Channel, home: str, language: str) -> Post:
    notes = channel.export.notes
    draft = _is_draft(item, channel.export)
    content = item["content:encoded"]
    picture, described = channel.pictures.get(item.meta.get("_thumbnail_id", "").strip(), ("", ""))
    author = channel.people.get(item["dc:creator"], item["dc:creator"])
    published = _published(item)
    return Post(
        title=item["title"],
        title_is_html=True,
        id=item["guid"],
        html=shortcodes.html(content, channel.pictures, notes),
        published=published,
        updated=_utc(item["wp:post_modified_gmt"]),
        url="" if draft or item["wp:status"] == "future" else address(item["link"]),  # not its own yet
        slug=item["wp:post_name"],
        summary=item["excerpt:encoded"] or _before_more(content),
        authors=({"name": author},) if author else (),
        tags=tuple(dict.fromkeys(item.tags)),
        image=picture,
        image_alt=described,
        attachments=tuple(_enclosures(item.meta.get("enclosure", ""))),
        language=language,
        draft=draft,
        line=item.line,
    )


def _is_draft(item: _Item, export: Export) -> bool:
    if item["wp:post_password"]:
        export.notes.change("posts with a password, now drafts")
        return True
    if item["wp:status"] in ("publish", "future", ""):
        return False
    if changed := _DRAFTS.get(item["wp:status"], "posts of an unknown status, now drafts"):
        export.notes.change(changed)
    return True


def _published(item: _Item) -> datetime | None:
    """In UTC if that is told; a draft has the site's own time only, or none."""
    return _utc(item["wp:post_date_gmt"]) or _local(item["wp:post_date"]) or _rfc_822(item["pubDate"])


def _utc(text: str) -> datetime | None:
    return None if text.startswith("0000") else moment(text)


def _local(text: str) -> datetime | None:
    return None if text.startswith("0000") else moment(text, local=True)


def _rfc_822(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo and 1970 < found.year < 9998 else None


def _before_more(content: str) -> str:
    """What the writer set apart as the teaser."""
    before, more, _ = content.partition("<!--more")
    return shortcodes.html(before[:_TEASER], {}, Notes()) if more else ""


def _enclosures(meta: str) -> list[dict[str, object]]:
    """The recording that WordPress put into its feed: address, size and type, a line each."""
    url, size, kind, *_ = [*(line.strip() for line in meta.split("\n")), "", "", ""]
    if not address(url):
        return []
    return [
        {"url": address(url), "type": kind, "length": int(size) if re.fullmatch(r"\d{1,15}", size) else 0}
    ]


def _short(name: str) -> str:
    """`wp:status` for whichever version of the format, `title` for what has no namespace."""
    space, _, local = name.rpartition(" ")
    if found := _WORDPRESS.fullmatch(space):
        return ("excerpt:" if found[1] else "wp:") + local
    known = _NAMESPACES.get(space, space and "other")
    return f"{known}:{local}" if known else local
