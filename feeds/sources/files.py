"""Articles in files: the content folder walked once, each file read once, none of them followed out."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from feeds.errors import Fault, Place
from feeds.sources.base import Aside, Progress, Raw
from feeds.sources.front_matter import READERS, UnreadableError, parse

if TYPE_CHECKING:
    from feeds.sources.dialects.base import Site, Spot

LARGEST = 1_000_000
"""Bytes in one article's file. Ten times the longest reads there are; beyond it something is wrong."""
DEEPEST = 30
"""Folders within folders."""
NEVER_POSTS = frozenset(
    {"node_modules", "_site", "vendor", "bower_components", "dist", "venv", "__pycache__"}
)
"""Folders of a site that other programs fill."""


@dataclass(frozen=True)
class Listing:
    """What lies in a content folder: each file's path (with /) and the stamp that changes with it."""

    folder: Path
    label: str
    """The folder as a person names it: relative to the project."""
    stamps: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Path to (size in bytes, time of the last change in ns)."""
    faults: list[Fault] = field(default_factory=list)
    site: Site | None = None
    """The site that the folder is, where it speaks a dialect."""

    def articles(self) -> list[str]:
        """The paths of the files that hold articles, in one order on every system."""
        if self.site:
            return self.posts
        paths = (path for path in self.stamps if not posixpath.basename(path).startswith("_"))
        return sorted(path for path in paths if posixpath.splitext(path)[1].lower() in READERS)

    @cached_property
    def spots(self) -> Mapping[str, Spot]:
        """What their paths say of the files that may be posts of the site."""
        from feeds.sources import dialects

        assert self.site
        return dict(dialects.spots(self.site, self.stamps))

    @property
    def posts(self) -> list[str]:
        """The paths of the files that may be posts of the site."""
        return sorted(self.spots)

    @cached_property
    def stems(self) -> Mapping[str, tuple[str, ...]]:
        """The posts by their file's name without its suffix."""
        found: dict[str, list[str]] = {}
        for path in self.posts:
            found.setdefault(posixpath.splitext(posixpath.basename(path))[0], []).append(path)
        return {stem: tuple(same) for stem, same in found.items()}

    def name(self, path: str) -> str:
        """A path as a person names it."""
        if self.label == ".":
            return path or self.label
        return f"{self.label}/{path}" if path else self.label


def walk(folder: Path, label: str, site: Site | None = None) -> Listing:
    """Everything below a folder but hidden files; links, pipes and devices are faults, never opened.

    Of a site, everything below its folders of posts; what is linked there is not ours to mend.
    """
    listing = Listing(folder, label, site=site)
    if folder.is_dir():
        for part in site.folders if site else (".",):
            prefix = "" if part == "." else part + "/"
            if not prefix or (folder / part).is_dir():
                _walk(folder / part, prefix, listing, 0)
            else:
                listing.faults.append(_fault(listing, part, "no such folder; correct posts in feeds.toml"))
    else:
        listing.faults.append(Fault(Place(label), "no such folder; make it, or name another in feeds.toml"))
    return listing


def _walk(folder: Path | str, prefix: str, listing: Listing, depth: int) -> None:
    try:
        with os.scandir(folder) as entries:
            found = [
                entry for entry in entries if not entry.name.startswith(".") and not entry.name.endswith("~")
            ]
    except OSError as refusal:
        listing.faults.append(_fault(listing, prefix.rstrip("/"), f"cannot be read: {refusal.strerror}"))
        return
    for entry in found:
        if not (listing.site and entry.name in NEVER_POSTS):
            _enter(entry, prefix + entry.name, listing, depth)


def _enter(entry: os.DirEntry[str], path: str, listing: Listing, depth: int) -> None:
    if not _is_text(path):
        listing.faults.append(_fault(listing, path, "has a name that is not UTF-8; rename it"))
    elif entry.is_symlink():
        listing.faults.append(_fault(listing, path, "is a link; put the file itself here", listing.site))
    elif entry.is_dir(follow_symlinks=False):
        if depth >= DEEPEST:
            listing.faults.append(_fault(listing, path, f"lies deeper than {DEEPEST} folders; move it up"))
        else:
            _walk(entry.path, path + "/", listing, depth + 1)
    elif entry.is_file(follow_symlinks=False):
        status = entry.stat(follow_symlinks=False)
        listing.stamps[path] = (status.st_size, status.st_mtime_ns)
    else:
        problem = "is a pipe or device, no file; remove it"
        listing.faults.append(_fault(listing, path, problem, listing.site))


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fault(listing: Listing, path: str, problem: str, warning: object = False, line: int = 0) -> Fault:
    return Fault(Place(listing.name(path), line), problem, bool(warning))


def read_one(listing: Listing, path: str) -> Raw | Fault | Aside:
    """One article of a listing, or the fault that keeps it from being read."""
    try:
        content = _bytes(f"{listing.folder}/{path}")
        if not content.strip():
            return _empty(listing, path)
        text = _decoded(content)
        if listing.site:
            from feeds.sources import dialects

            around = dialects.Around(listing.site, listing.stamps, listing.spots, listing.stems)
            return dialects.read(around, path, text, listing.name(path))
        parsed = parse(text, posixpath.splitext(path)[1].lower())
    except UnreadableError as refusal:
        return _fault(listing, path, refusal.problem, line=refusal.line)
    except OSError as refusal:
        return _fault(listing, path, f"cannot be read: {refusal.strerror}")
    return Raw(parsed.fields, path, listing.name(path), parsed.lines)


def _empty(listing: Listing, path: str) -> Fault | Aside:
    if listing.site:
        return Aside(path, "are empty")
    return _fault(listing, path, "is empty; write an article or delete it")


def read(
    listing: Listing,
    progress: Progress | None = None,
    one: Callable[[Listing, str], Raw | Fault | Aside] = read_one,
) -> Iterator[Raw | Fault | Aside]:
    """Each article of a listing, or the fault that keeps it from being read."""
    paths = listing.articles()
    for number, path in enumerate(paths, 1):
        yield one(listing, path)
        if progress:
            progress(number, len(paths))


def _bytes(file: str | Path) -> bytes:
    # O_NONBLOCK and O_NOFOLLOW: what was a file when we listed it may be a pipe or link by now.
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("is no ordinary file; remove it")
        if status.st_size > LARGEST:
            raise UnreadableError(f"is {status.st_size:,} bytes long; an article may have {LARGEST:,}")
        content = os.read(handle, status.st_size + 1)  # if it grows, the listing tells
    finally:
        os.close(handle)
    return content


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as refusal:
        line = content.count(b"\n", 0, refusal.start) + 1
        raise UnreadableError("is not UTF-8; save it in that encoding", line) from None
