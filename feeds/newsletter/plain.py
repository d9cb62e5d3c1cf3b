"""Lines of plain text: 72 columns, addresses whole, wide characters counted as two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

COLUMNS = 72

# Where a line of Chinese or Japanese must not begin (JIS X 4051): closing signs and small kana.
_NEVER_FIRST = frozenset("、。，．・：；？！」』）】〉》〕］｝ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々…‥")


def wrapped(text: str, columns: int = COLUMNS) -> str:
    """The text in lines; line breaks in it stay, and no address or word is ever broken."""
    return "\n".join(line for given in text.split("\n") for line in _lines(given, columns))


def width(text: str) -> int:
    """How many columns a text takes: marks none, wide characters two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def _lines(given: str, columns: int) -> Iterator[str]:
    hang = " " * _hang(given)
    line = given[: len(given) - len(given.lstrip(" "))]
    filled = width(line)
    begun = False
    for gap, part in _parts(given.strip(" ")):
        size = width(part)
        if begun and filled + len(gap) + size > columns:
            yield line
            line, filled, gap = hang, len(hang), ""  # noqa: PLW2901 - a new line begins without a gap
        line, filled, begun = line + gap + part, filled + len(gap) + size, True
    yield line


def _hang(given: str) -> int:
    """How far the further lines of an entry are moved in: below its first word."""
    found = re.match(r" *(?:- |\d+\. )", given)
    return found.end() if found else len(given) - len(given.lstrip(" "))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """What stays together, with the gap before it: words, and single wide characters."""
    # Only the plain space is a gap: the no-break space means that there is none.
    for number, word in enumerate(text.split(" ")):
        gap = " " if number else ""
        for part in _pieces(word):
            yield gap, part
            gap = ""


def _pieces(word: str) -> Iterator[str]:
    if "://" in word:
        yield word
        return
    piece = ""
    for char in word:
        if piece and _may_break(piece[-1], char):
            yield piece
            piece = ""
        piece += char
    yield piece


def _may_break(before: str, after: str) -> bool:
    return after not in _NEVER_FIRST and _is_ideograph(before) and _is_ideograph(after)


def _is_ideograph(char: str) -> bool:
    """Whether a line may end beside it: Han, kana and their punctuation; never within an emoji."""
    return "\u3001" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\uff01" <= char <= "\uff60"
