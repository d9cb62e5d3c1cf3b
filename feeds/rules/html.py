"""HTML inside feeds: what must not run, what is no HTML, and where plain text holds some."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from html.entities import html5
from typing import NamedTuple

from feeds.rules.base import Severity

NAMES = frozenset(
    """a abbr acronym address area article aside audio b basefont bdi bdo big blink blockquote body br
    button canvas caption center cite code col colgroup command data datalist dd del details dfn dialog
    dir div dl dt em event-source fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4
    h5 h6 head header hgroup hr html i img input ins kbd keygen label legend li listing main map mark
    marquee math menu menuitem meter multicol nav nextid nobr noembed noframes noscript ol optgroup
    option output p param picture plaintext pre progress q rb rbc rp rt rtc ruby s samp search section
    select slot small sound source spacer span strike strong style sub summary sup svg table tbody td
    template textarea tfoot th thead time title tr track tt u ul var video wbr xmp script iframe object
    embed applet meta link base""".split()
)
DANGEROUS = frozenset(
    "script iframe object embed applet meta link base frame frameset style html head body title "
    "plaintext".split()
)
_VOID = frozenset("br hr img".split())
_MARKUP = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?/?)>")
_GLUED = re.compile(r"[\w.,;:!?>)]")
_REFERENCE = re.compile(r"&(?:#(?:x[0-9a-fA-F]+|\d+)|([a-zA-Z][a-zA-Z0-9]*));")
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)([a-zA-Z][^\s/>]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)(>?)",
    re.S,
)
_SIMPLE_TAG = re.compile(r"<[/a-zA-Z][^<>]*>")
_HIDING = re.compile(r"<(?:!|script|style|svg|math)", re.I)
# Anything but the tags and references that most texts are made of: without it there is nothing to look at.
_UNUSUAL = re.compile(
    r"<(?!/?(?:p|em|strong|ul|ol|li|h[1-6]|blockquote|b|i|code|pre|figure|figcaption|span|div|br|hr)\s*/?>|"
    r"/a>|a href=\"https?://[^\"<>=]*\">|"
    r"img src=\"https?://[^\"<>=]*\"(?: (?:alt|width|height)=\"[^\"<>=]*\")*\s*/?>)|"
    r"&(?!(?:amp|lt|gt|quot|nbsp|#39|#160|[mn]dash|hellip|[lr][sd]quo);)"
)
_ATTRIBUTE = re.compile(r"([^\s\"'=<>/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_EVENT = re.compile(r"on[a-z]+")
_ADDRESSES = frozenset("href src action poster cite".split())
_SCHEMED = re.compile(r"\s*[a-z][a-z0-9+.-]*:|\s*#|\s*$", re.I)
_UNSEEN = re.compile(r"[\t\n\r]")  # browsers take them out of an address
_SCRIPT = re.compile(r"[\s\x00-\x1f]*(?:java|vb|live)script\s*:|[\s\x00-\x1f]*data:text/html", re.I)
_STYLE_DANGER = re.compile(
    r"url\s*\(|expression\s*\(|javascript\s*:|(?<![\w-])behaviou?r\s*:|-moz-binding|@import|(?<![\w-])position\s*:",
    re.I,
)
_ANY_REFERENCE = re.compile(r"&(?:([a-zA-Z][a-zA-Z0-9]{0,40})|#(\d{1,8})|#[xX]([0-9a-fA-F]{1,8}));")


class Flaw(NamedTuple):
    """What is wrong with a fragment of HTML."""

    severity: Severity
    rule: str
    problem: str


def markup_in(text: str) -> str | None:
    """What of a plain text is HTML: a tag or a character reference, or None."""
    if "<" in text and (tag := _tag_in(text)):
        return tag[:40]
    if "&" in text:
        for match in _REFERENCE.finditer(text):
            if match[1] is None or f"{match[1]};" in html5:
                return match[0]
    return None


def _tag_in(text: str) -> str | None:
    """A tag beyond doubt: a pair, or a void one in use; `The <video> element` and `</b>` have none."""
    opened: dict[str, str] = {}
    for match in _MARKUP.finditer(text):
        name = match[2].lower()
        if name not in NAMES:
            continue
        if match[1]:
            if name in opened:
                return opened[name]
        elif name not in _VOID:
            opened.setdefault(name, match[0])
        elif _is_used(match, text):
            return match[0]
    return None


def _is_used(match: re.Match[str], text: str) -> bool:
    """Whether a tag that is never closed breaks a line rather than being spoken of."""
    before = text[match.start() - 1 : match.start()]
    return "=" in match[3] or match[3].endswith("/") or bool(_GLUED.match(before))


def harmless(text: str) -> bool:
    """A quick yes for most plain texts: they say something, and no HTML."""
    return "<" not in text and "&" not in text and bool(text)


def plain(text: str) -> str | None:
    """Objects to HTML where only text is shown."""
    found = markup_in(text)
    return f"is plain text, and holds HTML: {found!r}" if found else None


def flaws(text: str, *, relative: bool) -> Iterable[Flaw]:
    """What is wrong with a fragment of HTML, one of each rule; `relative` asks for relative addresses too."""
    return _each_once(text, relative) if _UNUSUAL.search(text) else ()


def _each_once(text: str, relative: bool) -> Iterator[Flaw]:
    said: set[str] = set()
    for flaw in _flaws(text, relative):
        if flaw.rule not in said:
            said.add(flaw.rule)
            yield flaw


def _flaws(text: str, relative: bool) -> Iterator[Flaw]:
    if "<" in text:
        yield from _simple_tags(text, relative) if _is_simple(text) else _all_tags(text, relative)
    if "&" in text:
        yield from _references(text)


def _is_simple(text: str) -> bool:
    """Whether looking at each different tag once will do: nothing opens that hides what follows."""
    return text.rfind("<") < text.rfind(">") and not _HIDING.search(text)


def _simple_tags(text: str, relative: bool) -> Iterator[Flaw]:
    for tag in dict.fromkeys(_SIMPLE_TAG.findall(text)):
        if tag.count('"') % 2:  # a > inside a value
            yield from _all_tags(text, relative)
            return
        yield from _one_tag(tag, relative)


@lru_cache(1 << 12)
def _one_tag(tag: str, relative: bool) -> tuple[Flaw, ...]:
    return tuple(_all_tags(tag, relative))


def _all_tags(text: str, relative: bool) -> Iterator[Flaw]:
    if "<" in text:
        skip_to = 0
        for match in _TAG.finditer(text):
            closing, name, attributes, end = match.groups()
            if name is None or match.start() < skip_to:
                if match[0].startswith("<!--") and not match[0].endswith("-->"):
                    yield Flaw("warning", "html-invalid", "a comment is not closed")
                continue
            if not end:
                yield Flaw("warning", "html-invalid", f"a tag is not closed: {match[0][:40]!r}")
                return
            lowered = name.lower()
            if not closing:
                yield from tag_flaws(lowered, attributes, relative)
                if lowered in ("script", "style", "svg", "math"):
                    close = text.find(f"</{name}", match.end())
                    skip_to = len(text) if close < 0 else close
            elif lowered not in NAMES:
                yield from _unknown(lowered)


def _references(text: str) -> Iterator[Flaw]:
    for match in _ANY_REFERENCE.finditer(text):
        name, decimal, hexadecimal = match.groups()
        number = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else 32
        if (
            number == 0
            or 0x80 <= number < 0xA0
            or 0xD800 <= number < 0xE000
            or (name and f"{name};" not in html5)
        ):
            yield Flaw("warning", "html-entity", f"HTML knows no character {match[0]!r}")
            return


def _unknown(name: str) -> Iterator[Flaw]:
    if "-" not in name:  # a hyphen makes a custom element, which HTML allows
        yield Flaw("warning", "html-invalid", f"HTML has no element {name[:40]!r}")


def tag_flaws(name: str, attributes: str, relative: bool) -> Iterator[Flaw]:
    """What is wrong with one opening tag of HTML, its name in small letters."""
    if name in DANGEROUS:
        yield Flaw(
            "warning", "html-dangerous-element", f"<{name}> does not belong in a feed; readers take it out"
        )
    elif name not in NAMES:
        yield from _unknown(name)
    if not attributes or "=" not in attributes:
        return
    for match in _ATTRIBUTE.finditer(attributes):
        yield from _attribute_flaws(match[1].lower(), match[2] or match[3] or match[4] or "", relative)


def _attribute_flaws(name: str, value: str, relative: bool) -> Iterator[Flaw]:
    if name in _ADDRESSES:
        yield from address_flaws(value, relative)
    elif name == "style":
        yield from style_flaws(value)
    elif _EVENT.fullmatch(name):
        words = f"the attribute {name[:40]!r} runs a script; readers take it out"
        yield Flaw("warning", "html-event-attribute", words)


def style_flaws(style: str) -> Iterator[Flaw]:
    """What is wrong with a style attribute."""
    if _STYLE_DANGER.search(style):
        yield Flaw("warning", "html-dangerous-style", f"this style could do harm: {style[:60]!r}")
    elif style.strip():
        yield Flaw(
            "advice", "html-style", "style attributes do not belong in a feed; most readers take them out"
        )


def address_flaws(address: str, relative: bool) -> Iterator[Flaw]:
    """What is wrong with an address in HTML."""
    if _SCRIPT.match(_UNSEEN.sub("", unescape(address) if "&" in address else address)):
        yield Flaw("warning", "html-script-address", f"this address runs a script: {address[:40]!r}")
    elif relative and not _SCHEMED.match(address):
        yield Flaw(
            "warning", "html-relative-address", f"readers cannot follow a relative address: {address[:60]!r}"
        )


def xhtml_flaws(name: str, attributes: dict[str, str]) -> Iterator[Flaw]:
    """What is wrong with an element of XHTML."""
    if name in DANGEROUS:
        yield Flaw(
            "warning", "html-dangerous-element", f"<{name}> does not belong in a feed; readers take it out"
        )
    elif name not in NAMES:
        yield Flaw("warning", "html-invalid", f"XHTML has no element {name[:40]!r}")
    for attribute, value in attributes.items():
        if attribute.startswith("on"):
            yield Flaw("warning", "html-event-attribute", f"the attribute {attribute[:40]!r} runs a script")
        elif attribute == "style":
            yield from style_flaws(value)
        elif attribute in ("href", "src", "action"):
            yield from address_flaws(value, False)
