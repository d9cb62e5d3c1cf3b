"""Articles in files: the content folder walked once, each file read once, none of them followed out."""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from feeds import tree
from feeds.errors import Fault, Place
from feeds.sources.base import Aside, Raw
from feeds.sources.front_matter import READERS, UnreadableError, parse

if TYPE_CHECKING:
    from feeds.sources.dialects.base import Site, Spot

LARGEST = 1_000_000
"""Bytes in one article's file. Ten times the longest reads there are; beyond it something is wrong."""
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
    stamps: dict[str, tree.Stamp] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    site: Site | None = None
    """The site that the folder is, where it speaks a dialect."""

    @cached_property
    def articles(self) -> list[str]:
        """The paths of the files that hold articles, in one order on every system."""
        if self.site:
            return self.posts
        return sorted(path for path in self.stamps if _is_article(path))

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
    odd = partial(_odd, listing)
    if not folder.is_dir():
        problem = "is no folder; make it one" if folder.exists() else "no such folder; make it"
        listing.faults.append(Fault(Place(label), f"{problem}, or name another in feeds.toml"))
    elif not site:
        listing.stamps.update(tree.walk(str(folder), odd))
    for part in site.folders if site and folder.is_dir() else ():
        prefix = "" if part == "." else part + "/"
        if not prefix or (folder / part).is_dir():
            listing.stamps.update(tree.walk(str(folder / part), odd, prefix, NEVER_POSTS))
        else:
            problem = f"has no folder {part}; correct posts in feeds.toml"
            listing.faults.append(Fault(Place(label), problem))
    return listing


def _odd(listing: Listing, path: str, what: os.stat_result | OSError | None) -> None:
    """What to make of what is no ordinary file with a plain name."""
    if isinstance(what, OSError):
        listing.faults.append(_fault(listing, path, f"cannot be read: {what.strerror}"))
    elif what is None:
        listing.faults.append(_fault(listing, path, f"lies deeper than {tree.DEEPEST} folders; move it up"))
    elif not _is_text(path):
        listing.faults.append(_fault(listing, path, "has a name that is not UTF-8; rename it"))
    elif stat.S_ISREG(what.st_mode):
        listing.stamps[path] = tree.stamp(what)
    elif stat.S_ISLNK(what.st_mode):
        listing.faults.append(_fault(listing, path, "is a link; put the file itself here", listing.site))
    else:
        problem = "is a pipe or device, no file; remove it"
        listing.faults.append(_fault(listing, path, problem, listing.site))


def _is_article(path: str) -> bool:
    name = path[path.rfind("/") + 1 :]
    return name[0] != "_" and name[name.rfind(".") :].lower() in READERS


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
        if not content or content.isspace():
            return _empty(listing, path)
        text = _decoded(content)
        if listing.site:
            from feeds.sources import dialects

            around = dialects.Around(listing.site, listing.stamps, listing.spots, listing.stems)
            found = dialects.read(around, path, text, listing.name(path))
            return found._replace(digest=digest(content)) if isinstance(found, Raw) else found
        parsed = parse(text, path[path.rfind(".") :].lower())
    except UnreadableError as refusal:
        return _fault(listing, path, refusal.problem, line=refusal.line)
    except OSError as refusal:
        return _fault(listing, path, f"cannot be read: {refusal.strerror}")
    return Raw(parsed.fields, path, listing.name(path), parsed.lines, digest=digest(content))


def digest(content: bytes) -> str:
    """What tells the bytes of two files apart."""
    return hashlib.sha256(content).hexdigest()[:32]  # the quickest where the processor knows it


def too_large(size: int, verb: str = "is") -> str:
    """What is wrong with an article of so many bytes; nothing, as a rule."""
    return f"{verb} {size:,} bytes long; an article may have {LARGEST:,}" if size > LARGEST else ""


def _empty(listing: Listing, path: str) -> Fault | Aside:
    if listing.site:
        return Aside(path, "are empty")
    return _fault(listing, path, "is empty; write an article or delete it")


def _bytes(file: str | Path) -> bytes:
    # O_NONBLOCK and O_NOFOLLOW: what was a file when we listed it may be a pipe or link by now.
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("is no ordinary file; remove it")
        if problem := too_large(status.st_size):
            raise UnreadableError(problem)
        content = os.read(handle, status.st_size + 1)  # if it grows, the listing tells
    finally:
        os.close(handle)
    return content


def _decoded(content: bytes) -> str:
    try:
        return content.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as refusal:
        line = content.count(b"\n", 0, refusal.start) + 1
        raise UnreadableError("is not UTF-8; save it in that encoding", line) from None
