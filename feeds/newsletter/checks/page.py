"""A mail's HTML as a tree: elements, attributes, texts and style sheets, and nothing more.

Every node's texts and children stand in their order. The engine's output is regular, so no element
is closed silently; conditional comments, which Outlook alone reads, are comments here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_UNSEEN = frozenset(["head", "style", "title", "script"])


@dataclass(eq=False)
class Node:
    """An element; `inside` holds its texts and elements in their order."""

    tag: str
    attributes: dict[str, str]
    parent: Node | None = None
    inside: list[Node | str] = field(default_factory=list)

    @cached_property
    def classes(self) -> list[str]:
        """The names in its class attribute."""
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        """All text in it, as a reader sees it: white space is one blank, pictures are their alt text."""
        return " ".join("".join(self._words()).split())

    @property
    def ancestors(self) -> Iterator[Node]:
        """What it stands in, from the inside out."""
        node = self.parent
        while node:
            yield node
            node = node.parent

    def below(self) -> Iterator[Node]:
        """Itself and every element in it, in the order of the document."""
        yield self
        for child in self.inside:
            if isinstance(child, Node):
                yield from child.below()

    def _words(self) -> Iterator[str]:
        for child in self.inside:
            if isinstance(child, str):
                yield child
            elif child.tag not in _UNSEEN:
                yield child.attributes.get("alt", "") if child.tag == "img" else ""
                yield " " if child.tag in ("br", "p", "td", "div") else ""
                yield from child._words()


@dataclass(frozen=True, eq=False)
class Page:
    """A whole document."""

    root: Node
    doctype: str
    """What follows <!, in small letters."""

    def all(self, *tags: str) -> Iterator[Node]:
        """Every element of these names, in order; all of them if none is named."""
        return (node for node in self.nodes if not tags or node.tag in tags)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every element, in the order of the document."""
        return tuple(self.root.below())[1:]

    @property
    def sheets(self) -> Iterator[tuple[str, str]]:
        """Each style block: the media it is for, and its text."""
        for node in self.all("style"):
            yield node.attributes.get("media", ""), "".join(str(text) for text in node.inside)


def read(html: str) -> Page:
    """HTML, read."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page(reader.root, reader.doctype)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.doctype = ""
        self._here = self.root

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl.lower()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.inside.append(node)
        if tag not in _VOID:
            self._here = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # a slash at the end means nothing in HTML

    def handle_endtag(self, tag: str) -> None:
        for node in (self._here, *self._here.ancestors):
            if node.tag == tag and node.parent:
                self._here = node.parent
                return

    def handle_data(self, data: str) -> None:
        self._here.inside.append(data)
