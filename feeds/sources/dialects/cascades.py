"""Hugo's cascade: what a section, or the whole site, says of all pages below it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from typing import Any

from feeds.sources.dialects import documents, heads
from feeds.sources.dialects.base import Post, Site, Table
from feeds.sources.dialects.documents import section, word

ENDINGS = (".md", ".markdown", ".html")


def reaching(post: Post) -> Table:
    """What reaches a post, of the section nearest to it first. Keys are small."""
    found: dict[str, Any] = {}
    for values in (*_of_folder(post.site, posixpath.dirname(post.path)), *_given(post.site.config)):
        if _meets(post, section(values, "_target") or section(values, "target")):
            found = {**{key: value for key, value in values.items() if key.strip("_") != "target"}, **found}
    return found


def _of_folder(site: Site, folder: str) -> tuple[Table, ...]:
    """What the sections around a folder say, the nearest first."""
    known: dict[str, tuple[Table, ...]] = site.data["cascades"]
    if folder not in known:
        above = _of_folder(site, posixpath.dirname(folder)) if "/" in folder else ()
        known[folder] = (*_given(_section(site, folder)), *above)
    return known[folder]


def _section(site: Site, folder: str) -> Table:
    """The head of a section's own page, with small keys; nothing where it has none that can be read."""
    for ending in ENDINGS:
        text = documents.text(site.root / folder / f"_index{ending}")
        if "cascade" in text.lower():
            return dict(documents.lowered(heads.harmless(text)))
    return {}


def _given(table: Table) -> Iterator[Table]:
    """Each set of values under `cascade`: one, or a list of them; the first of a list counts."""
    given = table.get("cascade")
    for values in given if isinstance(given, list) else [given]:
        if isinstance(values, Mapping):
            yield values


def _meets(post: Post, target: Table) -> bool:
    """Whether values are meant for a post: by the path, the kind and the language that they ask for."""
    page = "/" + "/".join(part for part in (post.spot.folder, post.spot.name) if part)
    path, kind, language = word(target, "path").strip("{}"), word(target, "kind"), word(target, "lang")
    spoken = post.spot.language or post.site.data["main"]
    return (
        (not path or fnmatch(page.lower(), path.lower()))
        and kind in ("", "page")
        and (not language or language == spoken)
    )
