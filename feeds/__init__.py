"""One validated collection of articles, delivered everywhere: as feeds and as an email digest.

    publication = feeds.load(".")
    build = publication.build(now)

The parts, each of them pure but the last two: `Library.feed` and `Library.issue` choose, `render` and
`compose` make, `publish` writes, `deliver` sends. What a person can mend is a `FeedsError`; see
`feeds.errors` for the tree. Everything is imported when it is first asked for, so that `import feeds`
costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.article import Article, Attachment, Image, Person
    from feeds.delivery.engine import deliver
    from feeds.delivery.message import message
    from feeds.errors import Fault, FeedsError, Place
    from feeds.formats import render
    from feeds.library import Feed, Issue, Library
    from feeds.newsletter import Digest, compose
    from feeds.publication import Build, Publication, load
    from feeds.publishing import Document, publish

_HOMES = {
    "Article": "article",
    "Attachment": "article",
    "Build": "publication",
    "Digest": "newsletter",
    "Document": "publishing",
    "Fault": "errors",
    "Feed": "library",
    "FeedsError": "errors",
    "Image": "article",
    "Issue": "library",
    "Library": "library",
    "Person": "article",
    "Place": "errors",
    "Publication": "publication",
    "compose": "newsletter",
    "deliver": "delivery.engine",
    "load": "publication",
    "message": "delivery.message",
    "publish": "publishing",
    "render": "formats",
}

__all__ = [
    "Article",
    "Attachment",
    "Build",
    "Digest",
    "Document",
    "Fault",
    "Feed",
    "FeedsError",
    "Image",
    "Issue",
    "Library",
    "Person",
    "Place",
    "Publication",
    "compose",
    "deliver",
    "load",
    "message",
    "publish",
    "render",
]


def __getattr__(name: str) -> object:
    """PEP 562: the public face, each part imported when first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'feeds' has no attribute {name!r}")
    return getattr(import_module(f"feeds.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
