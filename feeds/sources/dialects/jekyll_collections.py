"""Jekyll's collections: where posts and other documents lie, and the patterns of their addresses."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

from feeds.sources.dialects import permalinks
from feeds.sources.dialects.base import Table
from feeds.sources.dialects.documents import section, word

_SKIPPED = {"node_modules", "vendor", "_site", "bower_components", "assets", "_sass"}
DEEPEST = 4
"""Folders within folders in which a folder _posts is looked for."""


def source(config: Table) -> str:
    """The folder that the site is made from, with a / at its end; nothing if it is the site's own."""
    given = posixpath.normpath(word(config, "source") or ".")
    return "" if given.startswith((".", "/")) else given + "/"


def start(config: Table) -> str:
    """Where its collections are, with a / at its end."""
    folder = posixpath.normpath(word(config, "collections_dir").strip("/") or ".")
    return source(config) + ("" if folder.startswith(".") else folder + "/")


def of_posts(root: Path, config: Table) -> tuple[str, ...]:
    """Every folder called _posts, wherever it is."""
    first = f"{start(config)}_posts"
    found = [first] if (root / first).is_dir() else []
    excluded = config.get("exclude")
    left_out = {str(one).strip("/") for one in excluded} if isinstance(excluded, list) else set()
    for place, inner, _ in os.walk(root / source(config)):
        here = Path(place).relative_to(root)
        inner[:] = sorted(
            name
            for name in inner
            if (name == "_posts" or not (name.startswith((".", "_")) or name in _SKIPPED))
            and posixpath.normpath(f"{here.as_posix()}/{name}") not in left_out
        )
        if "_posts" in inner:
            found.append(posixpath.normpath(f"{here.as_posix()}/_posts"))
            inner.remove("_posts")
        if len(here.parts) >= DEEPEST:
            inner.clear()
    return tuple(dict.fromkeys(found))


def others(root: Path, config: Table) -> dict[str, str]:
    """The folder of each other collection whose documents are pages, and its name."""
    given = config.get("collections")
    named = given if isinstance(given, dict) else {}
    there = {f"{start(config)}_{name}": str(name) for name in named if _is_shown(str(name), named)}
    return {folder: name for folder, name in there.items() if (root / folder).is_dir()}


def _is_shown(name: str, collections: Table) -> bool:
    return name != "posts" and section(collections, name).get("output") is True


def meant(root: Path, config: Table) -> tuple[str, ...]:
    """The collections that its own lists show, where it has any beside its posts."""
    collections, posts = others(root, config), of_posts(root, config)
    if not collections:
        return ()
    named = {*_names(config)}
    shown = [folder for folder, name in collections.items() if name in named]
    return (*posts, *shown)


def _names(config: Table) -> Iterator[str]:
    """The collections of which it makes feeds, or lists in several pages."""
    yield word(section(config, "pagination"), "collection")
    fed = section(config, "feed").get("collections")
    yield from map(str, fed) if isinstance(fed, list | dict) else ()


def pattern(config: Table, collection: str) -> str:
    """The pattern of the addresses of a collection's documents."""
    own = word(section(config, "collections", collection), "permalink")
    usual = word(config, "permalink") or "date"
    if own or collection == "posts":
        return permalinks.STYLES.get(own or usual, own or usual)
    ending = "/" if usual == "pretty" or usual.endswith("/") else ""
    if usual in permalinks.STYLES or usual.endswith(":output_ext"):
        ending = ending or ":output_ext"
    return f"/:collection/:path{ending}"
