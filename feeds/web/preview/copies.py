"""The copies that are served: a mail or an entry with its scheme set, its pictures ours, and nothing foreign.

What goes out is never touched; each copy says the same, as a mail program would show it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape
from typing import Literal
from urllib.parse import quote, unquote

from feeds.tree import Stamp

Scheme = Literal["light", "dark", "inverted"]

_ADDRESS = re.compile(
    r"""(?P<name>\s(?:src|background|poster|data))=(?P<quote>["'])(?P<value>.*?)(?P=quote)"""
)
_SOURCES = re.compile(r"""\s(?:srcset|sizes)=(["']).*?\1""")
_STYLED = re.compile(r"""url\(\s*(?:&quot;|["'])?(?P<value>[^"')]*?)(?:&quot;|["'])?\s*\)""")
_PREFERS = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)")
_BODY = re.compile(r"</head>", re.IGNORECASE)
_CSS = {
    "light": ":root{color-scheme:only light!important}",
    "dark": ":root{color-scheme:only dark!important}",
    # What mail programs do that turn a light mail round by force: all colours, but no picture.
    "inverted": (
        ":root{color-scheme:only light!important;background:#fff;min-height:100%;"
        "filter:invert(1) hue-rotate(180deg)}"
        "img,video,[background]{filter:invert(1) hue-rotate(180deg)}"
    ),
}
_WITHOUT_PICTURES = "img{outline:1px dashed #8888;outline-offset:-1px;min-height:1.4em;overflow:hidden}"


@dataclass(frozen=True)
class Files:
    """Where published files stand in the preview."""

    published: str
    """The publication's url, with a / at its end."""
    served: str
    """The path below which the preview serves them, with a / at its end."""
    there: Mapping[str, Stamp]
    """The paths in the content folder, each with its size and time."""

    def address(self, published: str) -> str | None:
        """Where the preview serves what is published at an address; None for what is not ours.

        It is another when the file is, so that a browser may keep what it has.
        """
        path = unquote(published.removeprefix(self.published).partition("?")[0])
        if published.startswith(self.published) and path in self.there:
            return f"{self.served}{quote(path)}?at={self.there[path][1]:x}"
        return None


def shown(html: str, scheme: Scheme, files: Files, *, pictures: bool = True) -> str:
    """A page as it is seen in a scheme, with or without its pictures; links open in a window of their own."""
    made = _PREFERS.sub(lambda found: _media(found[1], scheme), _placed(html, files, pictures))
    extra = _CSS[scheme] + ("" if pictures else _WITHOUT_PICTURES)
    head = f'<base target="_blank"><style>{extra}</style></head>'
    return _BODY.sub(head, made, count=1)


def strangers(html: str, files: Files) -> tuple[str, ...]:
    """The addresses of pictures that stand elsewhere, and that the preview therefore does not show."""
    values = (unescape(found["value"]) for found in _ADDRESS.finditer(html))
    foreign = (value for value in values if not value.startswith("data:") and not files.address(value))
    return tuple(dict.fromkeys(foreign))


def _placed(html: str, files: Files, pictures: bool) -> str:
    def address(value: str) -> str:
        value = unescape(value)
        if value.startswith("data:") and pictures:
            return value
        return (files.address(value) or "") if pictures else ""

    def attribute(found: re.Match[str]) -> str:
        ours = address(found["value"])
        return f'{found["name"]}="{escape(ours)}"' if ours else ""

    def style(found: re.Match[str]) -> str:
        return f"url('{escape(address(found['value']))}')"

    return _STYLED.sub(style, _ADDRESS.sub(attribute, _SOURCES.sub("", html)))


def _media(wanted: str, scheme: Scheme) -> str:
    """The question about the scheme, with its answer in its place: always so, or never."""
    return "(min-width:0)" if (wanted == "dark") == (scheme == "dark") else "(max-width:0)"
