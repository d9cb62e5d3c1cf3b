"""Atom's text constructs and content: the type decides what may be inside."""

from __future__ import annotations

from feeds.rules import addresses, lexical
from feeds.rules.base import FOREIGN, Attribute, Child, Element, Kind
from feeds.rules.frame import Frame
from feeds.rules.html import flaws, markup_in, xhtml_flaws
from feeds.rules.inspection import Inspection
from feeds.rules.namespaces import XHTML

TEXT_SOURCE = "RFC 4287 section 3.1.1"
CONTENT_SOURCE = "RFC 4287 section 4.1.3"
_TYPE = Kind("text-type", lexical.choice("text", "html", "xhtml"), source=TEXT_SOURCE)


def _content_type(text: str) -> str | None:
    if text in ("text", "html", "xhtml"):
        return None
    problem = lexical.media_type(text)
    if problem:
        return f"{text[:60]!r} is neither text, html, xhtml nor a media type"
    if text.lower().startswith(("multipart/", "message/")):
        return f"{text[:60]!r} is made of parts, which content must not be"
    return None


def _xhtml_begin(frame: Frame, inspection: Inspection) -> None:
    local = frame.name.rpartition(" ")[2]
    for flaw in xhtml_flaws(local, frame.attributes):
        inspection.say(frame, flaw.rule, flaw.problem, flaw.severity, TEXT_SOURCE)


def _node(name: str) -> Child:
    return _NODE if name.startswith(f"{XHTML} ") else FOREIGN


NODE = Element("", (), context="xhtml", any_attribute=True, begins=(_xhtml_begin,), other=_node)
_NODE = Child(NODE)


def _first_child(frame: Frame, inspection: Inspection) -> None:
    """Says what is wrong with an element in text, html or xhtml; called as it opens."""
    parent = frame.parent
    if parent is None:
        return
    kind = kind_of(parent)
    label = inspection.name_of(parent.name)
    if kind in ("text", "html") or (kind.startswith("text/") and not kind.endswith("/xml")):
        if sum(parent.counts.values()) == 1:
            words = f"{label} of type {kind!r} holds an element; escape it, or say type xhtml"
            inspection.say(parent, "unexpected-element", words, source=TEXT_SOURCE)
    elif kind == "xhtml":
        if frame.name != f"{XHTML} div":
            words = f"{label} of type xhtml holds one div of {XHTML}, not {inspection.name_of(frame.name)}"
            inspection.say(parent, "xhtml-div", words, source=TEXT_SOURCE)
        elif sum(parent.counts.values()) == 2:
            inspection.say(parent, "xhtml-div", f"{label} holds more than one div", source=TEXT_SOURCE)


def _inside(name: str) -> Child:
    return _DIV if name == f"{XHTML} div" else _OTHER


_DIV = Child(
    Element("", (), context="xhtml", any_attribute=True, begins=(_first_child, _xhtml_begin), other=_node)
)
_OTHER = Child(
    Element("", (), context="any", any_attribute=True, begins=(_first_child,), other=lambda _: FOREIGN)
)


_SHORT_TYPES = frozenset(("text", "html", "xhtml"))


def kind_of(frame: Frame) -> str:
    """The type of a text construct or content, small letters, without parameters."""
    given = frame.attributes.get("type", "text")
    return given if given in _SHORT_TYPES else given.lower().partition(";")[0].strip()


def _text_end(frame: Frame, inspection: Inspection) -> None:
    kind, text = kind_of(frame), frame.text
    if kind == "text" and text and not text.isspace():
        if ("<" in text or "&" in text) and (found := markup_in(text)):
            label = inspection.name_of(frame.name)
            words = (
                f"{label} holds {found!r}, which will be shown as it stands; say type html, or take it out"
            )
            inspection.say(frame, "undeclared-html", words, "warning", TEXT_SOURCE)
    elif kind == "xhtml":
        _xhtml_end(frame, inspection, not text or text.isspace())
    elif not text or text.isspace():
        if not frame.counts and "src" not in frame.attributes:
            inspection.say(frame, "blank", f"{inspection.name_of(frame.name)} should not be blank", "warning")
    elif kind == "html":
        for flaw in flaws(text, relative=False):
            words = f"{inspection.name_of(frame.name)}: {flaw.problem}"
            inspection.say(frame, flaw.rule, words, flaw.severity, TEXT_SOURCE)


def _xhtml_end(frame: Frame, inspection: Inspection, empty: bool) -> None:
    label = inspection.name_of(frame.name)
    if not frame.counts and "src" not in frame.attributes:
        inspection.say(
            frame, "xhtml-div", f"{label} of type xhtml must hold a div of {XHTML}", source=TEXT_SOURCE
        )
    elif not empty:
        inspection.say(
            frame, "unexpected-text", f"{label} of type xhtml has text outside its div", source=TEXT_SOURCE
        )


def _content_end(frame: Frame, inspection: Inspection) -> None:
    kind = kind_of(frame)
    if "src" in frame.attributes:
        _content_elsewhere(frame, inspection, kind)
    elif kind in ("text", "html", "xhtml"):
        _text_end(frame, inspection)
    elif kind.endswith(("+xml", "/xml")):
        if not frame.counts:
            words = "content of an XML type should hold an element"
            inspection.say(frame, "content-xml", words, "warning", CONTENT_SOURCE + ".3")
    elif "/" in kind and not kind.startswith(("text/", "multipart/", "message/")):
        _content_binary(frame, inspection)
    elif not frame.text.strip() and not frame.counts:
        inspection.say(frame, "blank", "content should not be blank", "warning")


def _content_binary(frame: Frame, inspection: Inspection) -> None:
    if frame.counts:
        words = "content of this type is base64 and holds no elements"
        inspection.say(frame, "unexpected-element", words, source=CONTENT_SOURCE + ".3")
    elif problem := lexical.base_64(frame.text):
        inspection.say(frame, "base64", problem, source=CONTENT_SOURCE + ".3")


def _content_elsewhere(frame: Frame, inspection: Inspection, kind: str) -> None:
    if frame.text.strip() or frame.counts:
        words = "content with src must be empty: it is elsewhere"
        inspection.say(frame, "content-not-empty", words, source=CONTENT_SOURCE + ".2")
    if "type" not in frame.attributes:
        inspection.say(
            frame, "missing-type", "content with src should say its type", "warning", CONTENT_SOURCE + ".2"
        )
    elif kind in ("text", "html", "xhtml"):
        words = f"with src the type is a media type such as text/html, not {kind!r}"
        inspection.say(frame, "content-type", words, source=CONTENT_SOURCE + ".2")


TEXT = Element(
    TEXT_SOURCE,
    (),
    other=_inside,
    attributes={"type": Attribute((_TYPE,))},
    context="text",
    ends=(_text_end,),
)
CONTENT = Element(
    CONTENT_SOURCE,
    (),
    other=_inside,
    attributes={
        "type": Attribute((Kind("content-type", _content_type),)),
        "src": Attribute(
            (
                Kind("blank", lexical.blank),
                Kind("address", addresses.iri_reference),
                Kind("scheme", addresses.registered, "warning"),
            )
        ),
    },
    context="content",
    keep=True,
    ends=(_content_end,),
)
