"""Sites of other generators, read in place: a dialect by its name, its files, and what was left out.

feeds.toml ──▶ Site ──walk──▶ Spot ──head──▶ Post ──▶ Raw ──▶ the one gate
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from feeds import plugins
from feeds.config import FILE_NAME, PublicationSettings
from feeds.errors import Fault, Place, SettingsError
from feeds.sources.base import Aside, Note, Raw
from feeds.sources.dialects import heads, posts
from feeds.sources.dialects.base import Dialect, Head, Post, Site, Spot, UnsettledError
from feeds.sources.front_matter import UnreadableError

BUILT_IN = {
    "hugo": "feeds.sources.dialects.hugo:HUGO",
    "jekyll": "feeds.sources.dialects.jekyll:JEKYLL",
    "zola": "feeds.sources.dialects.zola:ZOLA",
    "pelican": "feeds.sources.dialects.pelican:PELICAN",
    "eleventy": "feeds.sources.dialects.eleventy:ELEVENTY",
    "docusaurus": "feeds.sources.dialects.docusaurus:DOCUSAURUS",
    "astro": "feeds.sources.dialects.astro:ASTRO",
}
"""The dialects, by name; none is imported before it is asked for."""
DATA = (
    "config",
    "data",
    "_data",
    "source/_data",
    "_authors",
    "src/_data",
    "src/pages",
    "src/content",
    "src/data",
    "content/authors",
)
"""Folders beside the posts whose files say something of them."""
MOST = 20
"""So many shortcodes are told one by one, and so many keys are named."""


def dialect(name: str) -> Dialect:
    """A dialect by its name."""
    found = plugins.load(name, BUILT_IN)
    assert isinstance(found, Dialect)
    return found


def opened(publication: PublicationSettings, root: Path) -> Site:
    """The site that a project's content is. Raises `SettingsError` where its own settings cannot be read."""
    assert publication.dialect
    spoken = dialect(publication.dialect)
    folder = Path(posixpath.normpath(str(root / publication.content)))
    given = "address" in publication.model_fields_set
    try:
        config = spoken.settings(folder)
        return spoken.found(
            Site(
                dialect=spoken,
                root=folder,
                url=publication.url,
                zone=ZoneInfo(publication.timezone),
                language=publication.language,
                pattern=publication.address if given else "",
                config=config,
                folders=publication.posts or spoken.folders(folder, config),
            )
        )
    except UnsettledError as refusal:
        place = Place(FILE_NAME, field="publication.content")
        raise SettingsError(
            Fault(place, f"“{publication.content}” is no site that can be read: {refusal}")
        ) from None


@dataclass(frozen=True)
class Around:
    """A site with all files of its folders of posts."""

    site: Site
    files: Mapping[str, object]
    """Every file, by path."""
    spots: Mapping[str, Spot]
    """What their paths say of the posts."""
    stems: Mapping[str, tuple[str, ...]]
    """The posts, by the name of the file without its suffix."""


def read(around: Around, path: str, text: str, file: str) -> Raw | Fault | Aside:
    """One file of a site. `file` is its name for people."""
    site = around.site
    spot = around.spots.get(path)
    suffix = posixpath.splitext(path)[1].lower()
    if spot is None:
        return Aside(path, "")
    if suffix in site.dialect.left:
        return Aside(path, f"are {site.dialect.left[suffix]}, which is not read here")
    if not text.strip():
        return Aside(path, "are empty")
    try:
        head = _head(site.dialect, text.replace("\r\n", "\n").replace("\r", "\n"))
    except UnreadableError as refusal:
        return Fault(Place(file, refusal.line), refusal.problem)
    if head is None:
        return Aside(path, "have no front matter")
    fields = {
        str(key).lower() if site.dialect.folded else str(key): value for key, value in head.fields.items()
    }
    post = Post(site, path, spot, fields, head.body, around.files, around.stems)
    return posts.raw(replace(post, head=site.dialect.completed(post)), head, file)


def _head(dialect: Dialect, text: str) -> Head | None:
    head = dialect.head(text) if dialect.head else heads.split(text, twins=dialect.twins)
    if head is None and dialect.headless:
        return Head({}, text, dict, 1)
    return head


def spots(site: Site, files: Mapping[str, object]) -> Iterator[tuple[str, Spot]]:
    """Each file that may be a post, and what its path says of it."""
    for path in files:
        suffix = posixpath.splitext(path)[1].lower()
        is_text = suffix in site.dialect.suffixes or suffix in site.dialect.left
        if is_text and (spot := site.dialect.spot(site, path, files)):
            yield path, spot


def inputs(site: Site) -> Iterator[Path]:
    """All that a reading follows from: the folders of posts, the site's settings, and its data.

    Of the site's own folder the files count, and those of its folders that a dialect reads.
    """
    if "." in site.folders:
        yield site.root
        return
    yield from (entry for entry in sorted(site.root.iterdir()) if entry.is_file() and not entry.is_symlink())
    yield from (site.root / folder for folder in site.folders)
    yield from (folder for name in DATA if (folder := site.root / name).is_dir())


def around(site: Site) -> list[list[object]]:
    """The stamps of what a site's posts follow from beside themselves: its settings, and its data."""
    found: list[list[object]] = []
    for place in inputs(site):
        for path in [place] if place.is_file() else sorted(place.rglob("*")) if place.name in DATA else ():
            status = path.lstat()
            found.append([str(path), status.st_size, status.st_mtime_ns, status.st_ctime_ns])
    return found


def told(label: str, raws: Iterable[Noted], asides: Iterable[Aside]) -> Iterator[Fault]:
    """What was left out of a site, once for each kind."""
    reasons = Counter(aside.reason for aside in asides if aside.reason)
    for reason, count in sorted(reasons.items()):
        yield _warning(
            label, f"{count:,} {'file' if count == 1 else 'files'} {_number(reason, count)}; left out"
        )
    notes = Counter(note for raw in raws for note in raw.notes)
    for kind, sentence in _SENTENCES.items():
        found = sorted(
            ((count, note.name) for note, count in notes.items() if note.kind == kind), reverse=True
        )
        for count, name in found[:MOST]:
            who = f"{count:,} {'post has' if count == 1 else 'posts have'}"
            yield _warning(label, f"{who} {sentence.format(name=name)}, which was left out")
        if len(found) > MOST:
            yield _warning(label, f"{len(found) - MOST} other {kind}s in a few posts each were left out")
    keys = sorted(((count, note.name) for note, count in notes.items() if note.kind == "key"), reverse=True)
    if keys:
        named = ", ".join(f"{name} ({count:,})" for count, name in keys[:MOST])
        more = f" and {len(keys) - MOST} more" if len(keys) > MOST else ""
        yield _warning(label, f"keys that mean nothing in a feed were left aside: {named}{more}")


_SENTENCES = {
    "shortcode": "the shortcode “{name}”",
    "tag": "the tag “{name}”",
    "variable": "the variable “{name}”",
    "component": "the component <{name}>",
    "expression": "an {name}",
    "control": "{name}",
    "date": "a {name} that is no date",
    "address": "the permalink “{name}”",
}


def _number(reason: str, count: int) -> str:
    """A reason in the number that its verb needs: “are drafts”, and of one file “is a draft”."""
    if count > 1:
        return reason
    verb, _, rest = reason.partition(" ")
    if verb == "are" and rest == "drafts":
        return "is a draft"
    return f"{'has' if verb == 'have' else 'is'} {rest}"


class Noted(Protocol):
    """What something was left out of."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was left out of it."""
        ...


def _warning(label: str, problem: str) -> Fault:
    return Fault(Place(label), problem, warning=True)
