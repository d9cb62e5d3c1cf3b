"""What a post means by naming another: its file, so that the gate can put its address there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

from feeds.sources.dialects.base import Post
from feeds.sources.dialects.fields import resolved

ENDINGS = ("", ".md", ".markdown", ".mdx", "/index.md", "/index.mdx", ".html")
"""What a reference may leave out of a file's path."""


def relative(post: Post, path: str) -> str:
    """A file of the site as a reference from this post's own."""
    return quote(posixpath.relpath(path, posixpath.dirname(post.path) or "."))


def target(post: Post, reference: str, folders: Iterable[str]) -> str | None:
    """The path of the post that a reference means: beside this one, in one of some folders, or by name."""
    wanted = unquote(reference).strip()
    places = [] if wanted.startswith("/") else [resolved(post.path, wanted)]
    places += [posixpath.normpath(f"{folder}/{wanted.strip('/')}") for folder in folders]
    if found := _first(places, post.files):
        return found
    stem = posixpath.splitext(wanted.rstrip("/").rpartition("/")[2])[0]
    named = post.stems.get(stem, ()) or post.stems.get(wanted.rstrip("/").rpartition("/")[2], ())
    return min(named, key=lambda path: (path.count("/"), path)) if named else None


def _first(places: Iterable[str], files: Mapping[str, object]) -> str | None:
    return next(
        (place.rstrip("/") + end for place in places for end in ENDINGS if place.rstrip("/") + end in files),
        None,
    )


def link(post: Post, reference: str, folders: Iterable[str], elsewhere: str) -> str:
    """A reference to another post; `elsewhere` is the address if there is none such."""
    name, mark, fragment = reference.partition("#")
    if not name:
        return mark + fragment
    found = target(post, name, folders)
    if found and found not in post.stems.get(posixpath.splitext(posixpath.basename(found))[0], ()):
        found = None  # a file of the site, and no post
    return (relative(post, found) if found else elsewhere) + mark + fragment
