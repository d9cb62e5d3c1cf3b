"""feedgen, fenced in: what it knows it is told, and what it lacks or writes wrongly we add.

No other file imports feedgen or lxml, and none of their errors leaves this one. The ways around
feedgen 1.0.0, each of which a test in tests/formats/test_feedgen_traps.py holds fast:

- A link of an Atom entry loses all but its href (feedgen #135), so we put the rest back.
- What is not told to it is the time of construction, so no date is ever left to it.
- Dates of RSS go through a process-wide `locale.setlocale`, which two threads would leave at C,
  so we write them.
- `add_entry` puts the new one first; we say `append`.
- A generator serves one document, because the channel's link is the last link it was told.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.errors import Fault, OutputError, Place

NAMESPACES = {
    "at": "http://purl.org/atompub/tombstones/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
_DECLARED = {"atom": ("media",), "rss": ("dc", "media")}
_NOTHING: Mapping[str, str | None] = MappingProxyType({})


class Element(NamedTuple):
    """An element that feedgen does not know; an attribute that is None is left out."""

    name: str
    """With the prefix of its namespace, as media:content."""
    text: str | None = None
    attributes: Mapping[str, str | None] = _NOTHING
    children: tuple[Element, ...] = ()


class Part(NamedTuple):
    """A feed or an entry: feedgen's setters with what each is given, and what is added to that.

    A mapping is given to the setter as its keywords; None is not given at all.
    """

    fields: Mapping[str, object]
    added: tuple[Element, ...] = ()
    attributes: Mapping[str, str | None] = _NOTHING


class Entry(FeedEntry):  # type: ignore[misc] # feedgen has no types
    """An entry that may stand in several feeds of one format: it is told and written once, then copied."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self._part = part
        self._element: etree._Element | None = None

    def atom_entry(self, extensions: bool = True) -> etree._Element:
        """The element for Atom."""
        return self._copy(super().atom_entry)

    def rss_entry(self, extensions: bool = True) -> etree._Element:
        """The element for RSS."""
        return self._copy(super().rss_entry)

    def _copy(self, write: Callable[[], etree._Element]) -> etree._Element:
        if self._element is None:
            _tell(self, self._part)
            self.register_extension("added", partial(_Addition, self._part))
            self._element = write()
        return copy(self._element)


def atom(address: str, feed: Part, entries: Iterable[Entry], stylesheet: str | None = None) -> bytes:
    """An Atom document (RFC 4287); the address is for messages."""
    with _fence(address):
        generator = _generator("atom", feed, entries)
        return _styled(generator.atom_str(pretty=True), stylesheet)


def rss(address: str, feed: Part, entries: Iterable[Entry], stylesheet: str | None = None) -> bytes:
    """An RSS 2.0 document. Its dates are `Element`s of the parts; feedgen is told none."""
    with _fence(address):
        generator = _generator("rss", feed, entries)
        generator.lastBuildDate(_UNSAID)
        return _styled(generator.rss_str(pretty=True), stylesheet)


def _styled(document: bytes, stylesheet: str | None) -> bytes:
    """The document with an instruction before its root that names its CSS (W3C xml-stylesheet)."""
    if stylesheet is None:
        return document
    declaration, end, root = document.partition(b"?>\n")
    instruction = f'<?xml-stylesheet type="text/css" href="{html.escape(stylesheet)}"?>\n'
    return declaration + end + instruction.encode() + root


class _Unsaid(datetime):
    """A moment that counts as none: told so, feedgen forgets its own and writes nothing."""

    def __bool__(self) -> bool:
        return False


_UNSAID = _Unsaid(1970, 1, 1, tzinfo=UTC)


class _Addition(BaseExtension):  # type: ignore[misc] # feedgen has no types
    """Runs when feedgen is done with an element, and has the last word on it."""

    def __init__(self, part: Part, declared: Iterable[str] = ()) -> None:
        self._part = part
        self._declared = declared

    def extend_ns(self) -> dict[str, str]:
        return {prefix: NAMESPACES[prefix] for prefix in self._declared}

    def extend_atom(self, element: etree._Element) -> None:
        if element.tag == "entry":
            self._mend_links(element)
        self._finish(element)

    def extend_rss(self, element: etree._Element) -> None:
        channel = element.find("channel")
        self._finish(element if channel is None else channel)

    def _mend_links(self, entry: etree._Element) -> None:
        links = self._part.fields["link"]
        assert isinstance(links, list)
        for element, link in zip(entry.findall("link"), links, strict=True):
            for name, value in link.items():
                element.set(name, value)

    def _finish(self, element: etree._Element) -> None:
        _set(element, self._part.attributes)
        for added in self._part.added:
            _append(element, added)


def _generator(form: str, feed: Part, entries: Iterable[Entry]) -> FeedGenerator:
    generator = FeedGenerator()
    _tell(generator, feed)
    generator.register_extension("added", partial(_Addition, feed, _prefixes(form, feed)))
    for entry in entries:
        generator.add_entry(entry, order="append")
    return generator


def _prefixes(form: str, feed: Part) -> list[str]:
    """The namespaces of a format, and those of what this feed adds to it."""
    return sorted(
        {*_DECLARED[form], *(added.name.partition(":")[0] for added in feed.added if ":" in added.name)}
    )


def _tell(target: object, part: Part) -> None:
    for name, value in part.fields.items():
        setter = getattr(target, name)
        if isinstance(value, Mapping):
            setter(**value)
        elif value is not None:
            setter(value)


def _append(parent: etree._Element, element: Element) -> None:
    made = etree.SubElement(parent, _qualified(element.name))
    made.text = element.text
    _set(made, element.attributes)
    for child in element.children:
        _append(made, child)


def _set(element: etree._Element, attributes: Mapping[str, str | None]) -> None:
    for name, value in attributes.items():
        if value is not None:
            element.set(_qualified(name), value)


def _qualified(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if colon else name


@contextmanager
def _fence(address: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, etree.LxmlError) as refusal:
        raise OutputError(Fault(Place(address), f"cannot be written: {refusal}")) from None
