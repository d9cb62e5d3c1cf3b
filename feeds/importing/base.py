"""What every kind of export gives: posts as their writer had them, and a count of what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feeds.errors import Fault, FeedsError, Place

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


class ExportError(FeedsError):
    """What was given is no export, or does harm."""


class Notes:
    """What was left out or changed on the way, counted, to be told once."""

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()

    def leave(self, what: str, times: int = 1) -> None:
        """Count something that did not come along."""
        self.left_out[what] += times

    def change(self, what: str, times: int = 1) -> None:
        """Count something that came along as something else."""
        self.changed[what] += times


@dataclass(frozen=True, kw_only=True)
class Post:
    """One post of an export. Nothing in it has been checked, and its HTML is not safe yet."""

    title: str
    """May hold HTML where `title_is_html`."""
    title_is_html: bool = False
    id: str = ""
    """What readers know it by, to the letter; empty where nobody knows it."""
    html: str = ""
    markdown: str = ""
    """Instead of HTML, where the export has Markdown."""
    published: datetime | None = None
    """Without a zone it is local to the publication."""
    updated: datetime | None = None
    url: str = ""
    slug: str = ""
    summary: str = ""
    """Plain text, or HTML of one paragraph."""
    authors: tuple[Mapping[str, str], ...] = ()
    """Each with a name, perhaps with email and url."""
    tags: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    attachments: tuple[Mapping[str, object], ...] = ()
    language: str = ""
    draft: bool = False
    file: str = ""
    """Its file within the export, where that holds several."""
    line: int = 0
    """Where it stands in that file, from 1 on; 0 where nobody knows."""


@dataclass
class Export:
    """What was found in a file, a folder or at an address."""

    source: str
    """As the person named it."""
    kind: str = ""
    posts: list[Post] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    feeds: tuple[str, ...] = ()
    """The feeds that a list of feeds (OPML) names."""
    advice: list[str] = field(default_factory=list)
    """What the person should do next."""

    def error(self, problem: str, line: int = 0) -> ExportError:
        """What is wrong with all of it."""
        return ExportError(Fault(Place(self.source, line), problem))

    def fault(self, problem: str, line: int = 0) -> None:
        """Note what is wrong with a part of it."""
        self.faults.append(Fault(Place(self.source, line), problem))
