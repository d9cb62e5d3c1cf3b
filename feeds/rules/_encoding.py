"""Which characters a document's bytes stand for, and what its declaration gets wrong about them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

# What the parser decodes by itself, and fast; the names are those it knows.
NATIVE = {"utf-8": "utf-8", "us-ascii": "us-ascii", "iso-8859-1": "iso-8859-1", "utf-16": "utf-16"}
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARATION = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*", re.ASCII)
_COMMON = re.compile(
    r"utf-8|utf-16(le|be)?|us-ascii|ascii|iso-?8859-\d+|windows-\d+|cp125\d|koi8-[ru]|shift[_-]jis|big5(-hkscs)?|"
    r"gb2312|gbk|gb18030|euc-(jp|kr|tw|cn)|iso-2022-(jp|kr|cn)|macintosh|tis-620|windows-31j|iso646-us|latin1",
    re.I,
)
_UNREGISTERED = frozenset(
    ("utf8", "utf16", "utf_8", "utf_16", "latin-1", "latin_1", "unicode", "ansi", "cp1252")
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding to read with, and a fault of the declaration: severity, rule and words.

    `native` names it for the parser. Where it is None, `codec` decodes first.
    """

    codec: str
    native: str | None
    severity: str = ""
    rule: str = ""
    problem: str = ""


def _declared(head: bytes) -> str:
    if head[:4] == b"\x4c\x6f\xa7\x94":  # <?xm in EBCDIC
        head = head.decode("cp037").encode("ascii", "replace")
    match = _DECLARATION.match(head.lstrip(b"\xef\xbb\xbf"))
    return match[1].decode("ascii", "replace") if match else ""


def _codec(name: str) -> str | None:
    if not _NAME.fullmatch(name):
        return None
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True):  # rot13, zip and others are codecs too, and not of text
        return None
    return info.name


def _by_mark(mark: str, declared: str) -> Encoding:
    native = NATIVE.get(mark)
    if declared and not declared.lower().replace("_", "-").startswith(mark):
        problem = f"the declaration says {declared!r}, the byte order mark {mark}"
        return Encoding(mark, native, "error", "encoding-conflict", problem)
    return Encoding(mark, native)


def detect(head: bytes) -> Encoding:
    """The encoding of a document by its first bytes: mark, then declaration, then UTF-8."""
    mark = next((name for bytes_, name in _BOMS if head.startswith(bytes_)), "")
    declared = _declared(head)
    if mark:
        return _by_mark(mark, declared)
    if head[:2] in (b"<\0", b"\0<"):
        return Encoding("utf-16-le" if head[:1] == b"<" else "utf-16-be", None)
    return _by_name(declared) if declared else Encoding("utf-8", "utf-8")


def _by_name(declared: str) -> Encoding:
    lowered = declared.lower()
    codec = _codec(declared)
    if codec is None:
        problem = f"the encoding {declared[:40]!r} does not exist; write UTF-8"
        return Encoding("utf-8", "utf-8", "error", "encoding-unknown", problem)
    if codec.startswith(("utf-16", "utf-32")):
        problem = f"the declaration says {declared!r}, but these bytes are not"
        return Encoding("utf-8", "utf-8", "error", "encoding-conflict", problem)
    native = NATIVE.get(lowered) or ("utf-8" if codec == "utf-8" else None)
    if lowered in _UNREGISTERED:
        problem = f"{declared!r} is not a registered name of an encoding; write UTF-8"
        return Encoding(codec, native, "warning", "encoding-name", problem)
    if not _COMMON.fullmatch(declared):
        problem = f"few readers know the encoding {declared!r}; write UTF-8"
        return Encoding(codec, native, "warning", "encoding-obscure", problem)
    return Encoding(codec, native)


def recode(chunks: Iterator[bytes], codec: str) -> Iterator[bytes]:
    """The same text as UTF-8; raises UnicodeDecodeError."""
    decoder = codecs.getincrementaldecoder(codec)()
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", True).encode("utf-8", "surrogatepass")
