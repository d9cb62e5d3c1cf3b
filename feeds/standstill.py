"""Whether a build would change nothing, told by the stamps of files and without reading one.

After a build we note a digest over path, size, times and inode of everything that went into it and
came out of it: settings, articles, templates, issues, the lock, the output and this program. While all
are as they were, and no article has become due or expired, another build would write the same bytes.
The note stands in the output, in `.feeds/standstill.json`, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from feeds.errors import OutputError
from feeds.publishing import OURS, replace_file

FILE = f"{OURS}/standstill.json"
JUST_NOW = 50_000_000
"""Nanoseconds: a file changed so shortly before the note could change again and keep its stamp."""
_SKIPPED = frozenset({OURS, "__pycache__"})


@dataclass(frozen=True, kw_only=True)
class Standstill:
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
    digest: str = ""


def unchanged(root: str, now: datetime) -> Standstill | None:
    """The note of the last build, where a build at `now` would change nothing."""
    try:
        settings = tomllib.loads(Path(root, "feeds.toml").read_text("utf-8-sig"))
        file = Path(root, settings["publication"].get("output", "public"), FILE)
        said = json.loads(file.read_text("utf-8"))
        known = Standstill(**said)
        since, until = (moment and datetime.fromisoformat(moment) for moment in (known.since, known.until))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None  # whoever builds will say what is wrong
    if not since or now < since or (until and now >= until):
        return None
    return known if stamp(root, (*known.inputs, *known.products)) == known.digest else None


def stamp(root: str | Path, places: Iterable[str]) -> str:
    """A digest over the stamps of all files at these places, and of this program."""
    program = Path(__file__).parent
    hasher = hashlib.blake2b(f"{sys.version}\0{program}".encode(), digest_size=16)
    ours = (program, program.parent / "templates")  # which stand beside the package in a checkout
    for home in (*map(str, ours), *(_at(root, place) for place in places)):
        for path, status in _stamps(home):
            hasher.update(f"{path}\0".encode("utf-8", "surrogateescape"))
            if status:
                times = (status.st_mtime_ns, status.st_ctime_ns)
                hasher.update(f"{status.st_size} {times} {status.st_ino}\n".encode())
    return hasher.hexdigest()


def note(root: Path, output: Path, found: Standstill) -> None:
    """Keep the note of a build. Where that cannot be, the next build is a whole one.

    The file system's own clock says whether an input was changed just now.
    """
    try:
        told = asdict(found) | {"digest": stamp(root, (*found.inputs, *found.products))}
        replace_file(output / FILE, json.dumps(told, ensure_ascii=False).encode())
        newest = max(_newest(_at(root, place)) for place in found.inputs)
        if newest >= (output / FILE).stat().st_mtime_ns - JUST_NOW:
            (output / FILE).unlink()
    except (OSError, OutputError):
        return


def _at(root: str | Path, place: str) -> str:
    """Where a place is. Not by pathlib, which would take the dot away."""
    return place if place.startswith("/") else f"{root}/{place}"


def _newest(place: str) -> int:
    """The newest of the times (ns) of the files at a place."""
    found = _stamps(place)
    times = (max(status.st_mtime_ns, status.st_ctime_ns) for _, status in found if status)
    return max(times, default=0)


def _stamps(place: str) -> Iterator[tuple[str, os.stat_result | None]]:
    """Every file at or below a place, in one order; a place that is not there has none."""
    shallow = place.endswith("/.")
    try:
        entries = sorted(os.scandir(place), key=lambda entry: entry.name)
    except NotADirectoryError:
        yield place, Path(place).lstat()
        return
    except OSError:
        return
    for entry in entries:
        if not entry.is_dir(follow_symlinks=False):
            yield entry.path, entry.stat(follow_symlinks=False)
        elif shallow:
            yield entry.path, None
        elif entry.name not in _SKIPPED:
            yield from _stamps(entry.path)
