"""All tables put together, and the root elements that are known."""

from __future__ import annotations

from feeds.rules import (
    archives,
    atom,
    google_base,
    itunes,
    media_rss,
    modules,
    namespaces,
    open_search,
    opml,
    places,
    podcasting,
    publishing,
    rdf,
    rss,
)
from feeds.rules.base import Extension, Finding, Vocabulary, settle

ROOTS = {**atom.ROOTS, **rss.ROOTS, **opml.ROOTS, **publishing.ROOTS, **rdf.ROOTS, **open_search.ROOTS}
_IN_RSS = frozenset(("channel", "item", "live", "any", "rdf"))
_ATOM_IN_RSS = {name: Extension(element, _IN_RSS) for name, element in atom.ELEMENTS.items()}
VOCABULARY = Vocabulary(
    extensions={
        **_ATOM_IN_RSS,
        **archives.EXTENSIONS,
        **modules.EXTENSIONS,
        **media_rss.EXTENSIONS,
        **itunes.EXTENSIONS,
        **podcasting.EXTENSIONS,
        **places.EXTENSIONS,
        **google_base.EXTENSIONS,
        **open_search.EXTENSIONS,
        publishing.app("collection"): Extension(publishing.COLLECTION, frozenset(("feed", "source"))),
    },
    attributes=modules.ATTRIBUTES,
    prefixes=namespaces.KNOWN | {namespaces.ATOM: "atom"},
    closed=modules.CLOSED,
    namespace=namespaces.fault,
)
_ELSEWHERE = frozenset(
    (
        "http://purl.org/atom/ns#",
        "http://purl.org/net/rss1.1#",
        "http://purl.org/atom/app#",
        *namespaces.RSS2_ALIASES,
    )
)
for _element in ROOTS.values():
    settle(_element)
for _extension in VOCABULARY.extensions.values():
    settle(_extension.element)


def unknown_root(name: str, document: str) -> Finding:
    """The finding for a document that is nothing we know."""
    uri, _, local = name.rpartition(" ")
    place = document or local or "/"
    if uri in _ELSEWHERE:
        return Finding(
            "advice", 1, place, "not-checked", f"{local} of {uri} is an old format, not checked", ""
        )
    if not uri and local in ("feed", "entry", "service", "categories", "RDF"):
        words = f'{local} has no namespace; write xmlns="{namespaces.ATOM}"'
        return Finding("error", 1, place, "namespace-missing", words, "RFC 4287 section 2")
    words = f"the root element {local!r} of {uri or 'no namespace'} is no feed we know"
    return Finding("error", 1, place, "not-a-feed", words, "")
