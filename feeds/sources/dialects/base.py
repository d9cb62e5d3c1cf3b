"""What a dialect is: how one kind of site writes its posts, and what all kinds have in common.

A dialect reads a site in place. It never runs a line of it, changes nothing in it, and gives the
gate the same raw articles as our own files do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feeds.sources.base import Lines, Note
from feeds.sources.front_matter import UnreadableError

Table = Mapping[str, Any]

EVERYWHERE = frozenset(
    "title slug draft published layout type weight url permalink aliases categories category tags id uuid "
    "toc comments comment math mathjax katex mermaid subtitle keywords status template series class "
    "translationKey translation_key translationId featured pinned sticky hidden sitemap hide_title".split()
)
"""Keys that are read elsewhere, or that are about how a page looks and mean nothing in a feed."""


class RefusedError(ValueError):
    """A field of a post that cannot be read, by the name that the post has for it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field
        self.problem = problem


class UnsettledError(ValueError):
    """A site's own settings that cannot be read."""


@dataclass(frozen=True)
class Site:
    """Somebody's site, as far as reading its posts asks."""

    dialect: Dialect
    root: Path
    url: str
    """Where it stands, with a / at its end."""
    zone: ZoneInfo
    language: str
    """The language of posts that name none."""
    pattern: str
    """The pattern of a post's address that feeds.toml gives; none if the site's own counts."""
    config: Table
    """Its own settings."""
    folders: tuple[str, ...] = ()
    """Where its posts are, relative to the root; "." is the root itself."""
    languages: tuple[str, ...] = ()
    """The languages that its own settings name, as it writes them."""
    people: Mapping[str, Table] = field(default_factory=dict)
    """Its authors by the ids that posts name them by."""
    data: Table = field(default_factory=dict)
    """What else the dialect has found out about it."""


@dataclass(frozen=True)
class Spot:
    """What a post's path says."""

    name: str
    """The last part of its address, before anything in the file changes it."""
    folder: str = ""
    """Where it stands below its folder of posts; also the parts of its address before the name."""
    date: str = ""
    """As 2026-11-02, where the name has one."""
    language: str = ""
    bundle: bool = False
    """Whether it has a folder of its own, with its pictures beside it."""


@dataclass(frozen=True)
class Post:
    """One file of a site, its head read and nothing in it understood yet."""

    site: Site
    path: str
    spot: Spot
    head: Table
    body: str
    files: Mapping[str, object]
    """Every file of the site's folders of posts, by path."""
    stems: Mapping[str, tuple[str, ...]]
    """The posts by their name without its suffix, for references that leave the folder out."""
    notes: dict[Note, None] = field(default_factory=dict)

    def note(self, kind: str, name: str) -> None:
        """Remember something that is left out."""
        self.notes[Note(kind, name)] = None


@dataclass(frozen=True)
class Facts:
    """What the address of a post may be made from."""

    title: str
    published: datetime
    """In the zone that the post says, else the site's."""
    language: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Described:
    """What a site's own settings say of it, unchecked; empty where they say nothing."""

    title: str = ""
    url: str = ""
    description: str = ""
    language: str = ""
    timezone: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Keys:
    """The names that a dialect has for our fields; the first that is there counts, dots lead inwards."""

    published: tuple[str, ...]
    updated: tuple[str, ...] = ("updated", "lastmod", "last_modified_at", "modified")
    held: tuple[str, ...] = ()
    """Until when a post is held back, whatever its date."""
    expires: tuple[str, ...] = ()
    summary: tuple[str, ...] = ("description", "summary", "excerpt")
    authors: tuple[str, ...] = ("authors", "author")
    tags: tuple[str, ...] = ("tags", "tag", "categories", "category")
    image: tuple[str, ...] = ("image", "images", "cover", "thumbnail", "featured_image")
    language: tuple[str, ...] = ("lang", "language")
    ignored: frozenset[str] = frozenset()
    """Other names that the generator knows, and that mean nothing in a feed."""


def no_reason(post: Post) -> str:
    """Every file that is a post is an article."""
    return ""


def own_head(post: Post) -> Table:
    """A post's head says all that is said of it."""
    return post.head


def nothing_meant(root: Path, config: Table) -> tuple[str, ...]:
    """Settings that do not say which folders the site's own lists show."""
    return ()


def as_it_is(site: Site) -> Site:
    """Nothing more is to be found out about a site."""
    return site


@dataclass(frozen=True)
class Dialect:
    """How one kind of site writes its posts."""

    name: str
    suffixes: frozenset[str]
    """Of the files that may be posts."""
    keys: Keys
    settings: Callable[[Path], Table]
    """The site's own settings, never run. Raises `UnsettledError`."""
    folders: Callable[[Path, Table], tuple[str, ...]]
    """Where posts are, relative to the site's root."""
    spot: Callable[[Site, str, Mapping[str, object]], Spot | None]
    """What a path says, among all files by path; None if no post lies there."""
    address: Callable[[Post, Facts], str]
    """The address of a post, from the site's url on. Raises `RefusedError`."""
    text: Callable[[Post], str]
    """The text of a post in plain Markdown; what is left out is noted."""
    described: Callable[[Path, Table], Described]
    """What the site's settings say of it."""
    meant: Callable[[Path, Table], tuple[str, ...]] = nothing_meant
    """The folders that the site's own lists show, where it shows some of them only."""
    found: Callable[[Site], Site] = as_it_is
    """The site with its languages and people, found in its own settings and files."""
    completed: Callable[[Post], Table] = own_head
    """The head of a post with what the site says of all its posts."""
    aside: Callable[[Post], str] = no_reason
    """Why a post is no article: what follows “3 files”. Empty for an article."""
    left: Mapping[str, str] = field(default_factory=dict)
    """Suffixes of posts that we do not read, and what they are."""
    twins: bool = False
    """Whether a key may stand in a head twice, and the last counts."""
    spaced: bool = False
    """Whether a text of several tags is split at spaces, where there is no comma in it."""
    grouped: Callable[[Post], str] | None = None
    """What a post shares with its versions; none if it is where they lie."""
    utc: bool = False
    """Whether a time without a zone is UTC, whatever the site's zone: so have Ruby and JavaScript YAML's."""
    copied: bool = False
    """Whether the site renames pictures, so that those beside a post are ours to publish."""
    folded: bool = False
    """Whether the case of keys means nothing; those in `keys` are then small."""
    head: Callable[[str], Head | None] | None = None
    """Its own way of writing a head; none if it is YAML, TOML or JSON. Raises `UnreadableError`."""
    headless: bool = False
    """Whether a file without a head may be a post."""


@dataclass(frozen=True)
class Head:
    """The head of a file and the text below it."""

    fields: Table
    body: str
    lines: Callable[[], Lines]
    first: int
    """The line, from 1 on, that the text begins on."""
    double: UnreadableError | None = None
    """What is to be said of a key that stands in it twice."""
