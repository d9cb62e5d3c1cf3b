"""What Liquid takes from a site's data files, by their paths and by `{% assign … | where … | first %}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from feeds.sources.dialects import documents
from feeds.sources.dialects.base import Post

_ASSIGNED = re.compile(r"\s*([\w-]+)\s*=\s*(.*?)\s*", re.DOTALL)
_TEXT = re.compile(r"\"([^\"]*)\"|'([^']*)'")


def assign(rest: str, post: Post, known: dict[str, Any]) -> None:
    """Remember what a name is given, where that can be told without running anything."""
    if found := _ASSIGNED.fullmatch(rest):
        known[found[1]] = _evaluated(found[2], post, known)


def said(path: str, post: Post, known: Mapping[str, Any]) -> str:
    """The text or number that a path leads to; nothing where it leads to none."""
    value = _at(path, post, known)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _evaluated(expression: str, post: Post, known: Mapping[str, Any]) -> Any:
    first, *filters = [part.strip() for part in expression.split("|")]
    literal = _TEXT.fullmatch(first)
    value = (literal[1] or literal[2]) if literal else _at(first, post, known)
    for one in filters:
        value = _filtered(value, one)
    return value


def _filtered(value: Any, given: str) -> Any:
    """A list by a filter that chooses from it; nothing by any other."""
    name, _, rest = given.partition(":")
    words = [double or single for double, single in _TEXT.findall(rest)]
    if not isinstance(value, list):
        return None
    if name.strip() == "where" and len(words) == 2:
        return [one for one in value if isinstance(one, Mapping) and str(one.get(words[0])) == words[1]]
    places = {"first": 0, "last": -1}
    return value[places[name.strip()]] if value and name.strip() in places else None


def _at(path: str, post: Post, known: Mapping[str, Any]) -> Any:
    start, *parts = path.split(".")
    if start == "site" and parts[:1] == ["data"] and len(parts) > 1:
        value, parts = _file(parts[1], post), parts[2:]
    else:
        value = known.get(start)
    for part in parts:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _file(name: str, post: Post) -> Any:
    """What a data file holds, read once for all posts."""
    cache: dict[str, Any] | None = post.site.data.get("files")
    folder: Path | None = post.site.data.get("folder")
    if cache is None or folder is None or not re.fullmatch(r"[\w-]+", name):
        return None
    if name not in cache:
        files = [folder / (name + suffix) for suffix in documents.SUFFIXES]
        cache[name] = next(
            filter(None, (documents.harmless(one) or documents.listed(one) for one in files)), None
        )
    return cache[name]
