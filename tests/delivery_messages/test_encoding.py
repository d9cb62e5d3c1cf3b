"""Transfer encodings with gaps: what is decoded is what was meant, wherever the gaps are."""

from __future__ import annotations

import quopri
import re
from base64 import b64decode
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.delivery.encoding import base64, canonical, encoded, quoted, quoted_printable

PROSE = st.text(
    alphabet=st.one_of(st.sampled_from(" \t\n\r.=-From<é語👩🏽‍🚀\u2028"), st.characters(codec="utf-8"))
)
GAPS = st.lists(st.tuples(PROSE, PROSE), max_size=5)


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376 section 3.4.4, without the rule on empty lines at the end."""
    return b"\r\n".join(re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n"))


@settings(max_examples=150, deadline=None)
@given(PROSE, GAPS)
def test_decoding_gives_the_text_and_its_values(first: str, rest: list[tuple[str, str]]) -> None:
    pieces = [canonical(piece) for piece in [first, *(piece for _, piece in rest)]]
    values = [canonical(value) for value, _ in rest]
    whole = b"".join(part for pair in zip_longest(pieces, values, fillvalue=b"") for part in pair)
    for way in (quoted_printable(pieces), base64(pieces)):
        made = way.fill(values)
        body = b"".join(made)
        decode = quopri.decodestring if way.name == "quoted-printable" else b64decode
        assert decode(body) == whole
        assert made[0] == way.first
        lines = body.split(b"\r\n")
        assert max(map(len, lines)) <= 76
        assert not any(line.startswith((b".", b"From ")) for line in lines)
        assert relaxed_body(body) == body
        assert not re.search(rb"[^\r\n -~]", body)


@pytest.mark.parametrize("length", range(8))
@pytest.mark.parametrize("second", ["", "a", "ab", "abc", "é", "x" * 57, "x" * 58])
def test_base64_lends_and_borrows_for_every_length(length: int, second: str) -> None:
    pieces, value = [b"first", second.encode(), b"", b"last"], b"v" * length
    body = b"".join(base64(pieces).fill([value, b"w", value]))
    assert b64decode(body) == b"first" + value + second.encode() + b"w" + value + b"last"


def test_the_shorter_encoding_is_taken() -> None:
    assert encoded(["An English text, with an é.\n" * 20]).name == "quoted-printable"
    assert encoded(["「月の資源」について、話します。\n" * 20]).name == "base64"


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "a\nb"])
def test_E11_every_line_end_becomes_crlf(text: str) -> None:
    assert canonical(text) == b"a\r\nb"
    assert quoted(canonical("\r.\r")) == b"\r\n=2E\r\n"
