"""Addresses: IRIs and their references (RFC 3986, 3987), tag and urn, and e-mail."""

from __future__ import annotations

import re

from feeds.rules.schemes import SCHEMES

# What no IRI holds: controls, space, delimiters RFC 3986 leaves out, half pairs, private use, non-characters.
_FORBIDDEN = re.compile('[\x00-\x20\x7f-\x9f<>"{}|\\\\^`\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff]')
# Most addresses are of these kinds, and one match tells.
_EVERYDAY = re.compile(
    r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?:/[\w.~!$&'()*+,;=:@/?-]*)?(?:#[\w.~-]*)?", re.ASCII
)
_TIDY = re.compile(
    r"https?://[a-z0-9.-]+(?:/[\w~-]+)+(?:\.\w+)?/?|"
    r"tag:[\w-]+(?:\.[\w-]+)*,\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?:[\w/-]*|"
    r"urn:(?:isbn:[a-z0-9-]+|uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
    re.ASCII,
)
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BRACKETED_HOST = re.compile(r"[^/?#]*//(?:[^/?#@\[\]]*@)?\[[^\[\]/?#]*\][^\[\]]*\Z")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_HTTP = re.compile(
    r"https?://(?:[^/?#@\[\]]*@)?(\[[0-9A-Fa-f:.]+\]|[^/?#@:\[\]]+)(?::(\d*))?(?:[/?#]|$)", re.I
)
_TAG = re.compile(
    r"tag:(?:[\w.+-]+@)?[\w-]+(?:\.[\w-]+)*,(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?:[^#]*(?:#.*)?"
)
_URN = re.compile(r"urn:(?!urn:)[a-z0-9][a-z0-9-]{0,31}:[^\s/?#][^\s]*", re.I)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_MAIL = re.compile(
    r"(?:[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*|\"[^\"\\\r\n]+\")"
    r"@(?:(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_](?:[\w-]*[^\W_])?|\[[0-9A-Fa-f.:]+\])"
)
_MAIL_AND_NAME = re.compile(r"(\S+)\s*\(.*\)")
_UPPER_HOST = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?[^/?#:]*[A-Z]")
_NEEDLESS = re.compile(r"%(?:4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9AaEe]|3[0-9]|2[DdEe]|5[Ff])")
_LOWER_HEX = re.compile(r"%(?:[a-f][0-9A-Fa-f]|[0-9A-F][a-f])")
_DOTS = re.compile(r"/\.\.?(?:/|$|[?#])")
_DEFAULT_PORT = re.compile(r"(?:http://[^/?#]*:80|https://[^/?#]*:443|[a-z]+://[^/?#]*:)(?:[/?#]|$)")
_NO_PATH = re.compile(r"https?://[^/?#]+(?:[?#]|$)")


everyday = _EVERYDAY.fullmatch
"""A quick yes for most addresses: a URI of http or https and no doubt about it."""
tidy = _TIDY.fullmatch
"""A quick yes for most ids: an IRI in normal form."""


def iri_reference(text: str) -> str | None:
    """Objects to what is no IRI, relative or not. An empty one is the document itself, and allowed."""
    if _EVERYDAY.fullmatch(text):
        return None
    bad = _FORBIDDEN.search(text)
    if bad:
        what = "white space" if bad[0].isspace() else f"the character {bad[0]!r}"
        return f"an address must not hold {what}; percent-encode it"
    if "%" in text and _PERCENT.search(text):
        return "a % must be followed by two hexadecimal digits; write %25 for a percent sign"
    if text.count("#") > 1:
        return "an address has at most one #"
    if ("[" in text or "]" in text) and not _BRACKETED_HOST.match(text):
        return "[ and ] may stand around the host alone; write %5B and %5D"
    return _by_scheme(text)


def _by_scheme(text: str) -> str | None:
    scheme = _SCHEME.match(text)
    if scheme is None:
        head = re.split(r"[/?#]", text, maxsplit=1)[0]
        return "a relative address must not have : before its first /" if ":" in head else None
    lowered = scheme[1].lower()
    rest = text[scheme.end() :]
    if lowered in ("http", "https"):
        return _http(text) if rest.startswith("//") or not rest else None
    if lowered == "tag" and not _TAG.fullmatch(text):
        return f"{text[:80]!r} is not a tag address such as tag:example.org,2024:1"
    if lowered == "mailto" and "@" not in rest and "?" not in rest:
        return f"{text[:80]!r} is not an e-mail address"
    return urn(text) if lowered == "urn" else None


def _http(text: str) -> str | None:
    match = _HTTP.match(text)
    if match is None:
        return f"{text[:80]!r} names no host"
    port = match[2]
    return f"port {port[:9]} does not exist" if port and (len(port) > 5 or int(port) > 65535) else None


def urn(text: str) -> str | None:
    """Objects to a urn that has no namespace and name, or a urn:uuid that is none."""
    if not _URN.fullmatch(text):
        return f"{text[:80]!r} is not a urn such as urn:isbn:0451450523"
    if text[4:9].lower() == "uuid:" and not _UUID.fullmatch(text[9:]):
        return f"{text[:80]!r} is not a urn:uuid of 32 hexadecimal digits in five groups"
    return None


def iri(text: str) -> str | None:
    """Objects to what is no IRI with a scheme."""
    if _EVERYDAY.fullmatch(text):
        return None
    scheme = _SCHEME.match(text)
    if scheme is None:
        return iri_reference(text) or f"{text[:80]!r} must be a full address, with its scheme"
    if len(text) == scheme.end():
        return f"{text[:80]!r} has a scheme and nothing else"
    if scheme[1].lower() in ("http", "https") and not text.startswith("//", scheme.end()):
        return f"{text[:80]!r} names no host; write http://host/"
    return iri_reference(text)


def registered(text: str) -> str | None:
    """Objects to a scheme that IANA does not list."""
    if text.startswith(("http", "tag:", "urn:")):
        return None
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in SCHEMES:
        return f"the scheme {scheme[1]!r} is not registered with IANA"
    return None


def ascii_only(text: str) -> str | None:
    """Objects to characters beyond ASCII, which an IRI has and a URI has not."""
    return None if text.isascii() else "percent-encode the characters beyond ASCII: a URI has none"


def web(text: str) -> str | None:
    """Objects to what is no full http or https address."""
    if _EVERYDAY.fullmatch(text):
        return None
    problem = iri(text)
    if problem is None and not text[:8].lower().startswith(("http://", "https://")):
        return f"{text[:80]!r} must start with http:// or https://"
    return problem


def canonical(text: str) -> str | None:
    """Objects to an id not in the normal form RFC 4287 section 4.2.6.1 asks for."""
    if _TIDY.fullmatch(text):
        return None
    return _unlike(text)


def _unlike(text: str) -> str | None:
    scheme = text.partition(":")[0]
    if scheme != scheme.lower() or _UPPER_HOST.match(text):
        return "write scheme and host in small letters: ids are compared character by character"
    if _LOWER_HEX.search(text) or _NEEDLESS.search(text):
        return (
            "percent-encode only what must be, with capital letters: ids are compared character by character"
        )
    if "://" in text and _DOTS.search(text):
        return "take out the . and .. from the path: ids are compared character by character"
    if _DEFAULT_PORT.match(text) or text.endswith(("?", "#")):
        return "take out the default port and an empty query or fragment: ids are compared by character"
    if _NO_PATH.match(text):
        return "write the / after the host: ids are compared character by character"
    return None


def mail(text: str) -> str | None:
    """Objects to what is no e-mail address."""
    return None if _MAIL.fullmatch(text) else f"{text[:80]!r} is not an e-mail address"


def mail_with_name(text: str) -> str | None:
    """Objects to what is neither an e-mail address nor one followed by a (Name), as RSS has it."""
    match = _MAIL_AND_NAME.fullmatch(text)
    if mail(match[1] if match else text) is None:
        return None
    return f"{text[:80]!r} is not of the form mail@example.org (Name); a name alone goes into dc:creator"


def named(text: str) -> str | None:
    """Objects to an e-mail address without a (Name)."""
    return None if text.endswith(")") else "write the name too: mail@example.org (Name)"
