"""Anybody's feed, read from bytes: Atom, RSS and RDF by feedparser, JSON Feed by json."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, TypeVar
from urllib.parse import urljoin

from pydantic import ValidationError

from feeds import markup, values
from feeds.article import Attachment, Person
from feeds.errors import ContentError
from feeds.model import Model
from feeds.sources._feedparser import Given, decoded, error, parse
from feeds.values import NO_XML

SIZE = 10_000_000
"""Bytes of a feed at most."""
_LIKE_HTML = re.compile(r"<[A-Za-z/!]|&#?\w+;")
Checked = TypeVar("Checked", bound=Model)


@dataclass(frozen=True, kw_only=True)
class SyndicatedEntry:
    """An entry of somebody's feed. Texts are plain and not escaped; addresses are absolute or empty."""

    id: str
    """To the letter; where an RSS item has none, its link, as readers do. Empty where that is missing too."""
    url: str
    title: str
    published: datetime | None
    updated: datetime | None
    summary: str
    html: str
    """Sanitised."""
    authors: tuple[Person, ...] = ()
    tags: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Syndicated:
    """Somebody's feed."""

    title: str
    home: str
    language: str
    entries: tuple[SyndicatedEntry, ...]
    id: str = ""
    """Its own, to the letter; of RSS, which has none, empty."""


def read(content: bytes, address: str = "") -> Syndicated:
    """A feed in any of the usual formats; of a broken one, what can be read.

    `address` is where it stands: what it says is relative is relative to that. Raises
    `ContentError` with one line for what is no feed, too large, or dangerous to read.
    """
    if len(content) > SIZE:
        raise error(address, f"is larger than {SIZE:,} bytes")
    try:
        text = NO_XML.sub("", decoded(content)).strip()
        if text.startswith("{"):
            return _json_feed(json.loads(text), address)
        return _xml_feed(parse(text, address), address)
    except ContentError:
        raise
    except RecursionError:
        problem = "is nested too deeply"
    except Exception as refusal:  # what hostile bytes do to a parser, no list of exceptions holds
        problem = f"cannot be read: {type(refusal).__name__}: {refusal}"[:200]
    raise error(address, problem)


def _xml_feed(found: Given, address: str) -> Syndicated:
    feed, plain = found["feed"], str(found.get("version", "")).startswith("atom")
    entries = (_xml_entry(entry, address, plain) for entry in found["entries"])
    return Syndicated(
        title=_line(_xml_text(feed, "title", plain)),
        home=_absolute(feed.get("link"), address),
        language=_language(feed.get("language") or (feed.get("title_detail") or {}).get("language")),
        entries=tuple(entry for entry in entries if entry.id or entry.title or entry.html),
        id=_line(_said(feed.get("id"))),
    )


def _xml_entry(entry: Given, address: str, plain: bool) -> SyndicatedEntry:
    url = _absolute(entry.get("link"), address)
    summary = _xml_html(entry.get("summary_detail"), url, address)
    html = _xml_html(_best(entry.get("content") or ()), url, address) or summary
    # Of a video there may be no other text.
    described = "" if html else _paragraphs(_said(entry.get("media_described")))
    return SyndicatedEntry(
        id=_said(entry.get("id")) or url,
        url=url,
        title=_line(_xml_text(entry, "title", plain)),
        published=_struct(entry, "published_parsed"),
        updated=_struct(entry, "updated_parsed"),
        summary=markup.text(summary or described),
        html=html or described,
        authors=tuple(_people(entry.get("authors"), name="name", email="email", url="href")),
        tags=_tags(tag.get("term") for tag in entry.get("tags") or ()),
        attachments=tuple(
            _attachments(entry.get("enclosures"), address, url="href", type="type", length="length")
        ),
    )


def _xml_text(given: Given, field: str, plain: bool) -> str:
    """A field that is to be text. RSS never says whether it is HTML (feedparser's guess is too timid)."""
    detail = given.get(f"{field}_detail") or {}
    text, kind = _said(given.get(field)), detail.get("type", "text/plain")
    is_html = "html" in kind or (not plain and _LIKE_HTML.search(text))
    return markup.text(_safe(text, "", "")) if is_html else text


def _best(contents: Iterable[Given]) -> Given | None:
    """HTML before plain text, else the first."""
    ordered = sorted(contents, key=lambda content: "html" not in str(content.get("type")))
    return ordered[0] if ordered else None


def _xml_html(detail: Given | None, url: str, address: str) -> str:
    if not detail:
        return ""
    text, base = _said(detail.get("value")), _joined(address, detail.get("base"))
    if "html" in str(detail.get("type")) or _LIKE_HTML.search(text):
        return _safe(text, base, url or base)
    return _paragraphs(text)


def _struct(entry: Given, key: str) -> datetime | None:
    """A date. feedparser's dictionaries answer for another key; `in` alone tells the truth."""
    if key not in entry or not entry[key]:
        return None
    try:
        year, month, day, hour, minute, second = entry[key][:6]
        return _likely(datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC))
    except ValueError:
        return None


def _json_feed(feed: object, address: str) -> Syndicated:
    """A JSON Feed, 1 or 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise error(address, "is JSON, but no JSON Feed: it has no list of items")
    return Syndicated(
        title=_line(_said(feed.get("title"))),
        home=_absolute(feed.get("home_page_url"), address),
        language=_language(feed.get("language")),
        entries=tuple(_json_item(item, address) for item in feed["items"] if isinstance(item, dict) and item),
    )


def _json_item(item: Given, address: str) -> SyndicatedEntry:
    url = _absolute(item.get("url"), address)
    text = _paragraphs(_said(item.get("content_text")))
    people = item.get("authors") or [item.get("author")]
    return SyndicatedEntry(
        id=_said(item.get("id")) or url,
        url=url,
        title=_line(_said(item.get("title"))),
        published=_iso(item.get("date_published")),
        updated=_iso(item.get("date_modified")),
        summary=_said(item.get("summary")),
        html=_safe(_said(item.get("content_html")), address, url or address) or text,
        authors=tuple(_people(people, name="name", email="", url="url")),
        tags=_tags(_list(item.get("tags"))),
        attachments=tuple(
            _attachments(
                item.get("attachments"), address, url="url", type="mime_type", length="size_in_bytes"
            )
        ),
    )


def _iso(value: object) -> datetime | None:
    """A date, in UTC as feedparser's are: what is kept of a feed is ordered by their texts."""
    try:
        found = datetime.fromisoformat(_said(value)).replace(microsecond=0)
        return _likely(found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _likely(moment: datetime) -> datetime | None:
    return moment if 1900 <= moment.year <= 9998 else None


def _people(given: object, *, name: str, email: str, url: str) -> Iterator[Person]:
    for one in _objects(given):
        who = _line(_said(one.get(name)) or _said(one.get(email)))
        fields = {"name": who, "email": _said(one.get(email)), "url": _said(one.get(url))}
        if person := _valid(Person, fields, "name"):
            yield person


def _attachments(given: object, address: str, *, url: str, type: str, length: str) -> Iterator[Attachment]:
    for one in _objects(given):
        size = _said(one.get(length))
        fields = {
            "url": _absolute(one.get(url), address),
            "type": _said(one.get(type)).partition(";")[0].strip(),
            "length": int(size) if re.fullmatch("[0-9]{1,15}", size) else None,
            "title": _line(_said(one.get("title"))),
        }
        if fields["url"] and (attachment := _valid(Attachment, fields, "url")):
            yield attachment


def _valid(model: Callable[..., Checked], fields: Mapping[str, object], needed: str) -> Checked | None:
    """Whatever of the fields passes the gate's own checks, if the one that is needed does."""
    given = {name: value for name, value in fields.items() if value}
    while needed in given:
        try:
            return model(**given)
        except ValidationError as refusal:
            for error in refusal.errors(include_url=False, include_context=False, include_input=False):
                given.pop(str(error["loc"][0]), None)
    return None


def _tags(given: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for one in given if (tag := _line(_said(one)))))


def _objects(given: object) -> list[Given]:
    return [one for one in _list(given) if isinstance(one, Mapping)]


def _list(given: object) -> list[Any]:
    return given if isinstance(given, list) else []


def _said(value: object) -> str:
    """A text, or a number as text: JSON Feeds have had those for ids."""
    return (
        NO_XML.sub("", str(value))
        if isinstance(value, str | int | float) and not isinstance(value, bool)
        else ""
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _language(value: object) -> str:
    try:
        return values.language(_said(value).strip().replace("_", "-"))
    except ValueError:
        return ""


def _joined(address: str, reference: object) -> str:
    try:
        return urljoin(address, _said(reference).strip())
    except ValueError:
        return address


def _absolute(reference: object, address: str) -> str:
    """An http or https address, or nothing: javascript: and its like lead nowhere."""
    if not _said(reference).strip():
        return ""
    try:
        return values.address(_joined(address, reference))
    except ValueError:
        return ""


def _safe(html: str, base: str, page: str) -> str:
    try:
        return markup.sanitise(html, base=base, page=page)
    except markup.TooDeepError:
        return ""


def _paragraphs(text: str) -> str:
    """Plain text as HTML."""
    parts = (part.strip() for part in re.split(r"\n\s*\n", text))
    return "\n".join(f"<p>{escape(part, quote=False)}</p>" for part in parts if part)
