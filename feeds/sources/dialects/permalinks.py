"""Patterns of addresses: Hugo's and Jekyll's :words, filled with what a post says."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from feeds.sources.dialects import slugs
from feeds.sources.dialects.base import Facts, Post
from feeds.sources.dialects.documents import word

_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_HUGO = re.compile(r":([a-z]+)(\[[^\]]*\])?")
_JEKYLL = re.compile(r":([a-z]+(?:_[a-z]+)*)")

_IN_A_SEGMENT = str.maketrans({"+": " ", "/": "-", "\\": "-"})
"""What Hugo takes these signs for in a title or a slug that is one part of an address."""

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
"""Jekyll's own patterns, by the names that it has for them."""


def hugo(pattern: str, post: Post, facts: Facts, slugged: Callable[[str], str]) -> str:
    """A pattern as Hugo fills it; what it does not know stays."""
    day, spot = facts.published, post.spot
    sections = _sections(post)
    slug = word(post.head, "slug")

    def segment(text: str) -> str:
        return slugged(text.translate(_IN_A_SEGMENT))

    words = {
        **_days(day),
        "monthname": _MONTHS[day.month - 1].lower(),
        "weekday": str((day.weekday() + 1) % 7),
        "weekdayname": _DAYS[day.weekday()].lower(),
        "yearday": str(day.timetuple().tm_yday),
        "section": slugged(sections[0] if sections else ""),
        "sectionslug": slugged(sections[-1] if sections else ""),
        "title": segment(facts.title),
        "slug": segment(slug or facts.title),
        "slugorfilename": segment(slug or spot.name),
        "slugorcontentbasename": segment(slug or spot.name),
        "filename": segment(spot.name),
        "contentbasename": segment(spot.name),
    }

    def filled(found: re.Match[str]) -> str:
        if found[1] in ("sections", "sectionslugs"):
            return slugged("/".join(_sliced(sections, found[2] or "")))
        return words.get(found[1], found[0])

    return _joined(_HUGO.sub(filled, pattern))


def _sections(post: Post) -> list[str]:
    """The sections around a page: the first folder, and all down to the last that has a page of its own."""
    parts = [part for part in post.spot.folder.split("/") if part]
    folder = posixpath.dirname(post.path)
    folder = posixpath.dirname(folder) if post.spot.bundle else folder
    for deep in range(len(parts), 1, -1):
        if any(f"{folder}/_index{ending}" in post.files for ending in (".md", ".html")):
            return parts[:deep]
        folder = posixpath.dirname(folder)
    return parts[:1]


def _sliced(parts: list[str], brackets: str) -> list[str]:
    """Some of the sections: [0], [1:], [:last], [last]."""
    if not brackets:
        return parts
    first, colon, last = brackets.strip("[]").partition(":")

    def number(text: str, default: int) -> int:
        if text == "last":
            return len(parts) - 1
        return int(text) if text.isdigit() else default

    begin = number(first, 0)
    return parts[begin : number(last, len(parts))] if colon else parts[begin : begin + 1]


_OF_DAY: Mapping[str, Callable[[datetime], str]] = {
    "year": lambda day: f"{day.year:04}",
    "month": lambda day: f"{day.month:02}",
    "day": lambda day: f"{day.day:02}",
    "short_year": lambda day: f"{day.year % 100:02}",
    "i_month": lambda day: str(day.month),
    "short_month": lambda day: _MONTHS[day.month - 1][:3],
    "long_month": lambda day: _MONTHS[day.month - 1],
    "i_day": lambda day: str(day.day),
    "y_day": lambda day: f"{day.timetuple().tm_yday:03}",
    "w_year": lambda day: str(day.isocalendar().year),
    "week": lambda day: f"{day.isocalendar().week:02}",
    "w_day": lambda day: str(day.isocalendar().weekday),
    "short_day": lambda day: _DAYS[day.weekday()][:3],
    "long_day": lambda day: _DAYS[day.weekday()],
    "hour": lambda day: f"{day.hour:02}",
    "minute": lambda day: f"{day.minute:02}",
    "second": lambda day: f"{day.second:02}",
}
_OF_NAME: Mapping[str, Callable[[str], str]] = {
    "title": lambda name: slugs.jekyll(name, pretty=True),
    "slug": slugs.jekyll,
    "name": slugs.jekyll,
    "basename": str,
    "collection": lambda name: "posts",
    "output_ext": lambda name: ".html",
}
_OF_CATEGORY: Mapping[str, Callable[[str], str]] = {
    "categories": str.lower,
    "slugified_categories": slugs.jekyll,
}


def jekyll(
    pattern: str, post: Post, facts: Facts, categories: tuple[str, ...], known: Mapping[str, str]
) -> str:
    """A pattern as Jekyll fills it, with some words known already. Its time is the site's."""
    day = facts.published.astimezone(post.site.zone)
    name = word(post.head, "slug") or post.spot.name

    def filled(found: re.Match[str]) -> str:
        if found[1] in known:
            return known[found[1]]
        if of_day := _OF_DAY.get(found[1]):
            return of_day(day)
        if of_name := _OF_NAME.get(found[1]):
            return of_name(name)
        if of_category := _OF_CATEGORY.get(found[1]):
            return "/".join(dict.fromkeys(map(of_category, categories)))
        if found[1] == "path":
            return f"{post.spot.folder}/{name}" if post.spot.folder else name
        return found[0]

    return _joined(_JEKYLL.sub(filled, pattern))


def _days(day: datetime) -> dict[str, str]:
    return {"year": f"{day.year:04}", "month": f"{day.month:02}", "day": f"{day.day:02}"}


def _joined(path: str) -> str:
    return re.sub("/{2,}", "/", path)
