"""Patterns of addresses: Hugo's and Jekyll's :words, filled with what a post says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from feeds.sources.dialects import slugs
from feeds.sources.dialects.base import Facts, Post
from feeds.sources.dialects.documents import word

_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_HUGO = re.compile(r":([a-z]+)(\[[^\]]*\])?")
_JEKYLL = re.compile(r":([a-z]+(?:_[a-z]+)*)")

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
    sections = [part for part in spot.folder.split("/") if part]
    slug = word(post.head, "slug")
    words = {
        **_days(day),
        "monthname": _MONTHS[day.month - 1].lower(),
        "weekday": str((day.weekday() + 1) % 7),
        "weekdayname": _DAYS[day.weekday()].lower(),
        "yearday": str(day.timetuple().tm_yday),
        "section": slugged(sections[0] if sections else ""),
        "sectionslug": slugged(sections[-1] if sections else ""),
        "title": slugged(facts.title),
        "slug": slugged(slug or facts.title),
        "slugorfilename": slugged(slug or spot.name),
        "slugorcontentbasename": slugged(slug or spot.name),
        "filename": slugged(spot.name),
        "contentbasename": slugged(spot.name),
    }

    def filled(found: re.Match[str]) -> str:
        if found[1] in ("sections", "sectionslugs"):
            return slugged("/".join(_sliced(sections, found[2] or "")))
        return words.get(found[1], found[0])

    return _joined(_HUGO.sub(filled, pattern))


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


def jekyll(pattern: str, post: Post, facts: Facts, categories: tuple[str, ...]) -> str:
    """A pattern, or the name of one, as Jekyll fills it. Its time is the site's."""
    day = facts.published.astimezone(post.site.zone)
    name = word(post.head, "slug") or post.spot.name
    week = day.isocalendar()
    words = {
        **_days(day),
        "short_year": f"{day.year % 100:02}",
        "i_month": str(day.month),
        "short_month": _MONTHS[day.month - 1][:3],
        "long_month": _MONTHS[day.month - 1],
        "i_day": str(day.day),
        "y_day": f"{day.timetuple().tm_yday:03}",
        "w_year": str(week.year),
        "week": f"{week.week:02}",
        "w_day": str(week.weekday),
        "short_day": _DAYS[day.weekday()][:3],
        "long_day": _DAYS[day.weekday()],
        "hour": f"{day.hour:02}",
        "minute": f"{day.minute:02}",
        "second": f"{day.second:02}",
        "title": slugs.jekyll(name, pretty=True),
        "slug": slugs.jekyll(name),
        "name": slugs.jekyll(name),
        "basename": name,
        "path": f"{post.spot.folder}/{name}" if post.spot.folder else name,
        "collection": "posts",
        "categories": "/".join(dict.fromkeys(one.lower() for one in categories)),
        "slugified_categories": "/".join(dict.fromkeys(slugs.jekyll(one) for one in categories)),
        "output_ext": ".html",
    }
    return _joined(
        _JEKYLL.sub(lambda found: words.get(found[1], found[0]), STYLES.get(pattern.strip(), pattern))
    )


def _days(day: datetime) -> dict[str, str]:
    return {"year": f"{day.year:04}", "month": f"{day.month:02}", "day": f"{day.day:02}"}


def _joined(path: str) -> str:
    return re.sub("/{2,}", "/", path)
