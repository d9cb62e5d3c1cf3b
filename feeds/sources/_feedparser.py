"""feedparser, fenced in: what it is given has been decoded, and brings no entities and no floods.

It is given a stream: a text, and bytes too, it would first try as the name of a file. It guesses
encodings and expands entities, so both are settled before. Its sanitiser is not asked; see
`feeds.markup`.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from feeds.errors import ContentError, Fault, Place

Given = Mapping[str, Any]
"""An object as feedparser or JSON has it: whoever wrote the feed filled it in."""
_ELEMENTS = 400_000
_GUESSABLE, _GUESSED = 1_000_000, 50_000
"""Characters and tags at most of a feed that is no well-formed XML, for guessing is slow."""
_TAGS = 300
"""So many categories may an entry have: the time that feedparser takes grows with their square."""

# A byte order mark, or else the encoding that an XML declaration names (XML 1.0 appendix F).
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# Python knows codecs that are no character sets, and some of those never end.
_CHARACTER_SETS = re.compile(r"ascii|cp932|johab|(iso8859|cp125|koi8|gb|big5|euc|shift|mac)[\w-]*")
_PROLOG = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[<>]*>", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)\b")
_CATEGORY = re.compile(r"<(?:\w+:)?(?:category|subject|keywords)\b", re.IGNORECASE)
_DESCRIPTION = re.compile(r"(</?media:)description\b")


def parse(text: str, address: str) -> Given:
    """What feedparser finds in an XML feed. Raises `ContentError` for what is none, or does harm."""
    text = _without_prolog(text, address)
    _refuse_flood(text, address)
    # What Media RSS says of a picture is not the entry's summary, for which feedparser takes that name.
    text = _DESCRIPTION.sub(r"\1described", text)
    import feedparser

    # Without an address of its own it leaves relative ids as they are, and links to us.
    found: Given = feedparser.parse(
        io.BytesIO(text.encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not found.get("version") and not found["entries"]:
        page = "; it is a web page" if re.search(r"<(html|body)\b", text[:5000], re.IGNORECASE) else ""
        raise error(address, f"is no feed{page}")
    return found


def decoded(content: bytes) -> str:
    """The text in the encoding that it declares; what lies is Windows-1252, as browsers have it."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    if not encoding:
        declared = _DECLARED.match(content)
        encoding = _character_set(declared[1].decode()) if declared else "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode("utf-8" if _nearly(content) else "cp1252", "replace")


def _character_set(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    # Also for UTF-16: where its declaration can be read byte by byte, it is none.
    return found if _CHARACTER_SETS.fullmatch(found) else "utf-8"


def _nearly(content: bytes) -> bool:
    """Whether it is UTF-8 but for a few bytes: a text cut off, or one post pasted from elsewhere."""
    wrong = content.decode("utf-8", "replace").count("\ufffd")
    return wrong * 20 < sum(byte > 127 for byte in content)


def error(address: str, problem: str) -> ContentError:
    """What is wrong with a whole feed, in one line."""
    return ContentError(Fault(Place(address or "feed"), problem))


def _without_prolog(text: str, address: str) -> str:
    """The XML from its root element on. Raises `ContentError` where it brings entities of its own.

    Without one, billion laughs and external entities have nowhere to be (XML 1.0 section 4.2).
    """
    start = _PROLOG.match(text)
    rest = text[start.end() :] if start else text
    if rest[:9].upper() == "<!DOCTYPE":
        known = _DOCTYPE.match(rest)
        if not known:
            raise error(address, "declares entities of its own, which no feed needs and which can do harm")
        return _without_prolog(rest[known.end() :], address)
    return rest


def _refuse_flood(text: str, address: str) -> None:
    """Refuse what would keep feedparser busy for minutes."""
    tags = text.count("<")
    if tags > _ELEMENTS:
        raise error(address, f"has more than {_ELEMENTS:,} tags in it")
    if any(len(_CATEGORY.findall(entry)) > _TAGS for entry in _ENTRY.split(text)):
        raise error(address, f"has an entry with more than {_TAGS} categories")
    if len(text) > _GUESSABLE or tags > _GUESSED:
        try:
            expat.ParserCreate().Parse(text.encode(), True)
        except expat.ExpatError as refusal:
            problem = f"is no well-formed XML ({expat.ErrorString(refusal.code)}), and too large to guess at"
            raise error(address, problem) from None
