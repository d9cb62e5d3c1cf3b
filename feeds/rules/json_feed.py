"""JSON Feed 1.0 and 1.1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feeds.rules import dates, kinds, lexical
from feeds.rules._json import NotJSON, Positions, parse
from feeds.rules.base import Finding, Kind, Severity
from feeds.rules.html import flaws

SPEC = "JSON Feed 1.1, "
VERSIONS = ("https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1")
STRING, TRUTH, NUMBER, OBJECT, ARRAY = "a string", "true or false", "a number", "an object", "an array"
_TYPES: dict[str, type | tuple[type, ...]] = {
    STRING: str,
    TRUTH: bool,
    NUMBER: (int, float),
    OBJECT: dict,
    ARRAY: list,
}
_DATE = Kind("date", lambda text: dates.rfc3339(text.upper()))
_URL, _TEXT = (STRING, (kinds.URL,)), (STRING, ())
Row = tuple[str, tuple[Kind, ...]]
FEED: dict[str, Row] = {
    "version": (STRING, (Kind("version", lexical.choice(*VERSIONS)),)),
    "title": (STRING, (kinds.BLANK_WARNING,)),
    "home_page_url": _URL,
    "feed_url": _URL,
    "description": _TEXT,
    "user_comment": _TEXT,
    "next_url": _URL,
    "icon": _URL,
    "favicon": _URL,
    "author": (OBJECT, ()),
    "authors": (ARRAY, ()),
    "language": (STRING, (kinds.LANGUAGE,)),
    "expired": (TRUTH, ()),
    "hubs": (ARRAY, ()),
    "items": (ARRAY, ()),
}
ITEM: dict[str, Row] = {
    "id": (STRING, (kinds.NOT_BLANK,)),
    "url": _URL,
    "external_url": _URL,
    "title": _TEXT,
    "content_html": _TEXT,
    "content_text": _TEXT,
    "summary": _TEXT,
    "image": _URL,
    "banner_image": _URL,
    "date_published": (STRING, (_DATE,)),
    "date_modified": (STRING, (_DATE,)),
    "author": (OBJECT, ()),
    "authors": (ARRAY, ()),
    "tags": (ARRAY, ()),
    "language": (STRING, (kinds.LANGUAGE,)),
    "attachments": (ARRAY, ()),
}
AUTHOR: dict[str, Row] = {"name": _TEXT, "url": _URL, "avatar": _URL}
HUB: dict[str, Row] = {"type": (STRING, (kinds.NOT_BLANK,)), "url": _URL}
ATTACHMENT: dict[str, Row] = {
    "url": _URL,
    "mime_type": (STRING, (kinds.MEDIA_TYPE,)),
    "title": _TEXT,
    "size_in_bytes": (NUMBER, ()),
    "duration_in_seconds": (NUMBER, ()),
}
REQUIRED = {
    "top-level": ("version", "title", "items"),
    "items": ("id",),
    "attachments": ("url", "mime_type"),
    "hubs": ("type", "url"),
    "authors": (),
}


class _Check:
    """One document: findings pile up, with the line of the value each is about."""

    def __init__(self, text: str, twice: list[str]) -> None:
        self.positions, self.found, self.entry = Positions(text), [], None
        self.ids: set[str] = set()
        for key in twice[:1]:
            self.say(
                "",
                "duplicate-key",
                f"the key {key!r} stands twice in one object",
                "error",
                "RFC 8259 section 4",
            )

    found: list[Finding]
    entry: str | None

    def say(self, path: str, rule: str, problem: str, severity: Severity = "error", source: str = "") -> None:
        line = self.positions.line(path)
        self.found.append(
            Finding(severity, line, path or "/", rule, problem, source or SPEC + "top-level", self.entry)
        )

    def table(self, value: dict[str, Any], path: str, rows: dict[str, Row], section: str) -> None:
        for name in REQUIRED[section]:
            if name not in value:
                self.say(path, "missing-element", f"{name} is missing", source=SPEC + section)
        for name, item in value.items():
            row = rows.get(name)
            if row:
                self.value(item, f"{path}/{name}".lstrip("/"), row, section)
            elif not name.startswith("_"):
                words = f"JSON Feed has no key {name[:60]!r}; extensions start with _"
                self.say(
                    f"{path}/{name}".lstrip("/"), "unknown-element", words, "warning", SPEC + "extensions"
                )

    def value(self, value: Any, path: str, row: Row, section: str) -> None:
        wanted, tests = row
        if not isinstance(value, _TYPES[wanted]) or (wanted == NUMBER and isinstance(value, bool)):
            self.say(path, "type", f"{path.rpartition('/')[2]} must be {wanted}", source=SPEC + section)
        elif isinstance(value, (int, float)) and wanted == NUMBER and value < 0:
            self.say(path, "number", f"{path.rpartition('/')[2]} must not be negative", source=SPEC + section)
        elif isinstance(value, str):
            for kind in tests:
                if problem := kind.test(value):
                    words = f"{path.rpartition('/')[2]}: {problem}"
                    self.say(path, kind.rule, words, kind.severity, SPEC + section)
                    break

    def feed(self, value: dict[str, Any]) -> None:
        self.table(value, "", FEED, "top-level")
        self.people(value, "")
        if value.get("next_url") is not None and value.get("next_url") == value.get("feed_url"):
            self.say("next_url", "next-is-self", "next_url must not be feed_url")
        if "feed_url" not in value:
            self.say("", "missing-self", "a feed should have feed_url", "advice")
        self.objects(value.get("hubs"), "hubs", HUB, "hubs")
        items = value.get("items")
        for number, item in enumerate(items if isinstance(items, list) else ()):
            self.item(item, f"items[{number + 1}]")

    def objects(self, value: Any, path: str, rows: dict[str, Row], section: str) -> None:
        for number, item in enumerate(value if isinstance(value, list) else ()):
            place = f"{path}[{number + 1}]"
            if isinstance(item, dict):
                self.table(item, place, rows, section)
            else:
                self.say(place, "type", f"each of {section} must be an object", source=SPEC + section)

    def people(self, value: dict[str, Any], path: str) -> None:
        prefix = f"{path}/" if path else ""
        self.objects(value.get("authors"), f"{prefix}authors", AUTHOR, "authors")
        author = value.get("author")
        if isinstance(author, dict):
            self.table(author, f"{prefix}author", AUTHOR, "authors")
        if author is not None and "authors" not in value:
            self.say(
                f"{prefix}author", "author-deprecated", "write authors, an array", "advice", SPEC + "authors"
            )
        people = [author] if isinstance(author, dict) else []
        people += (
            [one for one in value.get("authors") or () if isinstance(one, dict)]
            if isinstance(value.get("authors"), list)
            else []
        )
        if any(not ({"name", "url", "avatar"} & set(one)) for one in people):
            self.say(
                f"{prefix}authors" if "authors" in value else f"{prefix}author",
                "author-empty",
                "an author needs a name, url or avatar",
                source=SPEC + "authors",
            )

    def item(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            self.say(path, "type", "each item must be an object", source=SPEC + "items")
            return
        identity = value.get("id")
        self.entry = identity if isinstance(identity, str) else None
        self.table(value, path, ITEM, "items")
        self.people(value, path)
        self.objects(value.get("attachments"), f"{path}/attachments", ATTACHMENT, "attachments")
        self.body(value, path)
        tags = value.get("tags")
        if isinstance(tags, list) and any(not isinstance(tag, str) for tag in tags):
            self.say(f"{path}/tags", "type", "each tag must be a string", source=SPEC + "items")
        if self.entry is not None and self.entry in self.ids:
            self.say(
                f"{path}/id",
                "duplicate-id",
                f"the id {self.entry[:80]!r} stands twice",
                source=SPEC + "items",
            )
        self.ids.add(self.entry or "")
        self.entry = None

    def body(self, value: dict[str, Any], path: str) -> None:
        if "content_html" not in value and "content_text" not in value:
            self.say(
                path, "missing-content", "an item needs content_html or content_text", source=SPEC + "items"
            )
        html = value.get("content_html")
        for flaw in flaws(html, relative=True) if isinstance(html, str) else ():
            self.say(f"{path}/content_html", flaw.rule, flaw.problem, flaw.severity, SPEC + "items")


def looks_like(head: bytes) -> bool:
    """Whether a document starts as JSON does."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def check(document: bytes) -> Iterator[Finding]:
    """Everything wrong with a JSON Feed."""
    try:
        value, text, twice = parse(document)
    except NotJSON as fault:
        yield Finding("error", fault.line, "/", fault.rule, str(fault), "RFC 8259")
        return
    if document.startswith(b"\xef\xbb\xbf"):
        yield Finding(
            "warning", 1, "/", "byte-order-mark", "JSON has no byte order mark", "RFC 8259 section 8.1"
        )
    if not isinstance(value, dict) or not ({"version", "items"} & set(value)):
        words = "this is JSON and no JSON Feed: it has neither version nor items"
        yield Finding("error", 1, "/", "not-a-feed", words, SPEC + "top-level")
        return
    check_ = _Check(text, twice)
    check_.feed(value)
    yield from check_.found
