"""Eleventy's permalinks: templates, and functions that give one, filled in as far as they can be read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from datetime import datetime

from feeds.sources.dialects import slugs
from feeds.sources.dialects.base import Facts, Post
from feeds.sources.dialects.documents import word

_VALUE = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
_STRFTIME = re.compile(r"%-?[YymdBbHMSje]")
_TOKENS = {"yyyy": "%Y", "YYYY": "%Y", "MM": "%m", "LL": "%m", "dd": "%d", "DD": "%d", "yy": "%y"}
_TOKEN = re.compile("yyyy|YYYY|MM|LL|dd|DD|yy")
_BY_NAME = (
    (re.compile("iso|html|ymd|string", re.IGNORECASE), "%Y-%m-%d"),
    (re.compile("year", re.IGNORECASE), "%Y"),
    (re.compile("month", re.IGNORECASE), "%m"),
    (re.compile("day", re.IGNORECASE), "%d"),
)
"""What filters of a site's own for dates mostly give, by a part of their names."""
_GIVEN = re.compile(
    r"permalink[\"']?\s*(?:\([^)]*\)\s*\{|:)(?:[^`{}]|\{[^`{}]*\}|\{\s*return\b){0,400}?`([^`]*)`"
)
_FORMATTED = re.compile(r"\b(?:toFormat|format|formatDate)\([^\"'`()]*[\"'`]([^\"'`]+)[\"'`]")
"""Where a filter of a site's own writes a date by a pattern."""
_EXPRESSION = re.compile(r"\$\{\s*(.*?)\s*\}")
_CALLED = re.compile(r"(?:this\.)?(?:\w+\.)*(slug\w*)\((?:data\.)?([\w.]+)\)")
_PART_OF_DATE = re.compile(r"(?:data\.)?(?:page\.)?date\.get(?:UTC)?(FullYear)\(\)")
_NAMED = re.compile(r"(?:data\.)?([\w.]+)")


def template(script: str) -> str:
    """The template that a function for permalinks returns, where it is the only one; else nothing."""
    found = _GIVEN.findall(script)
    return _EXPRESSION.sub(_rewritten, found[0]) if len(found) == 1 else ""


def _rewritten(found: re.Match[str]) -> str:
    """An expression of JavaScript as a value of a template; what is no plain one stays, and is refused."""
    expression = found[1]
    if _PART_OF_DATE.fullmatch(expression):
        return "{{ page.date | date: '%Y' }}"
    if called := _CALLED.fullmatch(expression):
        return f"{{{{ {called[2]} | {called[1]} }}}}"
    named = _NAMED.fullmatch(expression)
    return f"{{{{ {named[1]} }}}}" if named else found[0]


def stem(post: Post) -> str:
    """The file's path below the input folder, without its suffix; dates in it stay (`page.filePathStem`)."""
    start = post.site.config["input"]
    path = post.path.removeprefix(start + "/") if start != "." else post.path
    return posixpath.splitext(path)[0]


def usual(post: Post) -> str:
    """Where a page is that has no permalink: an index, or a file called as its folder, at the folder's."""
    folder, _, name = stem(post).rpartition("/")
    inner = name if name not in ("index", folder.rpartition("/")[2]) else ""
    return "".join(f"{part}/" for part in (folder, inner) if part)


def filled(pattern: str, post: Post, facts: Facts) -> str | None:
    """A permalink's template, filled in; None where it asks for more than we know."""
    unknown = False

    def value(found: re.Match[str]) -> str:
        nonlocal unknown
        made = _value(found[1], post, facts)
        unknown = unknown or made is None
        return made or ""

    made = _VALUE.sub(value, pattern)
    return None if unknown or "{%" in made or "${" in made else re.sub("/{2,}", "/", made)


def _value(expression: str, post: Post, facts: Facts) -> str | None:
    name, *filters = [part.strip() for part in expression.split("|")]
    words = {"title": facts.title, "page.fileSlug": post.spot.name, "page.filePathStem": f"/{stem(post)}"}
    if name in ("date", "page.date"):
        return _day(facts.published, filters, post.site.config["filters"])
    value = words.get(name) or word(post.head, name)
    if not value or re.search(r"[^\w.]", name):
        return None
    for one in filters:
        value = _slugged(one, value, post.site.config["filters"])
    return value


def _slugged(given: str, value: str, own: Mapping[str, str]) -> str:
    """A value by a filter that makes slugs, the generator's or the site's own; by any other as it is."""
    name = re.split(r"\W", given, maxsplit=1)[0]
    if name in own or name == "slug":
        strict = re.search(r"\bstrict\b|\bremove\b|\[\^", own.get(name, ""))
        return slugs.simov(value, strict=bool(strict)) if "slug" in name.lower() else value
    if name.startswith("slugify"):
        return slugs.eleventy(value)
    return slugs.pelican(value.replace("&", "and")) if re.match(r"slug|urlize|kebab", name) else value


def filters(script: str) -> dict[str, str]:
    """The filters that a site's settings define, each with the beginning of what it does."""
    parts = re.split(r"\b(?:add(?:Universal|Nunjucks|Liquid)?Filter)\(\s*[\"'`](\w+)[\"'`]", script)
    return dict(zip(parts[1::2], (part[:800] for part in parts[2::2]), strict=True))


def _day(day: datetime, filters: list[str], own: Mapping[str, str]) -> str | None:
    """A date by its filter's pattern, Ruby's (%Y-%m) or Luxon's (yyyy-MM), or by the filter's name."""
    if not filters:
        return None
    name, _, given = filters[0].partition("(" if "(" in filters[0] else ":")
    formatted = _FORMATTED.search(own.get(name.strip(), ""))
    pattern = re.search(r"[\"']([^\"']+)[\"']", given) or formatted
    if not pattern:
        meant = next((meant for names, meant in _BY_NAME if names.search(name)), None)
        return day.strftime(meant) if meant else None
    if "%" in pattern[1]:
        return _STRFTIME.sub(lambda found: day.strftime(found[0]), pattern[1])
    return _TOKEN.sub(lambda found: day.strftime(_TOKENS[found[0]]), pattern[1])
