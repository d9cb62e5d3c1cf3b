"""The lead story's text: its first paragraphs, cut between two of them.

Mail programs know little of what the web knows, so only text remains: paragraphs, lists,
quotations and headings. Pictures, tables, players and footnotes wait in the full article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Literal, NamedTuple

from markupsafe import Markup

from feeds import markup

LENGTH = 1200
"""About how many characters of text an excerpt has."""

_BLOCKS = {"p": "p", "ul": "ul", "ol": "ol", "blockquote": "blockquote"} | {
    f"h{n}": "h3" for n in range(1, 7)
}
_THROUGH = frozenset(["div", "article", "main", "header", "center"])
_WITHIN = frozenset(
    "p ul ol li blockquote a b strong i em u s del ins sub sup code kbd q cite abbr small mark".split()
)
_ALONE = frozenset("br hr img wbr source track col input".split())
_FOOTNOTE = re.compile(r"<sup[^>]*>\s*<a [^>]*#fn[^>]*>.*?</a>\s*</sup>", re.DOTALL)


class Piece(NamedTuple):
    """A tag or some text of a block."""

    kind: Literal["start", "end", "text"]
    value: str
    """The element's name, or the text itself."""
    address: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph, list, quotation or heading."""

    pieces: tuple[Piece, ...]

    @property
    def is_heading(self) -> bool:
        """Whether it announces what comes next."""
        return self.pieces[0].value == "h3"

    @property
    def text(self) -> str:
        """Its words alone; a list has a line for each entry."""
        return markup.text(str(self.html({})))

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses in it, in their order."""
        return tuple(piece.address for piece in self.pieces if piece.address)

    def html(self, styles: Mapping[str, str]) -> Markup:
        """Well-formed HTML, each element with its own style: mails forget style sheets."""
        return Markup("").join(_written(piece, styles) for piece in self.pieces)


def excerpt(html: str, length: int = LENGTH) -> tuple[Block, ...]:
    """The first blocks of safe HTML, about `length` characters of text; none if it has no text."""
    chosen: list[Block] = []
    size = 0
    for block in _blocks(html):
        size += len(block.text)
        if size > length * 1.15:
            break
        chosen.append(block)
    else:
        return tuple(chosen)
    while chosen and chosen[-1].is_heading:
        chosen.pop()
    return tuple(chosen) or paragraph(markup.opening(markup.text(_FOOTNOTE.sub("", html)), length))


def paragraph(text: str) -> tuple[Block, ...]:
    """Plain text as the one block of an excerpt."""
    return (Block((Piece("start", "p"), Piece("text", text), Piece("end", "p"))),)


def _blocks(html: str) -> Iterator[Block]:
    reader = _Reader()
    reader.feed(_FOOTNOTE.sub("", html))
    reader.close()
    return (block for block in reader.blocks if block.text)


def _written(piece: Piece, styles: Mapping[str, str]) -> Markup:
    if piece.kind == "text":
        return Markup(escape(piece.value))  # noqa: S704 - just escaped
    if piece.kind == "end":
        return Markup(f"</{piece.value}>")  # noqa: S704 - a name from _WITHIN
    if piece.value == "br":
        return Markup("<br>")
    address = Markup(' href="{}"').format(piece.address) if piece.address else Markup("")
    style = Markup(' style="{}"').format(styles[piece.value]) if piece.value in styles else Markup("")
    return Markup("<{}{}{}>").format(piece.value, address, style)


class _Reader(HTMLParser):
    """Gathers the top blocks of HTML that has been sanitised, and leaves out what mails cannot show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._pieces: list[Piece] = []
        self._open: list[str] = []
        """The elements that are open in the block, as they are written; "" for one that is not."""
        self._left_out = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._left_out or tag in _ALONE:
            self._left_out += bool(self._left_out) and tag not in _ALONE
            if tag == "br" and self._open and not self._left_out:
                self._pieces.append(Piece("start", "br"))
        elif self._open:
            self._inside(tag, dict(attrs).get("href") or "")
        elif tag in _BLOCKS:
            self._begin(_BLOCKS[tag])
        elif tag not in _THROUGH:
            self._left_out = 1

    def handle_endtag(self, tag: str) -> None:
        if self._left_out:
            self._left_out -= tag not in _ALONE
        elif self._open:
            name = self._open.pop()
            if name:
                self._pieces.append(Piece("end", name))
            if not self._open:
                self._finish()

    def handle_data(self, data: str) -> None:
        if self._left_out:
            return
        if self._open:
            self._pieces.append(Piece("text", data))
        elif data.strip():
            self.blocks += paragraph(data.strip())

    def _begin(self, name: str, address: str = "") -> None:
        self._open.append(name)
        self._pieces.append(Piece("start", name, address))

    def _inside(self, tag: str, address: str) -> None:
        if tag in _WITHIN and (tag != "a" or address):
            self._begin(tag, address)
        elif tag in _BLOCKS:
            self._begin("p")
        elif tag in _THROUGH or tag in ("a", "span", "li"):
            self._open.append("")
        else:
            self._left_out = 1

    def _finish(self) -> None:
        self.blocks.append(Block(tuple(_joined(self._pieces))))
        self._pieces = []


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces without the white space that a browser would not show either."""
    for piece in pieces:
        if piece.kind != "text":
            yield piece
        elif text := re.sub(r"[ \t\n\r\f]+", " ", piece.value):
            yield Piece("text", text)
