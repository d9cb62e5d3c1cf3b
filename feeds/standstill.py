"""Whether a build would change nothing, told by the stamps of files and without reading one.

After a build we note a digest over path, size, times and inode of everything that went into it and
came out of it: settings, articles, templates, issues, the lock, the output and this program. While all
are as they were, and no article has become due or expired, another build would write the same bytes.
The note stands beside feeds.toml, in `.feeds/standstill.json`, and may be deleted at any time. It is
looked at before anything else, so nothing is imported here that a note which still holds can do without.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Set
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from feeds import tree
from feeds.errors import OutputError

FILE = ".feeds/standstill.json"
JUST_NOW = 50_000_000
"""Nanoseconds: a file changed so shortly before the note could change again and keep its stamp."""
_SKIPPED = frozenset({"__pycache__"})
Stamps = Mapping[str, tree.Stamp]
"""Path of each file below a place to what changes with it."""
NOTHING: Mapping[str, Stamps] = MappingProxyType({})


class Standstill(NamedTuple):
    """What a build has left, and until when it is what a build would make."""

    inputs: tuple[str, ...]
    """Files and folders, from the project's folder on, that a build is made of.

    Of one that ends with `/.` its own files count, and what its folders are called.
    """
    products: tuple[str, ...]
    """And those that it makes."""
    since: str
    until: str
    """ISO 8601; empty where no article is going to become due or to expire."""
    articles: int
    files: int
    """How many are out, and how many files they make."""
    next_title: str = ""
    next_due: str = ""
    warnings: tuple[tuple[str, int, str, str], ...] = ()
    """What was said of articles and settings: file, line, field and problem."""
    digest: str = ""


def unchanged(root: str, now: datetime) -> Standstill | None:
    """The note of the last build, where a build at `now` would change nothing."""
    try:
        known = Standstill(**json.loads(Path(root, FILE).read_text("utf-8")))
        since, until = (moment and datetime.fromisoformat(moment) for moment in (known.since, known.until))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None  # whoever builds will say what is wrong
    if not since or now < since or (until and now >= until):
        return None
    return known if stamp(root, (*known.inputs, *known.products)) == known.digest else None


def stamp(root: str | Path, places: Iterable[str], known: Mapping[str, Stamps] = NOTHING) -> str:
    """A digest over the stamps of all files at these places, and of this program.

    Those of a place that is in `known` have been taken already.
    """
    hasher = hashlib.blake2b(program().encode(), digest_size=16)
    for place in places:
        found = known[place] if place in known else stamps(at(root, place))
        hasher.update(f"{at(root, place)}\0{tree.digest(found)}\n".encode())
    return hasher.hexdigest()


@lru_cache(maxsize=1)
def program() -> str:
    """What tells this program and what it is made of from another."""
    home = Path(__file__).parent
    hasher = hashlib.blake2b(f"{sys.version}\0{home}".encode(), digest_size=16)
    for place in (home, home.parent / "templates"):  # which stand beside the package in a checkout
        hasher.update(tree.digest(stamps(str(place), _SKIPPED)).encode())
    for place in map(Path, sys.path):  # where every package that comes, goes or changes leaves its mark
        if place.name in ("site-packages", "dist-packages") and place.is_dir():
            hasher.update(f"{place}\0{place.stat().st_mtime_ns}\n".encode())
    return hasher.hexdigest()


def note(root: Path, found: Standstill, known: Mapping[str, Stamps] = NOTHING) -> None:
    """Keep the note of a build. Where that cannot be, the next build is a whole one.

    `known` are the stamps of inputs as they were when they were read.
    """
    from feeds.publishing import private, replace_file

    file = root / FILE
    try:
        taken = {place: known.get(place) or stamps(at(root, place)) for place in found.inputs}
        made = {place: stamps(at(root, place)) for place in found.products}
        told = found._replace(digest=stamp(root, (*found.inputs, *found.products), taken | made))
        private(root)
        replace_file(file, json.dumps(told._asdict(), ensure_ascii=False).encode())
        newest = max((max(one[1:3]) for places in taken.values() for one in places.values()), default=0)
        if newest >= file.stat().st_mtime_ns - JUST_NOW:
            file.unlink()
    except (OSError, OutputError):
        return


def at(root: str | Path, place: str) -> str:
    """Where a place of a project is. Not by pathlib, which would take the dot away."""
    return place if place.startswith("/") else f"{root}/{place}"


def stamps(place: str, skip: Set[str] = frozenset()) -> Stamps:
    """The stamp of every file at or below a place; a place that is not there has none."""
    found: dict[str, tree.Stamp] = {}

    def odd(path: str, what: os.stat_result | OSError | None) -> None:
        if isinstance(what, NotADirectoryError):
            found[path] = tree.stamp(Path(place).lstat())
        elif isinstance(what, os.stat_result):
            found[path] = tree.stamp(what)

    if not place.endswith("/."):
        return tree.walk(place, odd, skip=skip) | found
    with suppress(OSError):
        for entry in os.scandir(place):
            folder = entry.is_dir(follow_symlinks=False)
            found[entry.name] = (0, 0, 0, 0) if folder else tree.stamp(entry.stat(follow_symlinks=False))
    return found
