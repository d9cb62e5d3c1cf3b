"""A post as the text of a file of ours: YAML at the head, below it the body."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime

from feeds import markup, values
from feeds.importing import html
from feeds.importing.base import Notes, Post
from feeds.importing.loose import address

_UNSEEN = re.compile(
    f"{values.NO_XML.pattern}|[\x7f-\x9f\ufdd0-\ufdef"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""They turn the direction of what follows, so that a name can pose as another; the gate refuses them."""
_TITLE = 500
"""Characters of a title that the gate lets pass."""
_TEASER = 5000
_OPENING = 80
"""Characters of the first words that stand for a title where there is none."""


def fields(post: Post, notes: Notes, *, home: str) -> dict[str, object]:
    """The fields of an article, `body` last. Raises `markup.TooDeepError`.

    What cannot be in a field (HTML in a title, a comma in a tag) is written so that it can, and counted.
    """
    base = post.url or home
    body = html.body(post.html, base=base, page=base, notes=notes) if post.html else post.markdown
    body = _sound(body, notes)
    made: dict[str, object] = {"title": _title(post, body, notes), "published": _moment(post.published)}
    if post.published and post.updated and _later(post.updated, post.published):
        made["updated"] = _moment(post.updated)
    made["summary"] = html.defused(_sound(html.plain(post.summary[:_TEASER]), notes))
    made["authors"] = [one for author in post.authors if (one := _person(author, notes))]
    made["tags"] = list(dict.fromkeys(tag for given in post.tags if (tag := _tag(given, notes))))
    made["language"] = _language(post.language)
    made["url"] = address(post.url)
    made["image"] = _image(post, base, notes)
    made["attachments"] = [dict(one) for one in post.attachments]
    made["draft"] = post.draft
    return {**{name: value for name, value in made.items() if value}, "body": body}


def document(fields: Mapping[str, object]) -> str:
    """The text of the file. Texts are quoted as in JSON, which YAML 1.2 reads as they are."""
    lines = [f"{name}: {_yaml(name, value)}" for name, value in fields.items() if name != "body"]
    return "---\n" + "\n".join(lines) + f"\n---\n{fields['body']}\n"


def _yaml(name: str, value: object) -> str:
    if name in ("published", "updated"):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _title(post: Post, body: str, notes: Notes) -> str:
    raw = html.plain(post.title) if post.title_is_html else " ".join(post.title.split())
    plain = line(raw, notes)
    title = html.defused(plain)
    if title != plain:
        notes.change("titles with HTML in them, now plain text")
    if not title:
        words = html.defused(markup.opening(markup.text(body), _OPENING)) if post.html else ""
        title = words or (f"{post.published:%Y-%m-%d}" if post.published else "Untitled")
        notes.change("posts without a title, now called by their first words")
    return title if len(title) <= _TITLE else markup.opening(title, _TITLE)


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _later(one: datetime, other: datetime) -> bool:
    return (one.tzinfo is None) == (other.tzinfo is None) and one > other


def _person(author: Mapping[str, str], notes: Notes) -> object:
    """A name where that is all that is known, else a table."""
    name = line(author.get("name", ""), notes)
    rest = {key: author[key] for key in ("email", "url") if author.get(key)}
    return {"name": name, **rest} if name and rest else name


def _tag(given: str, notes: Notes) -> str:
    tag = line(given, notes)
    if "," in tag:
        notes.change("tags with a comma in them, now with a dash")
        tag = " – ".join(part.strip() for part in tag.split(",") if part.strip())
    return tag


def _language(given: str) -> str:
    try:
        return values.language(given.strip().replace("_", "-"))
    except ValueError:
        return ""


def _image(post: Post, base: str, notes: Notes) -> dict[str, str]:
    if not post.image.strip():
        return {}
    src = address(markup.resolve(post.image, base=base, page=base, links={}))
    if not src:
        notes.leave("lead images that are at no web address")
        return {}
    alt = line(post.image_alt, notes)
    return {"src": src, "alt": alt} if alt else {"src": src}


def line(text: str, notes: Notes) -> str:
    """A text on one line, without characters that nothing can show or that turn the direction."""
    plain = _TURNS.sub("", text)
    if len(plain) < len(text):
        notes.leave("marks of direction in names and titles", len(text) - len(plain))
    return " ".join(_sound(plain, notes).split())


def _sound(text: str, notes: Notes) -> str:
    """The text without characters that nothing can show."""
    clean = _UNSEEN.sub("", text)
    if len(clean) < len(text):
        notes.leave("characters that cannot be shown", len(text) - len(clean))
    return clean
