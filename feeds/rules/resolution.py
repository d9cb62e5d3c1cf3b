"""What an element is that its parent's table does not name: an extension, foreign, or a slip."""

from __future__ import annotations

from feeds.rules.base import FOREIGN, FREE, Child, Element, Vocabulary

# Without a namespace in a feed of Atom, these were meant to have one.
_FEED_NAMES = frozenset(
    """author category comments content contributor copyright description email enclosure entry feed
    generator guid icon id image item language link logo name published pubDate rights source subtitle
    summary title updated uri url channel div span p a b i em strong br img""".split()
)


def extension_of(vocabulary: Vocabulary, element: Element, name: str, label: str, *, atom: bool) -> Child:
    """The rules for a child no table names. `atom` says the document is Atom, where almost all may stand."""
    extension = vocabulary.extensions.get(name)
    if extension is None:
        return _stranger(vocabulary, element, name, label, atom=atom)
    if element.context and (not extension.contexts or element.context in extension.contexts):
        return Child(extension.element, 0, extension.maximum)
    return Child(extension.element, maximum=0, fault=("misplaced-element", f"{label} does not belong here"))


def _stranger(vocabulary: Vocabulary, element: Element, name: str, label: str, *, atom: bool) -> Child:
    uri, _, local = name.rpartition(" ")
    known = uri in vocabulary.closed or (not uri and not (atom and local not in _FEED_NAMES))
    if element.context and not known:
        return FOREIGN  # RFC 4287 section 6.4, RSS 2.0: whatever is in a namespace of its own
    rule = "unexpected-element" if uri and not known else "unknown-element"
    return Child(FREE, maximum=0, fault=(rule, f"there is no element {label} here{_hint(name, element)}"))


def _hint(name: str, element: Element) -> str:
    """Names the element that was probably meant."""
    wanted = name.rpartition(" ")[2].lower().replace("_", "").replace("-", "")
    for known in element.children:
        local = known.rpartition(" ")[2]
        if local.lower().replace("-", "") == wanted:
            return f"; write {local}"
    return ""
