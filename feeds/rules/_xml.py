"""The only file that touches the XML parser: bytes in, elements out, nothing read from elsewhere.

expat, because it is the fastest way from bytes to Python (lxml.iterparse builds a tree it must throw
away again) and because its line numbers have no upper bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.entities import html5
from pathlib import Path
from typing import Protocol
from xml.parsers import expat

from feeds.rules._encoding import Encoding, detect, recode

CHUNK = 1 << 20
HEAD = 1024
DEPTH = 2000
_PUBLISHED = ("-//W3C//", "-//Netscape")  # sets of characters, as RSS 0.91 had them
ENTITY_TEXT = 1 << 16  # characters all declared entities may have together: a DTD is no place for text


class Broken(Exception):  # noqa: N818 - a state of the document, which becomes a finding
    """The document cannot be read on: rule, words and line."""

    def __init__(self, rule: str, problem: str, line: int) -> None:
        super().__init__(problem)
        self.rule, self.problem, self.line = rule, problem, line


class Parser(Protocol):
    """What a listener may ask of the parser."""

    @property
    def CurrentLineNumber(self) -> int:  # noqa: N802 - expat's name
        """The line reached."""


class Listener(Protocol):
    """What wants to know of elements. `parts` takes the text since the last one."""

    parts: list[str]
    parser: Parser

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Opens an element; its name is `namespace local`, or `local`."""

    def end(self, name: str) -> None:
        """Closes it."""

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """Binds a prefix."""

    def note(self, severity: str, rule: str, problem: str) -> None:
        """Takes what is wrong with the document as a whole."""


def _chunks(document: bytes | Path) -> Iterator[bytes]:
    if isinstance(document, Path):
        with document.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
        return
    for start in range(0, len(document), CHUNK):
        yield document[start : start + CHUNK]


def head_of(document: bytes | Path) -> bytes:
    """The first bytes, enough to tell what it is."""
    return next(_chunks(document), b"")[:HEAD]


class _Reader:
    """One parser at work. `doctype` is the public or system name of the document type."""

    def __init__(self, listener: Listener, encoding: Encoding) -> None:
        self.parser = expat.ParserCreate(encoding.native or "utf-8", " ")
        self.listener, self.doctype, self.entity_text, self.text = listener, "", 0, 0
        parser = self.parser
        parser.buffer_text = True
        parser.buffer_size = 1 << 17
        parser.StartElementHandler = listener.start
        parser.EndElementHandler = listener.end
        parser.CharacterDataHandler = listener.parts.append
        parser.StartNamespaceDeclHandler = listener.declare
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._skipped
        listener.parser = parser

    def line(self) -> int:
        return int(self.parser.CurrentLineNumber)

    def _doctype(self, name: str, system: str | None, public: str | None, internal: bool) -> None:
        self.doctype = f"{public or ''} {system or ''}".strip()

    def _entity(  # noqa: PLR0913, PLR0917 - as expat calls it
        self,
        name: str,
        parameter: bool,
        value: str | None,
        base: str | None,
        system: str | None,
        public: str | None,
        notation: str | None,
    ) -> None:
        if (system or public) and not (parameter and (public or "").startswith(_PUBLISHED)):
            words = f"the entity {name!r} is in another file; no reader fetches it"
            self.listener.note("error", "entity-external", words)
        self.entity_text += len(value or "")
        if self.entity_text > ENTITY_TEXT:
            raise Broken("entity-bomb", f"the entity {name!r} is too long", self.line())
        self.parser.CharacterDataHandler = self._measured

    def _measured(self, text: str) -> None:
        """Takes text where entities are declared: they may not make it much more than was written."""
        self.text += len(text)
        if self.text > (1 << 20) + 8 * self.parser.CurrentByteIndex:
            raise Broken("entity-bomb", "entities make this text grow without end", self.line())
        self.listener.parts.append(text)

    def _skipped(self, name: str, parameter: bool) -> None:
        if parameter:
            return
        self.listener.parts.append(html5.get(f"{name};", "\N{REPLACEMENT CHARACTER}"))
        if not (self.doctype and f"{name};" in html5):
            self.listener.note("error", "entity-undefined", f"the entity &{name}; is not defined")


def read(document: bytes | Path, listener: Listener) -> Iterator[None]:
    """Feeds the listener, pausing after each megabyte; raises Broken where the document cannot be read."""
    encoding = detect(head_of(document))
    reader = _Reader(listener, encoding)
    if encoding.rule:
        listener.note(encoding.severity, encoding.rule, encoding.problem)
    chunks = _chunks(document)
    try:
        for chunk in chunks if encoding.native else recode(chunks, encoding.codec):
            reader.parser.Parse(chunk, False)
            yield
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        rule = "entity-bomb" if error.code == _AMPLIFIED else "not-well-formed"
        raise Broken(rule, _words(error), error.lineno) from None
    except UnicodeError:
        problem = f"these bytes are not {encoding.codec}"
        raise Broken("encoding-bytes", problem, reader.line()) from None
    yield


_AMPLIFIED = 43  # expat 2.4 and later: entities grow a hundredfold
_SAID = {
    expat.errors.XML_ERROR_NO_ELEMENTS: "there is no element: the document is empty or was cut off",
    expat.errors.XML_ERROR_INVALID_TOKEN: "a character XML does not allow here: a control, a stray < or &, "
    "or bytes that are not in the declared encoding",
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "the document ends inside a tag, comment or section",
    expat.errors.XML_ERROR_TAG_MISMATCH: "the closing tag does not fit the open one",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "an attribute stands twice",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "something stands after the end of the root element",
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: "XML has no entities but amp, lt, gt, quot and apos",
    expat.errors.XML_ERROR_MISPLACED_XML_PI: "the XML declaration must come first, before any white space",
    expat.errors.XML_ERROR_UNBOUND_PREFIX: "a prefix has no xmlns declaration",
    expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION: "a CDATA section is not closed",
}


def _words(error: expat.ExpatError) -> str:
    said = expat.errors.messages.get(error.code, "not well-formed")
    return f"{_SAID.get(said, said)} (column {error.offset + 1})"
