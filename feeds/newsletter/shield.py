r"""The shield: MJML made safe for the engine, or refused at the very tag that is wrong.

The engine prints attribute values with Rust's debug format (a no-break space becomes `\u{a0}`, a
quote ends the attribute), passes unknown elements and wrong closings in silence, and ends the
process where elements are nested too deeply. So every tag is read here first.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterator
from functools import lru_cache

from feeds.errors import Fault, Place, TemplateError

DEPTH = 100
"""How deep elements may be nested. On a small stack the engine dies at about 1,500."""

KNOWN = frozenset(
    "mjml mj-all mj-attributes mj-body mj-breakpoint mj-button mj-class mj-column mj-divider mj-group "
    "mj-head mj-hero mj-image mj-preview mj-raw mj-section mj-spacer mj-style mj-table mj-text mj-title "
    "mj-wrapper".split()
)
_OTHERS = "asks a third party for pictures or scripts; use mj-text or mj-image"
_REFUSED = {
    "mj-include": "loses the layout; use Jinja's {% include %}",
    "mj-font": "asks a third party for a font; name fonts that every system has",
    "mj-html-attributes": "does not work here; write the attribute on the element",
    **dict.fromkeys(["mj-accordion", "mj-carousel", "mj-navbar", "mj-social"], _OTHERS),
    **dict.fromkeys(
        ["base", "embed", "form", "iframe", "link", "object", "script"], "is nothing that a mail may have"
    ),
}
_FRAMES = frozenset(
    "mjml mj-head mj-body mj-attributes mj-section mj-column mj-group mj-wrapper mj-hero".split()
)
"""They hold elements, and the engine stumbles over text between these."""
_ALONE = frozenset("area base br col embed hr img input link meta source track wbr".split())
_NAME = re.compile(r"[A-Za-z][\w:-]*")
_CLOSING = re.compile(r"</([A-Za-z][\w:-]*)\s*>")
_ATTRIBUTE = re.compile(r"""\s+([^\s"'<>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG_END = re.compile(r"\s*(/?)>")
_LOOSE = re.compile(r"""\s*([^\s"'<>/=]+)\s*(=?)""")
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
_UNSAFE = re.compile(r"[^ -~]|[\"'\\<>&`]")
_SCHEMES = {"href": ("https", "http", "mailto", "tel"), "src": ("https", "http")}
_SHORT_COLOUR = re.compile(r"#([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])(?![0-9a-zA-Z])")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}|[a-z]+", re.IGNORECASE)


class MjmlError(TemplateError):
    """MJML that does not reach the engine; `offset` is the character where it is wrong."""

    def __init__(self, problem: str, source: str, offset: int) -> None:
        self.problem = problem
        self.offset = offset
        super().__init__(Fault(Place("MJML", source.count("\n", 0, offset) + 1), problem))

    def at(self, place: Place) -> TemplateError:
        """The same, said of the template's own line."""
        return TemplateError(Fault(place, self.problem))


def encoded(value: str) -> str:
    """An attribute's value with each character that is not plain ASCII, or has a meaning, as &#N;."""
    return _UNSAFE.sub(lambda char: f"&#{ord(char[0])};", value)


def shielded(source: str, root: dict[str, str]) -> str:
    """MJML that the engine takes as it is meant. `root` is what <mjml> says if it does not itself.

    Raises `MjmlError`.
    """
    return "".join(_Scanner(source, root).run())


class _Scanner:
    """Goes through MJML once, tag by tag, and writes it anew."""

    def __init__(self, source: str, root: dict[str, str]) -> None:
        self._source = source
        self._root = root
        self._at = 0
        self._open: list[tuple[str, int]] = []
        self._begun = False

    def run(self) -> Iterator[str]:
        while (tag := self._source.find("<", self._at)) >= 0:
            yield self._text(self._source[self._at : tag])
            self._at = tag
            yield self._markup()
        yield self._text(self._source[self._at :])
        if self._open:
            name, self._at = self._open[-1]
            raise self._refusal(f"<{name}> is never closed")
        if not self._begun:
            raise self._refusal("there is no <mjml> in it")

    def _refusal(self, problem: str) -> MjmlError:
        return MjmlError(problem, self._source, self._at)

    def _text(self, text: str) -> str:
        inside = self._open[-1][0] if self._open else ""
        if not inside and text.strip():
            self._at += len(text) - len(text.lstrip())
            raise self._refusal("has text outside <mjml>")
        if inside in ("mj-style", "style") and (found := re.search(r"@import|@font-face", text)):
            self._at += found.start()
            raise self._refusal(f"{found[0]} asks a third party; a mail asks nobody")
        if inside in _FRAMES and text.strip():
            self._at += len(text) - len(text.lstrip())
            raise self._refusal(f"has text right in <{inside}>; put it into <mj-text>")
        # The engine copies the title into an attribute.
        return encoded(_decoded(text)) if inside == "mj-title" else text

    def _markup(self) -> str:
        ahead = self._source[self._at : self._at + 9].lower()
        if ahead.startswith("<!--"):
            return self._comment()
        if ahead.startswith(("<!doctype", "<![cdata[", "<!", "<?")):
            raise self._refusal("a DOCTYPE, CDATA or processing instruction is not allowed")
        if ahead.startswith("</"):
            return self._closing()
        if name := _NAME.match(self._source, self._at + 1):
            return self._opening(name[0])
        raise self._refusal("a bare < ; write &lt;")

    def _comment(self) -> str:
        end = self._source.find("-->", self._at)
        if end < 0:
            raise self._refusal("a comment never ends")
        if re.search(r"\[(?:if|endif)\b", self._source[self._at : end], re.IGNORECASE):
            raise self._refusal("the engine breaks conditional comments; it writes those that are needed")
        self._at = end + 3
        return ""

    def _closing(self) -> str:
        found = _CLOSING.match(self._source, self._at)
        if not found:
            raise self._refusal("a closing tag is broken off")
        name = found[1].lower()
        if not self._open:
            raise self._refusal(f"</{name}> closes nothing")
        if self._open[-1][0] != name:
            raise self._refusal(f"</{name}> stands where </{self._open[-1][0]}> is due")
        self._open.pop()
        self._at = found.end()
        return f"</{name}>"

    def _opening(self, name: str) -> str:
        start, name = self._at, name.lower()
        self._check_element(name)
        self._at += 1 + len(name)
        values = self._attributes(name)
        end = _TAG_END.match(self._source, self._at)
        if not end:
            self._complain_of_rest(name)
        assert end
        attributes = "".join(f' {key}="{value}"' for key, value in values.items())
        self._begun = True
        self._at = end.end()
        if name in _ALONE:
            return f"<{name}{attributes}/>"
        if end[1]:
            return f"<{name}{attributes}/>" if name in KNOWN else f"<{name}{attributes}></{name}>"
        self._open.append((name, start))
        if len(self._open) > DEPTH:
            raise self._refusal(f"<{name}> is nested more than {DEPTH} levels deep")
        return f"<{name}{attributes}>"

    def _check_element(self, name: str) -> None:
        if problem := _problem(name):
            raise self._refusal(f"<{name}> {problem}")
        if (name == "mjml") is self._begun:
            raise self._refusal("<mjml> must hold all the rest, once")
        if self._begun and not self._open:
            raise self._refusal(f"<{name}> stands behind </mjml>")

    def _attributes(self, element: str) -> dict[str, str]:
        """The attributes of a tag, their values as the engine takes them."""
        values = {key: encoded(value) for key, value in self._root.items()} if element == "mjml" else {}
        own: set[str] = set()
        while found := _ATTRIBUTE.match(self._source, self._at):
            name = found[1].lower()
            self._at = found.start(1)
            if name in own:
                raise self._refusal(f"{name} is there twice in <{element}>")
            if not _NAME.fullmatch(name):
                raise self._refusal(f"“{name}” in <{element}> is no attribute's name")
            own.add(name)
            try:
                values[name] = _value(element, name, found[2] if found[2] is not None else found[3])
            except ValueError as problem:
                raise self._refusal(str(problem)) from None
            self._at = found.end()
        if element in ("img", "mj-image") and "attributes" not in {tag for tag, _ in self._open}:
            values.setdefault("alt", "")
        return values

    def _complain_of_rest(self, element: str) -> None:
        loose = _LOOSE.match(self._source, self._at)
        if not loose:
            raise self._refusal(f"<{element}> is broken off, or has a stray quotation mark")
        self._at = loose.start(1)
        if loose[2]:
            raise self._refusal(f"{loose[1]} in <{element}> has no quotation marks around its value")
        raise self._refusal(f"{loose[1]} in <{element}> has no value")


@lru_cache(maxsize=256)
def _problem(element: str) -> str:
    """Why an element must not be there; empty where it may."""
    for refused, problem in _REFUSED.items():
        if element == refused or (element.startswith(refused + "-") and refused.startswith("mj-")):
            return problem
    if element.startswith("mj") and element not in KNOWN:
        close = difflib.get_close_matches(element, sorted(KNOWN), 1, 0.6)
        hint = f"did you mean <{close[0]}>?" if close else f"there are {', '.join(sorted(KNOWN))}"
        return f"is unknown; {hint}"
    return ""


# A digest says the same again in each story, so most values are looked at once only.
@lru_cache(maxsize=2048)
def _value(element: str, name: str, written: str) -> str:
    """An attribute's value as the engine takes it. Raises ValueError that says what is wrong."""
    value = _decoded(written)
    if name.startswith("on") or (element, name) == ("mj-style", "inline"):
        raise ValueError(f"{name} in <{element}> does not work in a mail")
    if name in _SCHEMES:
        _check_address(name, value)
    if name == "style" or name.startswith("border") or name.endswith("color"):
        value = _SHORT_COLOUR.sub(r"#\1\1\2\2\3\3", value)
    if name.endswith("color") and not _COLOUR.fullmatch(value.strip()):
        raise ValueError(f"{name}=“{value}” is no colour; write six digits, such as #1b365d")
    return encoded(value)


def _check_address(name: str, value: str) -> None:
    # Browsers skip white space and control characters within a scheme.
    bare = re.sub(r"[\x00-\x20\x7f]", "", value)
    scheme = bare.partition(":")[0].lower()
    if not bare:
        raise ValueError(f"{name} is empty")
    if ":" not in bare or scheme not in _SCHEMES[name]:
        raise ValueError(f"{name}=“{value[:80]}” is no whole web address; begin with https://")


def _decoded(value: str) -> str:
    """A value without its entities. `&copy=2` in an address is none, for it has no semicolon."""
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), value) if "&" in value else value
