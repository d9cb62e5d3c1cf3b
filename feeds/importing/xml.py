"""XML of any size, read in pieces by expat: elements with their lines, and no entities of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from feeds.importing.base import Export

DEPTH = 100
"""Elements within elements."""
TEXT = 2_000_000
"""Characters of one element that are kept; the gate refuses articles long before."""
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))

Started = Callable[[str, Mapping[str, str], int], None]
"""Told of an element: its name without namespace prefix (`address name`), its attributes, its line."""
Ended = Callable[[str, str], None]
"""Told of an element's end: its name, and its text."""


def read(chunks: Iterable[bytes], export: Export, started: Started, ended: Ended) -> None:
    """Tell of every element. XML that breaks off is a fault of the export; what was told before stays.

    Raises `ExportError` where it declares entities (billion laughs, external ones) or is nested too
    deeply.
    """
    listener = _Listener(export, started, ended)
    try:
        for chunk in chunks:
            # WordPress writes control characters as they are, which are no XML at all.
            listener.parser.Parse(_sound(chunk), False)
        listener.parser.Parse(b"", True)
    except expat.ExpatError as refusal:
        problem = f"is no well-formed XML from here on: {expat.ErrorString(refusal.code)}"
        export.fault(problem, refusal.lineno)
    except (LookupError, ValueError) as refusal:
        export.fault(f"is no XML that can be read: {refusal}", listener.line)


def _sound(chunk: bytes) -> bytes:
    return chunk if b"\0" in chunk else chunk.translate(None, _CONTROLS)  # UTF-16 is full of zeros


class _Listener:
    def __init__(self, export: Export, started: Started, ended: Ended) -> None:
        self.export, self.started, self.ended = export, started, ended
        self.parts: list[str] = []
        self.size, self.depth = 0, 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity

    @property
    def line(self) -> int:
        return int(self.parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise self.export.error(f"is nested more than {DEPTH} levels deep", self.line)
        self._clear()
        self.started(name, attributes, self.line)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.ended(name, "".join(self.parts))
        self._clear()

    def _text(self, text: str) -> None:
        if self.size <= TEXT:
            self.parts.append(text)
            self.size += len(text)

    def _clear(self) -> None:
        self.parts.clear()
        self.size = 0

    def _entity(self, *_: object) -> None:
        problem = "declares entities of its own, which no export needs and which can do harm"
        raise self.export.error(problem, self.line)
