"""The walk through a document: each element held against its table, each breach a finding."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, timedelta

from feeds.rules._xml import DEPTH, Broken, Parser
from feeds.rules.addresses import iri_reference
from feeds.rules.base import (
    FOREIGN,
    XML,
    Attribute,
    Child,
    Element,
    Finding,
    Kind,
    Severity,
    Vocabulary,
)
from feeds.rules.frame import Frame
from feeds.rules.languages import language_or_none
from feeds.rules.lexical import choice
from feeds.rules.namespaces import ATOM
from feeds.rules.resolution import extension_of

_CONTROLS = re.compile("[\x80-\x84\x86-\x9f]")
XML_ATTRIBUTES = {
    f"{XML} lang": Attribute((Kind("language", language_or_none, source="RFC 5646 section 2.2.1"),)),
    f"{XML} space": Attribute(
        (Kind("value", choice("default", "preserve"), "warning", "XML 1.0 section 2.10"),)
    ),
    f"{XML} base": Attribute((Kind("address", iri_reference, source="XML Base section 3"),)),
}
_Row = tuple[Severity, int, str, str, str, str]  # a finding, but for the entry, whose id comes later


def _identity(frame: Frame) -> str | None:
    """The id or guid of an entry, once it is known."""
    return next(filter(None, map(frame.value, frame.element.identity)), None)


class Inspection:
    """One document under inspection; `found` fills up, `seen` remembers across elements."""

    parser: Parser

    def __init__(
        self, roots: dict[str, Element], vocabulary: Vocabulary, now: datetime | None = None
    ) -> None:
        self.parts: list[str] = []
        self.found: list[Finding] = []
        self.seen: defaultdict[str, set[int]] = defaultdict(set)
        self.postponed: Finding | None = None
        self.listed: dict[str, Frame] = {}
        self.described: set[str] = set()
        self.latest = now and now + timedelta(days=1)
        self.unknown: str | None = None
        self.home = "-"
        self.namespaces: dict[str, str] = {}
        self._vocabulary = vocabulary
        self._document = Frame(
            Element("", children={name: Child(root) for name, root in roots.items()}, other=self._unknown),
            "",
            {},
            1,
            None,
            1,
        )
        self._frame = self._document
        self._held: list[_Row] | None = None
        self._met: dict[tuple[int, str], Child] = {}
        self._skipping = self._depth = 0

    # ---- what the parser calls; these two run for every element, so they call little

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Opens an element."""
        parts = self.parts
        if self._skipping:
            parts.clear()
            self._skipping += 1
            return
        parent = self._frame
        element = parent.element
        if parts:
            if element.kinds is None and len(parts) == 1 and parts[0].isspace():
                parts.clear()
            else:
                self._text(parent)
        child = element.resolved.get(name) or self._resolve(element, name)
        counts = parent.counts
        count = counts[name] = counts.get(name, 0) + 1
        if child is FOREIGN:
            self._skipping = 1
            return
        element = child.element
        frame = self._frame = Frame(element, name, attributes, self.parser.CurrentLineNumber, parent, count)
        if count > child.maximum:
            self._misplaced(child, frame, count)
        if element.special:
            self._special(frame)
        elif attributes or element.required:
            self._attributes(frame)

    def end(self, name: str) -> None:  # noqa: PLR0912 - in one piece: calls would take a third of the time
        """Closes an element and checks what can only be known now."""
        if self._skipping:
            self._skipping -= 1
            self.parts.clear()
            return
        frame = self._frame
        element = frame.element
        parts = self.parts
        if parts:
            if element.kinds is None or len(parts) > 1 or frame.text:
                self._text(frame)
            else:
                frame.text = parts[0]
                parts.clear()
        if element.kinds is not None:
            text = frame.text
            if not text.isascii() and _CONTROLS.search(text):
                self._controls(frame)
            if element.strip:
                text = text.strip()
            if element.usual is None or not element.usual(text):
                for test in element.tests:
                    if test(text):
                        self._value(frame, text)
                        break
        for wanted, child in element.minima:
            if wanted not in frame.counts:
                self._missing(frame, wanted, child)
        for check in element.ends:
            check(frame, self)
        if element.rare and not element.watched.isdisjoint(frame.counts):
            for check in element.rare:
                check(frame, self)
        parent = self._frame = frame.parent or self._document
        if element.special:
            self._close(frame, element)
        if element.keep:
            kept = parent.kept
            if kept is None:
                parent.kept = {name: [frame]}
            elif name in kept:
                kept[name].append(frame)
            else:
                kept[name] = [frame]
        elif frame.kept is not None:
            frame.kept = None  # children know their parents: without this, only the garbage collector ends it

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """Holds a namespace against those known."""
        if not uri or len(self.namespaces) > 1000:
            return
        if uri not in self.namespaces and (fault := self._vocabulary.namespace(prefix or "", uri)):
            severity, rule, problem = fault
            element = self._path(self._frame) or "/"
            found = Finding(
                severity, self.parser.CurrentLineNumber, element, rule, problem, "Namespaces in XML section 3"
            )
            self.found.append(found)
        self.namespaces.setdefault(uri, prefix or "")

    def note(self, severity: str, rule: str, problem: str) -> None:
        """A finding about the document, at the line reached."""
        level: Severity = "warning" if severity == "warning" else "error"
        self.found.append(
            Finding(
                level, self.parser.CurrentLineNumber, self._path(self._frame) or "/", rule, problem, "XML 1.0"
            )
        )

    # ---- what the tables call

    def say(
        self, frame: Frame, rule: str, problem: str, severity: Severity = "error", source: str = ""
    ) -> None:
        """A finding about an element."""
        row = (severity, frame.line, self._path(frame), rule, problem, source or self._source(frame))
        if self._held is None:
            self.found.append(Finding(*row))
        else:
            self._held.append(row)

    def again(self, what: str, value: str) -> bool:
        """Whether this value was here before; remembers it (as a number, so that size does not matter)."""
        seen = self.seen[what]
        before = len(seen)
        seen.add(hash(value))
        return len(seen) == before

    def postpone(self, frame: Frame, rule: str, problem: str, source: str) -> None:
        """Keeps a finding that only the end of the document can decide; the first of many is enough."""
        if self.postponed is None:
            identity = _identity(frame)
            path = self._path(frame)
            self.postponed = Finding("error", frame.line, path, rule, problem, source, identity)

    def settle(self) -> None:
        """Lets out what was held back for an entry that never ended."""
        self.found.extend(Finding(*row) for row in self._held or ())
        self._held = None

    def name_of(self, name: str) -> str:
        """An element's or attribute's name as people write it."""
        return self._label(name)

    # ---- inside

    def _special(self, frame: Frame) -> None:
        """Elements without a look inside, with a check as they open, or that hold back their findings."""
        element = frame.element
        if element.free:
            self._frame, self._skipping = frame.parent or self._document, 1
            return
        if frame.attributes or element.required:
            self._attributes(frame)
        for begin in element.begins:
            begin(frame, self)
        if element.identity:
            self._held = []
        self._depth += 1
        if self._depth > DEPTH:
            raise Broken("too-deep", f"elements are nested more than {DEPTH} deep", frame.line)

    def _close(self, frame: Frame, element: Element) -> None:
        self._depth -= 1
        if element.identity and self._held is not None:
            self._release(frame)

    def _release(self, frame: Frame) -> None:
        held, self._held = self._held, None
        if held:
            identity = _identity(frame)
            self.found.extend(Finding(*row, identity) for row in held)

    def _text(self, frame: Frame) -> None:
        """Gives an element the text that was met since the last tag."""
        parts = self.parts
        text = parts[0] if len(parts) == 1 else "".join(parts)
        parts.clear()
        if frame.element.kinds is not None:
            frame.text += text
        elif not text.isspace():
            self._stray(frame, text)

    def _controls(self, frame: Frame) -> None:
        problem = "holds control characters, often a sign of Windows-1252 taken for another encoding"
        self.say(frame, "characters", problem, "warning", "XML 1.0 section 2.2")

    def _value(self, frame: Frame, text: str) -> None:
        """Says which of its types of value first objects to a text."""
        for kind in frame.element.kinds or ():
            if problem := kind.test(text):
                words = f"{self._label(frame.name)}: {problem}"
                self.say(frame, kind.rule, words, kind.severity, kind.source)
                return

    def _stray(self, frame: Frame, text: str) -> None:
        problem = f"text may not stand directly in {self._label(frame.name)}: {text.strip()[:40]!r}"
        self.say(frame, "unexpected-text", problem)

    def _attributes(self, frame: Frame) -> None:
        known = frame.element.attributes
        for name, value in frame.attributes.items():
            attribute = known.get(name) or XML_ATTRIBUTES.get(name) or self._vocabulary.attributes.get(name)
            if attribute is not None:
                for kind in attribute.kinds:
                    if problem := kind.test(value):
                        words = f"{self._label(frame.name)} {self._label(name)}: {problem}"
                        self.say(frame, kind.rule, words, kind.severity, kind.source)
                        break
            elif " " not in name and not frame.element.any_attribute:
                words = f"{self._label(frame.name)} has no attribute {name!r}"
                self.say(frame, "unknown-attribute", words)
        for name in frame.element.required:
            if name not in frame.attributes:
                words = f"{self._label(frame.name)} needs the attribute {self._label(name)!r}"
                self.say(frame, "missing-attribute", words)

    def _misplaced(self, child: Child, frame: Frame, count: int) -> None:
        if child.fault:
            self.say(frame, *child.fault, severity=child.severity)
        elif count == child.maximum + 1:
            often = "once" if child.maximum == 1 else f"{child.maximum} times"
            words = f"{self._label(frame.name)} may stand here only {often}"
            self.say(frame, "duplicate-element", words, child.severity)

    def _missing(self, frame: Frame, name: str, child: Child) -> None:
        words = f"{self._label(frame.name)} needs a {self._label(name)}"
        self.say(frame, "missing-element", words, child.severity, child.element.source)

    def _resolve(self, element: Element, name: str) -> Child:
        """Which rules hold for a child of this name; remembered, by the table where every document agrees."""
        met = self._met.get((id(element), name))
        if met is not None:
            return met
        if element is self._document.element:
            self.home = name.rpartition(" ")[0]
        child = self._look_up(element, name)
        if child is not FOREIGN and child.fault is None and len(element.resolved) < 1000:
            element.resolved[name] = child
        elif len(self._met) < 10_000:  # a hostile document has many names
            self._met[id(element), name] = child
        return child

    def _look_up(self, element: Element, name: str) -> Child:
        child = element.children.get(name)
        if child is not None:
            return child
        if element.other is not None:
            return element.other(name)
        label, atom = self._label(name), self.home == ATOM
        return extension_of(self._vocabulary, element, name, label, atom=atom)

    def _unknown(self, name: str) -> Child:
        self.unknown = name
        return FOREIGN

    def _label(self, name: str) -> str:
        uri, _, local = name.rpartition(" ")
        if not uri:
            return local
        if uri == self.home:
            return local
        prefix = self._vocabulary.prefixes.get(uri)
        if prefix is None:
            prefix = self.namespaces.get(uri, "")
        return f"{prefix}:{local}" if prefix else local

    def _path(self, frame: Frame | None) -> str:
        steps: list[str] = []
        while frame is not None and frame.name:
            many = frame.position > 1 or frame.element.identity
            steps.append(f"{self._label(frame.name)}[{frame.position}]" if many else self._label(frame.name))
            frame = frame.parent
        return "/".join(reversed(steps))

    def _source(self, frame: Frame) -> str:
        found: Frame | None = frame
        while found is not None and not found.element.source:
            found = found.parent
        return found.element.source if found is not None else ""
