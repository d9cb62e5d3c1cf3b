"""Transfer encodings of a text with gaps: what is fixed is encoded once, what fills the gaps each time.

A piece never shares an encoded line with a gap, so that the length of one moves no byte of the other.
What comes out is its own relaxed canonical form (RFC 6376 section 3.4.4: no two blanks in a row, none
at a line's end), and no line begins with a dot: it is hashed and sent as it stands.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

# Anything but blanks and printable ASCII.
_CODED = re.compile(rb"[^ -<>-~]")
# A slice of a coded line: at most 73 bytes, and never half of an escape. With the escape of a first
# dot and the = that breaks the line it stays within 76 (RFC 2045 section 6.7).
_SLICE = re.compile(rb".{1,73}(?<!=)(?<!=.)")
_VISIBLE = re.compile(rb"[!-~]*")
_ESCAPES = {bytes([code]): b"=%02X" % code for code in range(256)}
_SOFT = b"=\r\n"


@dataclass(frozen=True)
class Encoded:
    """A text with gaps in one transfer encoding."""

    name: str
    """As Content-Transfer-Encoding calls it (RFC 2045 section 6)."""
    fill: Callable[[Sequence[bytes]], list[bytes]]
    """The encoded text, from one value for each gap. Its first item is `first`."""
    first: bytes
    """What comes before the first gap."""
    size: int
    """Bytes of what is fixed."""


def encoded(pieces: Sequence[str]) -> Encoded:
    """The pieces around the gaps of a text, in whichever encoding is shorter."""
    raw = [canonical(piece) for piece in pieces]
    return min(quoted_printable(raw), base64(raw), key=lambda way: way.size)


def canonical(text: str) -> bytes:
    """Text in UTF-8 whose every line end is CRLF; a bare CR is a line end too (RFC 5321 section 2.3.8)."""
    return re.sub(r"\r\n?|\n", "\r\n", text).encode()


def quoted_printable(pieces: Sequence[bytes]) -> Encoded:
    """Quoted-printable (RFC 2045 section 6.7): gaps are set off by soft line breaks where need be."""
    last = len(pieces) - 1
    fixed = [
        quoted(piece) + (_SOFT if number < last and piece and not piece.endswith(b"\r\n") else b"")
        for number, piece in enumerate(pieces)
    ]
    after = [b"" if piece.startswith(b"\r\n") else _SOFT for piece in pieces[1:]]

    def fill(values: Sequence[bytes]) -> list[bytes]:
        made = [fixed[0]]
        for value, end, piece in zip(values, after, fixed[1:], strict=True):
            made += (quoted(value), end, piece)
        return made

    return Encoded("quoted-printable", fill, fixed[0], sum(map(len, fixed)))


def quoted(data: bytes) -> bytes:
    """Some bytes in quoted-printable, a line for a line."""
    if _VISIBLE.fullmatch(data):  # an address, most often
        return _broken(data.replace(b"=", b"=3D"))
    return b"\r\n".join(_broken(_coded(line)) for line in data.split(b"\r\n"))


def _coded(line: bytes) -> bytes:
    coded = _CODED.sub(lambda found: _ESCAPES[found[0]], line).replace(b"  ", b" =20")
    return coded[:-1] + b"=20" if coded.endswith(b" ") else coded


def _broken(coded: bytes) -> bytes:
    parts = _SLICE.findall(coded) if len(coded) > 73 else (coded,)
    return _SOFT.join(map(_undotted, parts))


def _undotted(part: bytes) -> bytes:
    # A dot would have to be doubled for SMTP, and old mailboxes put > before From.
    if part[:1] == b".":
        return b"=2E" + part[1:]
    return b"=46" + part[1:] if part.startswith(b"From ") else part


def base64(pieces: Sequence[bytes]) -> Encoded:
    """Base64 (RFC 2045 section 6.8). Three bytes make four letters, so each piece is kept in three
    forms: a gap that ends within three bytes borrows what is missing from the piece after it.
    """
    first, *others = ([_shifted(piece, borrowed) for borrowed in range(3)] for piece in pieces)

    def fill(values: Sequence[bytes]) -> list[bytes]:
        _, middle, carried = first[0]
        made = [middle]
        for value, forms in zip(values, others, strict=True):
            open_end = carried + value
            head, middle, tail = forms[-len(open_end) % 3]
            whole = open_end + head
            cut = len(whole) - len(whole) % 3  # all of it, unless the piece was too short to lend
            made += (_lines(whole[:cut]), middle)
            carried = whole[cut:] + tail
        made.append(_lines(carried))
        return made

    return Encoded("base64", fill, first[0][1], sum(len(forms[0][1]) for forms in [first, *others]))


def _shifted(piece: bytes, borrowed: int) -> tuple[bytes, bytes, bytes]:
    """A piece without its first bytes: those, the encoded lines of what is whole, and what is left."""
    end = max(borrowed, len(piece) - (len(piece) - borrowed) % 3)
    return piece[:borrowed], _lines(piece[borrowed:end]), piece[end:]


def _lines(data: bytes) -> bytes:
    return b"".join(_each_line(data))


def _each_line(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), 57):
        yield b2a_base64(data[start : start + 57], newline=False) + b"\r\n"
