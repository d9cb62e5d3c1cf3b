"""The text of a WordPress post as HTML: paragraphs as its themes make them, no shortcode left raw.

What WordPress does when it shows a post (wpautop, do_shortcode, embeds) is not in the export. A mark
such as [name key="value"] or [name]…[/name] is a shortcode; a lone [word] is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape

from feeds.importing.base import Notes
from feeds.importing.html import without_comments

Pictures = Mapping[str, tuple[str, str]]
"""An attachment's number, and its address and description."""
_MARK = re.compile(r"(\[\[?/?[A-Za-z][\w-]{0,60}(?:[ \t\n/][^\[\]]{0,2000})?\]\]?)")
_PARTS = re.compile(r"\[(\[?)(/?)([A-Za-z][\w-]*)(.*?)/?\](\]?)", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'\]]+))")
_VERBATIM = re.compile(r"(<pre\b[^<>]{0,500}>|</pre>)", re.I)
_BLOCK = (
    "address|article|aside|blockquote|dd|details|div|dl|dt|figcaption|figure|footer|form|h[1-6]|header|hr"
)
_BLOCK += "|iframe|li|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
_HOLDING = "blockquote|div|section|article|aside"
_OPENS = re.compile(rf"(<(?:{_BLOCK})(?=[\s/>])|</(?:{_HOLDING})>)", re.I)
_IS_BLOCK = re.compile(rf"</?(?:{_BLOCK})(?=[\s/>])", re.I)
_CLOSES = re.compile(rf"(</(?:{_BLOCK})>|<hr[^<>]*>)", re.I)
_HOLDS_PARAGRAPHS = re.compile(rf"(<(?:{_HOLDING})\b[^<>]*>)", re.I)
_ADDRESS_ALONE = re.compile(r"^[ \t]*(https?://[^\s<>\"'\[\]]+)[ \t]*$", re.MULTILINE)
_DEEPEST = 50


def html(content: str, pictures: Pictures, notes: Notes) -> str:
    """The HTML of `content:encoded`, neither safe nor sanitised yet."""
    has_blocks = "<!-- wp:" in content
    text = _with_shortcodes(without_comments(content), pictures, notes)
    return "".join(
        part if verbatim else _ADDRESS_ALONE.sub(_link, part)
        for part, verbatim in _regions(text if has_blocks else paragraphs(text))
    )


def paragraphs(text: str) -> str:
    """Empty lines make paragraphs, single line ends make breaks; HTML blocks stay what they are."""
    out: list[str] = []
    for part, verbatim in _regions(text.replace("\r\n", "\n").replace("\r", "\n")):
        if verbatim:
            out.append(part)
            continue
        spaced = _HOLDS_PARAGRAPHS.sub(r"\1\n\n", _CLOSES.sub(r"\1\n\n", _OPENS.sub(r"\n\n\1", part)))
        chunks = (chunk.strip() for chunk in re.split(r"\n[ \t]*\n\s*", spaced))
        out.append("\n".join(_paragraph(chunk) for chunk in chunks if chunk))
    return "\n".join(out)


def _paragraph(chunk: str) -> str:
    if _IS_BLOCK.match(chunk):
        return chunk
    if _ADDRESS_ALONE.fullmatch(chunk):
        return f"<p>\n{chunk}\n</p>"
    return "<p>" + chunk.replace("\n", "<br />\n") + "</p>"


def _link(found: re.Match[str]) -> str:
    """An address on a line of its own, which WordPress turns into what stands there."""
    return f'<a href="{escape(found[1])}">{found[1]}</a>'


def _regions(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, and whether each is to be left as it is: a <pre> with what is in it."""
    parts: list[str] = []
    inside = False
    for part in _VERBATIM.split(text):
        closes = part.lower() == "</pre>"
        opens = not closes and part[:4].lower() == "<pre" and bool(_VERBATIM.fullmatch(part))
        if opens and not inside:
            yield "".join(parts), False
            parts, inside = [], True
        parts.append(part)
        if closes and inside:
            yield "".join(parts), True
            parts, inside = [], False
    yield "".join(parts), inside


def _with_shortcodes(text: str, pictures: Pictures, notes: Notes) -> str:
    if "[" not in text:
        return text
    return "".join(
        part if verbatim else _Reader(part, pictures, notes).result() for part, verbatim in _regions(text)
    )


class _Reader:
    """Reads a text once, with the shortcodes that are open on a stack."""

    def __init__(self, text: str, pictures: Pictures, notes: Notes) -> None:
        self.tokens = _MARK.split(text)
        self.pictures, self.notes = pictures, notes
        self.closed = {token[2:-1] for token in self.tokens if token.startswith("[/")}
        self.out: list[str] = []
        self.open: list[tuple[str, str, int]] = []

    def result(self) -> str:
        """The text with no shortcode in it."""
        for number, token in enumerate(self.tokens):
            if number % 2:
                self._mark(token)
            else:
                self.out.append(token)
        return "".join(self.out)

    def _mark(self, token: str) -> None:
        found = _PARTS.fullmatch(token)
        if not found:
            self.out.append(token)
            return
        double, slash, name, given, doubled = found.groups()
        if double and doubled:
            self.out.append(token[1:-1])  # WordPress's own way to show one
        elif slash:
            self._close(name)
        elif name in self.closed and len(self.open) < _DEEPEST:
            self.open.append((name, given, len(self.out)))
        elif _ATTRIBUTE.search(given) or name in _KNOWN:
            self.out.append(self._alone(name, _attributes(given)))
        else:
            self.out.append(token)

    def _close(self, name: str) -> None:
        names = [one for one, _, _ in self.open]
        if name not in names:
            return
        while self.open:
            opened, given, start = self.open.pop()
            inner = "".join(self.out[start:])
            del self.out[start:]
            self.out.append(self._around(opened, _attributes(given), inner))
            if opened == name:
                return

    def _around(self, name: str, given: Mapping[str, str], inner: str) -> str:
        if name in ("caption", "wp_caption"):
            picture, text = _picture_and_text(inner)
            words = given.get("caption") or text.strip()
            return f"\n\n<figure>{picture}<figcaption>{words}</figcaption></figure>\n\n"
        if name == "embed":
            return f"\n\n{inner.strip()}\n\n"
        if name in ("code", "sourcecode"):
            return f"\n\n<pre><code>{escape(inner.strip(), quote=False)}</code></pre>\n\n"
        if name in ("audio", "video"):
            return self._alone(name, given)
        self.notes.leave(f"shortcode [{name}], its text kept")
        return inner

    def _alone(self, name: str, given: Mapping[str, str]) -> str:
        if name == "gallery":
            return self._gallery(given)
        kinds = ("src", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm")
        if name in ("audio", "video") and (source := next((given[k] for k in kinds if k in given), "")):
            return f'\n\n<p><a href="{escape(source)}">{escape(source.rpartition("/")[2])}</a></p>\n\n'
        self.notes.leave(f"shortcode [{name}]")
        return ""

    def _gallery(self, given: Mapping[str, str]) -> str:
        shown = [
            f'<figure><img src="{escape(self.pictures[number][0])}" '
            f'alt="{escape(self.pictures[number][1])}" /></figure>'
            for number in re.findall(r"\d+", given.get("ids", ""))
            if number in self.pictures
        ]
        if not shown:
            self.notes.leave("galleries whose pictures the export does not have")
        return "\n\n" + "\n".join(shown) + "\n\n"


_KNOWN = frozenset({"gallery", "playlist", "audio", "video"})
"""Shortcodes that need nothing in them."""


def _attributes(given: str) -> dict[str, str]:
    return {name: one or two or three for name, one, two, three in _ATTRIBUTE.findall(given)}


def _picture_and_text(inner: str) -> tuple[str, str]:
    """The image with the link around it, and what stands after: the caption."""
    for end in ("</a>", "/>", ">"):
        at = inner.find(end)
        if at >= 0 and (end != "</a>" or "<a" in inner[:at]):
            return inner[: at + len(end)], inner[at + len(end) :]
    return inner, ""
