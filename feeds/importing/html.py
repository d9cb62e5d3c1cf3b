"""Somebody's HTML as the body of an article: safe, and one block that Markdown leaves alone.

It is not turned into Markdown: no such conversion keeps tables, figures and nesting, and what our
Markdown knows as an HTML block (CommonMark 0.31 section 4.6, kind 6) is shown to the letter.
"""

from __future__ import annotations

import re
from html import escape, unescape

from feeds import markup, values
from feeds.importing.base import Notes

_FRAMES = frozenset({"iframe", "embed", "object"})
_DROPPED = frozenset({"script", "style", "form", "input", "button", "select", "textarea", "svg", "canvas"})
_WIDGETS = frozenset({"subscription-widget-wrap", "subscription-widget-wrap-editor", "sharedaddy"})
"""Classes of elements that ask for something; there is nobody behind them any more."""
_ODD = re.compile(rf"<(?:{'|'.join(sorted(_FRAMES | _DROPPED))})\b|{'|'.join(sorted(_WIDGETS))}", re.I)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?>[^<>\"']|\"[^\"]{0,9000}\"|'[^']{0,9000}')*+)>")
_ATTRIBUTE = re.compile(r"(?<![\w:-])([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))")
_CLASS = re.compile(rf"class\s*=\s*[\"']?(?:[\w-]+\s+)*(?:{'|'.join(sorted(_WIDGETS))})(?=[\s\"']|$)")
_OPENS_BLOCK = re.compile(
    r"<(?:address|article|aside|blockquote|center|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]"
    r"|header|hr|li|ol|p|section|summary|table|ul)(?=[\s/>])"
)
_VERBATIM = re.compile(r"(<pre\b[^>]*>|</pre>)")
_EMPTY_LINES = re.compile(r"\n[ \t\f\v]*(?=\n)")
_BLOCK_ENDS = re.compile(r"(</(?:p|h[1-6]|ul|ol|li|dl|figure|blockquote|table|div|section)>)(?=<)")


def body(html: str, *, base: str, page: str, notes: Notes) -> str:
    """The HTML, sanitised, as one block of Markdown. Raises `markup.TooDeepError`."""
    clean = markup.sanitise(_without_odd(html, notes), base=base, page=page)
    clean = clean.replace("\r\n", "\n").replace("\r", "\n").replace("<p></p>", "")
    return _one_block(clean.strip())


def plain(html: str) -> str:
    """The text of some HTML, on one line. Raises `markup.TooDeepError`."""
    if "<" not in html and "&" not in html:
        return " ".join(html.split())
    return " ".join(markup.text(markup.sanitise(html, base="", page="")).split())


def defused(text: str) -> str:
    """Plain text in which nothing looks like HTML: the gate, and some readers, take it for such."""
    while found := values.markup_in(text):
        read = unescape(found)
        shown = read if read != found else found.replace("&", "＆")
        text = text.replace(found, shown.replace("<", "‹").replace(">", "›"))
    return " ".join(text.split())


def _one_block(html: str) -> str:
    """The same HTML without an empty line, which would end the block; it begins with a block's tag."""
    parts, depth = [], 0
    for part in _VERBATIM.split(html):
        depth += part.startswith("<pre") - (part == "</pre>")
        if depth > 0:
            parts.append(re.sub(r"\n(?=[ \t]*\n)", "&#10;", part))
        else:
            parts.append(_BLOCK_ENDS.sub(r"\1\n", _EMPTY_LINES.sub("", part)))
    whole = _EMPTY_LINES.sub("", "".join(parts))
    return whole if not whole or _OPENS_BLOCK.match(whole) else f"<div>\n{whole}\n</div>"


def without_comments(html: str) -> str:
    """The HTML without its comments. One that never ends is none."""
    parts, at = [], 0
    while (opened := html.find("<!--", at)) >= 0 and (closed := html.find("-->", opened + 4)) >= 0:
        parts.append(html[at:opened])
        at = closed + 3
    return "".join([*parts, html[at:]])


def _without_odd(html: str, notes: Notes) -> str:
    """Frames as links; what else is left out is counted."""
    if not _ODD.search(html):
        return html
    rewriter = _Rewriter(notes)
    plain, at = without_comments(html), 0
    for tag in _TAG.finditer(plain):
        rewriter.parts.append(plain[at : tag.start()])
        rewriter.take(tag)
        at = tag.end()
    return "".join([*rewriter.parts, plain[at:]])


class _Rewriter:
    """Passes tags on as they are, but for frames and what asks readers for something.

    html.parser is not asked: where tags do not end, its time grows with the square of the text.
    """

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.parts: list[str] = []
        self.widget, self.depth, self.begun = "", 0, 0

    def take(self, tag: re.Match[str]) -> None:
        """One tag."""
        name = tag[2].lower()
        if tag[1]:
            self._end(name, tag[0])
        else:
            self._start(name, tag)

    def _start(self, name: str, tag: re.Match[str]) -> None:
        self.depth += name == self.widget
        if not self.widget and _CLASS.search(tag[3]):
            self.widget, self.depth, self.begun = name, 1, len(self.parts)
        if name in _FRAMES:
            self._frame(_attributes(tag[3]))
            return
        if name in _DROPPED and not self.widget:
            self.notes.leave(f"<{name}> in the text")
        self.parts.append(tag[0])

    def _end(self, name: str, raw: str) -> None:
        if name not in _FRAMES:
            self.parts.append(raw)
        self.depth -= name == self.widget
        if self.widget and self.depth == 0:
            del self.parts[self.begun :]
            self.notes.leave("boxes that ask to subscribe or share")
            self.widget = ""

    def _frame(self, given: dict[str, str]) -> None:
        source = (given.get("src") or given.get("data") or "").strip()
        if source.startswith("//"):
            source = "https:" + source
        if source.startswith(("http://", "https://")):
            shown = escape(given.get("title", "").strip() or source, quote=False)
            self.parts.append(f'<p><a href="{escape(source)}">{shown}</a></p>')
            self.notes.change("videos and other frames, now links")
        else:
            self.notes.leave("frames without an address")


def _attributes(given: str) -> dict[str, str]:
    return {
        name.lower(): unescape(one or two or three) for name, one, two, three in _ATTRIBUTE.findall(given)
    }
