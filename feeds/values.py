"""The kinds of value that people write: lines, prose, addresses, moments, languages, slugs.

Each is a type for pydantic whose error message says, in an editor's words, what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from functools import lru_cache
from html.entities import html5
from typing import Annotated
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

# What XML 1.0 (section 2.2) cannot hold, and what no text needs: control characters, the two
# non-characters at the end of each plane, and halves of a surrogate pair.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Whatever is not a character of XML 1.0 (section 2.2)."""
_LINE_BREAKS = re.compile("[\n\r\t\u2028\u2029]")
# They turn the direction of all that follows, so that a name can pose as another.
_DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# RFC 2047: in a title this becomes a mail header of the writer's choice.
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?")
# Readers disagree about what HTML in a title means, and validators warn of it: `x < y` is none.
_MARKUP = re.compile(
    r"</([A-Za-z][A-Za-z0-9]*)\s*>|<(?:br|hr|img)(?:\s[^<>]*)?/?>|&(#\w+|[A-Za-z]\w*);", re.I
)


# Deleted from a text's bytes in one pass, which is many times as fast as a search.
_ASCII_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\r"))


def is_plainly_printable(value: str) -> bool:
    """Whether a glance is enough: no odd character can be in it. Nearly every text is such a one."""
    if value.isprintable():
        return True
    return value.isascii() and len(value.encode().translate(None, _ASCII_CONTROLS)) == len(value)


def prose(value: str) -> str:
    """Text of several lines with nothing in it that a feed or a mail cannot carry."""
    if not is_plainly_printable(value) and (found := _UNPRINTABLE.search(value)):
        raise PydanticCustomError(
            "unprintable",
            "has the character U+{code}, which cannot be shown; delete it",
            {"code": f"{ord(found[0]):04X}", "line": value.count("\n", 0, found.start())},
        )
    return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value


def line(value: str) -> str:
    """Text of one line that can stand in a title, a header or an attribute."""
    if value.isprintable() and value.strip() and "=?" not in value:
        return value  # no break, no control, no direction: these are not printable
    if not value.strip():
        raise ValueError("is empty; write something or leave the field out")
    if _LINE_BREAKS.search(value):
        raise ValueError("has a line break or tab in it; write it on one line")
    if found := _DIRECTION_CONTROLS.search(value):
        raise ValueError(f"has the direction control U+{ord(found[0]):04X}; delete it")
    if _ENCODED_WORD.search(value):
        raise ValueError("has =?…? in it, which mail programs take for a coded header; delete it")
    return prose(value)


def markup_in(value: str) -> str | None:
    """The first tag or character reference in a text, if there is one."""
    if "<" not in value and "&" not in value:
        return None
    for found in _MARKUP.finditer(value):
        if not found[2] or found[2].startswith("#") or f"{found[2]};" in html5:
            return found[0]
    return None


def headline(value: str) -> str:
    """A line without HTML."""
    return plain(line(value))


def plain(value: str) -> str:
    """Text of several lines without HTML."""
    if found := markup_in(value):
        raise ValueError(f"has the markup {found} in it; write plain text")
    return prose(value)


@lru_cache(maxsize=4096)  # the same ones stand in many feeds
def address(value: str) -> str:
    """An absolute http or https address, its odd characters percent-encoded (RFC 3986)."""
    parts = _split(prose(value.strip()))
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError(f"“{value}” is no web address; write it whole, from https:// on")
    if "@" in parts.netloc:
        raise ValueError("carries a user name or password; leave it out of the address")
    host = _ascii_host(parts.hostname)
    netloc = f"{host}:{parts.port}" if parts.port else host
    return urlunsplit(
        (
            parts.scheme.lower(),
            netloc,
            _quoted(parts.path) or "/",
            _quoted(parts.query),
            _quoted(parts.fragment),
        )
    )


_PLAIN_PATH = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_~./-]*")


def below(base: str, path: str) -> str:
    """The address of a path below an address that ends with a slash, percent-encoded (RFC 3986)."""
    plain = _PLAIN_PATH.fullmatch(path) and not any(odd in path for odd in ("./", "//")) and path[-1] != "."
    if plain and base.endswith("/") and not any(odd in base for odd in "?#"):
        return base + path  # as nearly every one is
    return urljoin(base, quote(path, safe="/~-._"))


def look(path: str) -> str:
    """What two paths or addresses share that some system takes for one: case and Unicode aside."""
    if path.isascii() and "%" not in path:
        return path.lower()
    plain = unicodedata.normalize("NFKC", unquote(path))
    return unicodedata.normalize("NFKC", plain.casefold())


def reference(value: str) -> str:
    """An absolute address, or a path to a file that is relative to the article's own."""
    value = prose(value.strip())
    if not value:
        raise ValueError("is empty; name a file or an address")
    if _split(value).scheme:
        return address(value)
    if "\\" in value:
        raise ValueError("has a backslash; write paths with /")
    return value


def moment(value: object, info: ValidationInfo) -> datetime:
    """A date or time; one without a zone is local to the publication. Seconds are kept, no less."""
    found = _read_moment(value)
    if not 1900 <= found.year <= 9998:
        raise ValueError(f"the year {found.year} cannot be right")
    if found.tzinfo is None:
        zone = (info.context or {}).get("zone")
        found = found.replace(tzinfo=zone or ZoneInfo("UTC"))
    return found.replace(microsecond=0)


def language(value: str) -> str:
    """A well-formed language tag (RFC 5646 section 2.2.9), in its usual case: en, fr-LU, zh-Hant."""
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", value):
        raise ValueError(f"“{value}” is no language tag; write en, fr, de-LU …")
    first, *rest = value.split("-")
    return "-".join([first.lower(), *map(_subtag, rest)])


def slug(value: str) -> str:
    """One safe part of an address and of a file's name on every system."""
    value = prose(value)
    if not value or not re.fullmatch(r"[\w.~-]+", value):
        raise ValueError("may hold letters, digits, - and _ only, and must not be empty")
    if value.startswith((".", "-")) or value.endswith("."):
        raise ValueError("must not begin with a dot or dash, or end with a dot")
    if value.split(".")[0].casefold() in _RESERVED or value.casefold() in _OUR_FILES:
        raise ValueError(f"“{value}” means something else to computers; choose another")
    return unicodedata.normalize("NFC", value)


def media_type(value: str) -> str:
    """A media type without parameters (RFC 6838)."""
    if not re.fullmatch(r"[a-z]+/[a-z0-9][a-z0-9.+-]*", value.lower()):
        raise ValueError(f"“{value}” is no media type; write audio/mpeg, application/pdf …")
    return value.lower()


def email(value: str) -> str:
    """An e-mail address that can be written to, its domain lower-cased."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(line(value), check_deliverability=False).normalized
    except EmailNotValidError as refusal:
        raise ValueError(f"“{value}” is no e-mail address: {refusal}") from None


def identifier(value: str) -> str:
    """An IRI with a scheme (RFC 3987), kept to the letter: readers compare it so."""
    value = line(value.strip())
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", value):
        raise ValueError("is no IRI; write tag:example.org,2026:name, or leave it out")
    return value


def tag(value: str) -> str:
    """A tag: one line without the comma that would make it two."""
    if "," in line(value):
        raise ValueError("has a comma; write tags as a list, one each")
    return value


_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_OUR_FILES = {"index", "index.html", "feed.xml", "atom.xml", "rss.xml", "feed.json"}


def _split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - asking is what checks it
    except ValueError:
        raise ValueError(f"“{value}” is no web address") from None
    return parts


def _ascii_host(host: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9._-]+", host):
        return host
    if re.fullmatch(r"[0-9A-Fa-f:.]+", host):
        return f"[{host}]"
    import idna  # most hosts never need it

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError(f"“{host}” is no host name") from None


def _quoted(part: str) -> str:
    return quote(part, safe="/%:@!$&'()*+,;=?~-._")


def _read_moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d([T ]\d|$)", value.strip()):
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError as refusal:
            odd = "its zone is off" if "timedelta" in str(refusal) else refusal
            raise ValueError(f"“{value:.60}” is no date: {odd}") from None
    raise ValueError(f"“{value!s:.60}” is no date; write 2026-11-19 or 2026-11-19T09:30")


def _subtag(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()


_MOMENT_SCHEMA = WithJsonSchema({"type": "string", "examples": ["2026-11-19", "2026-11-19T09:30"]})

Prose = Annotated[str, AfterValidator(prose)]
Headline = Annotated[str, AfterValidator(headline)]
Plain = Annotated[str, AfterValidator(plain)]
Line = Annotated[str, AfterValidator(line)]
Address = Annotated[str, AfterValidator(address)]
Reference = Annotated[str, AfterValidator(reference)]
Email = Annotated[str, AfterValidator(email)]
Language = Annotated[str, AfterValidator(language)]
MediaType = Annotated[str, AfterValidator(media_type)]
Identifier = Annotated[str, AfterValidator(identifier)]
Slug = Annotated[str, AfterValidator(slug)]
Tag = Annotated[str, AfterValidator(tag)]
Moment = Annotated[datetime, BeforeValidator(moment), _MOMENT_SCHEMA]
Pixels = Annotated[StrictInt, Field(ge=1, le=100_000)]
Bytes = Annotated[StrictInt, Field(ge=0)]
Seconds = Annotated[StrictInt, Field(ge=0)]
