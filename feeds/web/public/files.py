"""What was built, served as it lies: media types, strong ETags, 304, ranges, compressed copies.

A path is taken to the letter: no dotfile, no symlink, no other way to write a name. HTTP as in RFC
9110: conditions by section 13, ranges by section 14.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from threading import Lock

from feeds import media
from feeds.formats import opml
from feeds.formats.opml import FOLDER
from feeds.hosting.headers import FEED_SECONDS, PAGE_SECONDS
from feeds.web.public.answers import Answer
from feeds.web.public.guard import BUILT

LARGE = 1_000_000
"""Bytes from which a file is sent piece by piece."""
MOST_KNOWN = 4096

_COPIES = {"br": ".br", "gzip": ".gz"}
"""Content-coding to the end of the copy's name, the best first."""
# What a feed begins with, behind its declaration and what says how to show it.
_BEGINNINGS = (
    (re.compile(rb"<feed[\s>]"), "application/atom+xml; charset=utf-8"),
    (re.compile(rb"<rss[\s>]"), "application/rss+xml; charset=utf-8"),
    (re.compile(rb'"version":\s*"https://jsonfeed\.org/version/'), "application/feed+json"),
)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]|//|(?:^|/)\.")
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a file that is sent piece by piece."""

    file: Path
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one version of a file."""

    etag: str
    media_type: str
    seconds: int
    """How long a copy may be kept unasked."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is there."""

    path: str
    """Below the root."""
    file: Path
    size: int
    changed: int
    """Nanoseconds since 1970."""


@dataclass
class Files:
    """A folder of what was built."""

    root: Path
    _known: dict[tuple[str, int, int], Facts] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, path: str) -> Found | None:
        """The file that a path below the root means, or None."""
        if not path.isprintable() or _FORBIDDEN.search(path):
            return None
        return self._there(path + "index.html" if path.endswith("/") or not path else path)

    def answer(self, found: Found, headers: Mapping[str, str]) -> Answer | tuple[Answer, Stretch]:
        """The answer to GET for a file that was found; a large one's body is a stretch of it."""
        facts = self._facts(found)
        said = _said(found, facts)
        copies = self._copies(found)
        coding = next((name for name in copies if _accepts(headers.get("accept-encoding", ""), name)), "")
        sent = copies.get(coding, found)
        if copies:
            said["vary"] = "Accept-Encoding"
        if coding:
            said |= {"content-encoding": coding, "etag": f'{facts.etag[:-1]}-{coding}"'}
        if _unchanged(said["etag"], found, headers):
            kept = {name: said[name] for name in said if name != "content-encoding"}
            return Answer(304, b"", "", kept)
        return _content(sent, facts, said, headers)

    def _there(self, path: str) -> Found | None:
        """A regular file as it is now; None for what is no file, or behind a symlink below the root."""
        here = str(self.root)
        try:
            for part in path.split("/"):
                here = f"{here}/{part}"
                status = os.lstat(here)
                if stat.S_ISLNK(status.st_mode):
                    return None
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        return Found(path, Path(here), status.st_size, status.st_mtime_ns)

    def _copies(self, found: Found) -> dict[str, Found]:
        """The compressed copies that lie beside a file, by their coding."""
        there = {coding: self._there(found.path + end) for coding, end in _COPIES.items()}
        return {coding: copy for coding, copy in there.items() if copy}

    def _facts(self, found: Found) -> Facts:
        key = (found.path, found.size, found.changed)
        if known := self._known.get(key):
            return known
        with found.file.open("rb") as stream:
            head = stream.read(2048)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()[:32]
        facts = _facts(found.path, head, digest)
        with self._lock:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = facts
        return facts


def _facts(path: str, head: bytes, digest: str) -> Facts:
    feed = next((told for beginning, told in _BEGINNINGS if beginning.search(head)), None)
    if path == opml.PATH:
        return Facts(f'"{digest}"', f"{opml.MEDIA_TYPE}; charset=utf-8", FEED_SECONDS)
    if feed and path.endswith((".xml", ".json")):
        return Facts(f'"{digest}"', feed, FEED_SECONDS)
    kind = media.media_type(path) or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith("xml"):
        kind += "; charset=utf-8"
    return Facts(f'"{digest}"', kind, PAGE_SECONDS if path.startswith(f"{FOLDER}/") else FEED_SECONDS)


def _said(found: Found, facts: Facts) -> dict[str, str]:
    said = {
        "etag": facts.etag,
        "last-modified": format_datetime(_changed(found), usegmt=True),
        "cache-control": f"public, max-age={facts.seconds}",
        "accept-ranges": "bytes",
        "content-security-policy": BUILT,
        "cross-origin-resource-policy": "cross-origin",
    }
    if "atom" in facts.media_type or "rss" in facts.media_type or "feed+json" in facts.media_type:
        said["access-control-allow-origin"] = "*"
    return said


def _changed(found: Found) -> datetime:
    return datetime.fromtimestamp(found.changed // 1_000_000_000, UTC)


def _unchanged(etag: str, found: Found, headers: Mapping[str, str]) -> bool:
    """Whether who asks has it already (RFC 9110 section 13.2.2); tags count before dates."""
    if (known := headers.get("if-none-match")) is not None:
        tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
        return known.strip() == "*" or etag in tags
    since = _date(headers.get("if-modified-since", ""))
    return since is not None and _changed(found) <= since


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _content(
    sent: Found, facts: Facts, said: dict[str, str], headers: Mapping[str, str]
) -> Answer | tuple[Answer, Stretch]:
    """All of a file, or the one range that is asked for; several ranges are answered with all of it."""
    wanted = _RANGE.fullmatch(headers.get("range", "").strip())
    current = headers.get("if-range") in (None, said["etag"])
    if not wanted or not current or "content-encoding" in said:
        return _part(sent, Answer(200, b"", facts.media_type, said), 0, sent.size)
    start, end = _bounds(wanted, sent.size)
    if start >= end:
        return Answer(416, b"", facts.media_type, said | {"content-range": f"bytes */{sent.size}"})
    said |= {"content-range": f"bytes {start}-{end - 1}/{sent.size}"}
    return _part(sent, Answer(206, b"", facts.media_type, said), start, end)


def _bounds(wanted: re.Match[str], size: int) -> tuple[int, int]:
    """From and to, the latter not included."""
    if wanted[3]:
        return max(0, size - int(wanted[3])), size if int(wanted[3]) else 0
    return int(wanted[1]), min(int(wanted[2]) + 1, size) if wanted[2] else size


def _part(sent: Found, answer: Answer, start: int, end: int) -> Answer | tuple[Answer, Stretch]:
    """The answer with its body, or with the stretch that is its body where that is large."""
    if end - start > LARGE:
        length = {"content-length": str(end - start)}
        return replace(answer, headers={**answer.headers, **length}), Stretch(sent.file, start, end - start)
    with sent.file.open("rb") as stream:
        stream.seek(start)
        return replace(answer, body=stream.read(end - start))


def _accepts(accepted: str, coding: str) -> bool:
    """Whether Accept-Encoding names a coding with a weight over 0 (RFC 9110 section 12.5.3)."""
    for choice in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in choice.split(";"))
        if name == coding:
            weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
            return re.fullmatch(r"0(\.0{0,3})?", weight) is None
    return False
