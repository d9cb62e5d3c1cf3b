"""What is told of each file that was built, by whatever serves it: media type, lifetime, coding, rank."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from feeds import media
from feeds.config import Settings
from feeds.formats.opml import FOLDER
from feeds.hosting.site import Site, any_of, site_of, typed

FEED_SECONDS = 300
"""How long a reader may keep a feed unasked: news is five minutes late at most."""
PAGE_SECONDS = 3600
"""The same for the page beside the feeds and its stylesheets, whose names stay when they change."""
CODINGS: Mapping[str, str] = {".br": "br", ".gz": "gzip"}
"""The end of a compressed copy's name, to its coding in HTTP."""

Rank = Literal["file", "archive", "feed", "page"]
"""What a file is to the others; each names only what stands before it."""
RANKS: tuple[Rank, ...] = ("file", "archive", "feed", "page")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one file."""

    media_type: str
    """With its charset, where it has one."""
    seconds: int
    """How long a copy may be kept unasked."""
    coding: str
    """Of a compressed copy; it has the media type of what it is a copy of."""
    rank: Rank

    @property
    def headers(self) -> Mapping[str, str]:
        """The same as headers of HTTP (RFC 9110, RFC 9111)."""
        told = {"Content-Type": self.media_type, "Cache-Control": f"public, max-age={self.seconds}"}
        return told | ({"Content-Encoding": self.coding} if self.coding else {})


@dataclass(frozen=True)
class Headers:
    """What is told of the files of a publication."""

    settings: Settings
    compressed: frozenset[str] = field(default_factory=frozenset)
    """Methods by which copies are made; where there are none a .gz is nobody's copy."""

    def of(self, path: str) -> Told:
        """What is told of a file, by its path below the output folder."""
        end = next((end for end in CODINGS if self.compressed and path.endswith(end)), "")
        bare = path.removesuffix(end)
        seconds = PAGE_SECONDS if bare.startswith(f"{FOLDER}/") else FEED_SECONDS
        return Told(self._type(bare), seconds, CODINGS.get(end, ""), self._rank(bare))

    @cached_property
    def _site(self) -> Site:
        return site_of(self.settings)

    @cached_property
    def _feeds(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((re.compile(any_of(spots)), kind) for kind, spots in self._site.types.items())

    def _type(self, path: str) -> str:
        whole = self._site.prefix + path
        if found := next((kind for pattern, kind in self._feeds if pattern.fullmatch(whole)), ""):
            return found
        kind = media.media_type(path) or "application/octet-stream"
        return typed(kind) if kind.startswith("text/") or kind.endswith("xml") else kind

    def _rank(self, path: str) -> Rank:
        if any(pattern.fullmatch(self._site.prefix + path) for pattern, _ in self._feeds):
            return "archive" if "/archive/" in path else "page" if path.endswith(".opml") else "feed"
        return "page" if path.endswith((".html", ".json", ".txt", ".eml")) else "file"
