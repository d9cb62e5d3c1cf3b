"""A post to a raw article: what every dialect does alike, by the names that each has for our fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from feeds import markup, values
from feeds.errors import Fault, Place
from feeds.sources.base import Aside, Lines, Raw
from feeds.sources.dialects import fields, moments, nesting
from feeds.sources.dialects.base import EVERYWHERE, Facts, Head, Keys, Post, RefusedError

_MORE = re.compile(
    r"<!--[ \t]*(?:more|truncate|excerpt|end[_ ]excerpt|read ?more|PELICAN_END_SUMMARY)[ \t]*-->"
    r"|\{/\*[ \t]*truncate[ \t]*\*/\}",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_TITLE = ("title",)
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[/-](\d\d)[/-](\d\d)(?!\d)")
EXCERPT = 500
"""Characters of a teaser that is made from the text before its mark; feeds want no more."""


def raw(post: Post, head: Head, file: str) -> Raw | Aside | Fault:
    """A post as a raw article; or why it is none, or what is wrong with it."""
    try:
        return _raw(post, head, file)
    except RefusedError as refusal:
        name = refusal.field.partition(".")[0]
        return Fault(Place(file, head.lines().get((name,), 1), refusal.field), refusal.problem)


def _raw(post: Post, head: Head, file: str) -> Raw | Aside:
    dialect = post.site.dialect
    if reason := dialect.aside(post) or _draft(post.head):
        return Aside(post.path, reason)
    names: dict[str, str] = {}
    published = _published(post, names)
    if published is None:
        return Aside(post.path, "have no date")
    made = _said(post, published, names)
    for key in head.fields:
        if (key.lower() if dialect.folded else key) not in known(post) and not fields.is_title(post, key):
            post.note("key", key)
    double = head.double
    return Raw(
        fields=made,
        path=post.path,
        file=file,
        lines=lambda: _lines(head, names),
        names={ours: theirs for ours, theirs in names.items() if theirs},
        notes=tuple(post.notes),
        warnings=(Fault(Place(file, double.line), double.problem, True),) if double else (),
        served=True,
        copied=dialect.copied,
        group=(dialect.grouped or _group)(post),
    )


def _draft(head: Mapping[str, Any]) -> str:
    if fields.truth(head.get("draft")) or fields.falsehood(head.get("published")):
        return "are drafts"
    return "are drafts" if str(head.get("status", "")).lower() in ("draft", "hidden", "skip") else ""


def _published(post: Post, names: dict[str, str]) -> datetime | None:
    name, published = fields.moment(post, post.site.dialect.keys.published)
    names["published"] = name or "date"
    _, held = fields.moment(post, post.site.dialect.keys.held)
    if published and held and _local(held, post) > _local(published, post):
        return held
    if published is None and (date := post.spot.date or _dated(post)):
        try:
            published = moments.moment(date)
        except ValueError as refusal:
            raise RefusedError("date", f"{refusal} (it is in its name)") from None
    return published


def _dated(post: Post) -> str:
    """The date in a post's path or in the address that it gives itself, as 2026/11/02; else nothing."""
    _, given = fields.found(post.head, ("path", "url", "permalink", "slug"))
    found = _DAY.search(str(given or "")) or _DAY.search(post.path)
    return "-".join(found.groups()) if found else ""


def _local(moment: datetime, post: Post) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=post.site.zone)


def _said(post: Post, published: datetime, names: dict[str, str]) -> dict[str, Any]:
    site, keys = post.site, post.site.dialect.keys
    title = fields.line(fields.found(post.head, _TITLE)[1] or "") or fields.untitled(post)
    language = _language(post)
    facts = Facts(title, _local(published, post), language, _categories(post))
    url = _address(post, facts)
    text = nesting.bounded(post.site.dialect.text(_clean(post)))
    made: dict[str, Any] = {"title": title, "published": published, "url": url, "body": text}
    names["updated"], updated = _less_needed(post, keys.updated)
    names["expires"], expires = fields.moment(post, keys.expires)
    names["summary"], summary = _summary(post, text)
    picture = fields.picture(post, keys.image, url)
    names["image"] = picture[0] if picture else "image"
    names["authors"] = fields.found(post.head, keys.authors)[0]
    optional: dict[str, Any] = {
        "updated": updated,
        "expires": expires,
        "summary": summary,
        "image": picture and picture[1],
        "authors": fields.authors(post, keys.authors),
        "tags": fields.tags(post, keys.tags),
        "language": language if language != site.language else None,
    }
    return made | {name: value for name, value in optional.items() if value}


def _categories(post: Post) -> tuple[str, ...]:
    return fields.tags(post, ("categories", "category"))


def _less_needed(post: Post, keys: tuple[str, ...]) -> tuple[str, datetime | None]:
    """A date that a post can do without: one that cannot be read is left out, and told."""
    try:
        return fields.moment(post, keys)
    except RefusedError as refusal:
        post.note("date", refusal.field)
        return "", None


def _language(post: Post) -> str:
    """The language of a post; one that is no language tag is the site's."""
    _, named = fields.found(post.head, post.site.dialect.keys.language)
    try:
        tag = post.spot.language or (named if isinstance(named, str) else "")
        return values.language(tag.replace("_", "-"))
    except ValueError:
        return post.site.language


def _address(post: Post, facts: Facts) -> str:
    pattern = post.site.pattern
    made = _filled(pattern, post, facts) if pattern else post.site.dialect.address(post, facts)
    parts = made.removeprefix(post.site.url).split("/")
    if any(part in (".", "..") for part in parts) or "\\" in made:
        raise RefusedError("slug", f"gives the address {made}, which leads elsewhere")
    try:
        return values.address(made)
    except ValueError as refusal:
        raise RefusedError("slug", str(refusal)) from None


def _filled(pattern: str, post: Post, facts: Facts) -> str:
    """The address by the pattern in feeds.toml."""
    day = facts.published.astimezone(post.site.zone)
    _, slug = fields.found(post.head, ("slug", "postSlug"))
    filled = pattern.format(
        folder=post.spot.folder,
        slug=str(slug or post.spot.name.rpartition("/")[2]).strip("/"),
        year=f"{day.year:04}",
        month=f"{day.month:02}",
        day=f"{day.day:02}",
        language=facts.language,
    )
    return post.site.url + "/".join(part for part in filled.split("/") if part) + "/" * filled.endswith("/")


def _summary(post: Post, text: str) -> tuple[str, str]:
    """The teaser as its author wrote it, or the text before the mark that says so."""
    name, value = fields.found(post.head, post.site.dialect.keys.summary)
    if isinstance(value, str) and not re.search(r"\{[{%]", value):
        return name, _CONTROLS.sub("", fields.line(value))
    more = _MORE.search(text) if "<!--" in text or "{/*" in text else None
    separator = post.site.data.get("excerpt_separator")
    end = text.find(separator) if separator and not more else more.start() if more else -1
    if end <= 0:
        return "summary", ""
    try:
        shown = markup.html(text[:end], base=post.site.url, page=post.site.url, links={})
    except markup.TooDeepError:
        return "summary", ""
    return "summary", fields.line(markup.opening(markup.text(shown), EXCERPT))


def _clean(post: Post) -> Post:
    """A post without characters that no feed can carry; there are some in most old sites."""
    if post.body.replace("\n", "").replace("\t", "").isprintable() or not _CONTROLS.search(post.body):
        return post
    post.note("control", "control characters")
    return replace(post, body=_CONTROLS.sub("", post.body))


def known(post: Post) -> frozenset[str]:
    """The keys that a dialect gives a meaning, or that mean nothing in a feed."""
    return _known(post.site.dialect.keys)


@lru_cache(maxsize=8)
def _known(keys: Keys) -> frozenset[str]:
    ours = (
        keys.published,
        keys.held,
        keys.updated,
        keys.expires,
        keys.summary,
        keys.authors,
        keys.tags,
        keys.image,
        keys.language,
    )
    return frozenset({key.partition(".")[0] for group in ours for key in group} | keys.ignored | EVERYWHERE)


def _lines(head: Head, names: Mapping[str, str]) -> Lines:
    """The line of each of our fields, by the name that the head has for it."""
    there = head.lines()
    lines: dict[tuple[str | int, ...], int] = {**there, ("body",): head.first}
    for name, key in names.items():
        if line := there.get((key.partition(".")[0],)):
            lines[name,] = line
    return lines


def _group(post: Post) -> str:
    """What a post shares with its versions: where it would be without its language."""
    if len(post.site.languages) < 2:
        return ""
    _, key = fields.found(post.head, ("translationKey", "translation_key", "translationId"))
    return str(key) if key else f"{post.spot.folder}/{post.spot.name}"
