"""Text as Hugo has it: shortcodes, in either kind of bracket, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from feeds.sources.dialects import marks
from feeds.sources.dialects.base import Post
from feeds.sources.dialects.documents import section, word
from feeds.sources.dialects.fields import line
from feeds.sources.dialects.kramdown import headings, means_more
from feeds.sources.dialects.marks import NEVER, Enclosure, Marks
from feeds.sources.dialects.shortcodes import Shortcode, escaped, shown
from feeds.sources.dialects.verbatim_html import verbatim

_ARGUMENTS = r"(?:[^`\"{]|\{(?!\{)|\"(?:[^\"\\]|\\.)*\"|`[^`]*`)*?"
_MARK = re.compile(
    r"\{\{[<%]/\*(?P<shown>.{0,1000}?)\*/[>%]\}\}"
    rf"|\{{\{{[<%]\s*(?P<close>/?)\s*(?P<name>[\w./-]+)(?P<rest>{_ARGUMENTS})/?\s*[>%]\}}\}}"
    r"|\{\{[<%](?P<odd>[^{}]{0,400}?)[>%]\}\}"
    r"|(?P<broken>\{\{(?=[<%]))",
    re.DOTALL,
)
_OPENING = re.compile(
    r"\{\{[<%]\s*(?P<verbatim>highlight|mermaid|comment|code-toggle|code)(?=[\s>%])[^{}]*?[>%]\}\}"
    r"|(?P<quoting>\{\{[<%][^{}`\"]*\"[^{}\"`]*`[^{}\"]*\"[^{}]*?[>%]\}\})"
)
"""What begins text that is no prose; and marks with an argument that quotes code, which is none."""
_ESCAPED = re.compile(r"(\{\{[<%])/\*(.{0,1000}?)\*/([>%]\}\})", re.DOTALL)
_INLINE = frozenset(["br", "nbsp", "newline", "linebreak"])
_AROUND = frozenset(
    "note tip info warning caution danger important notice alert callout hint admonition aside blockquote "
    "quote div span center section columns column row expand details collapse lead".split()
)
"""Shortcodes that stand around a text and add a frame to it: the text stays, and nothing is lost."""


def text(post: Post, reference: Callable[[str], str]) -> str:
    """The text of a post without shortcodes; `reference` gives what ref and relref mean."""
    body = post.body
    if "{{" in body:
        body = marks.without(body, _marks(post, reference))
    elif means_more(body):
        body = marks.without(body, Marks(NEVER, str, prose=headings))
    return verbatim(body) if post.path.endswith((".html", ".htm")) else body


_AT_ONCE = re.compile("")


def _marks(post: Post, reference: Callable[[str], str]) -> Marks:
    def replaced(found: re.Match[str]) -> str:
        if found["shown"] is not None:
            return marks.span("{{<" + found["shown"] + ">}}")
        if not found["name"]:
            post.note("shortcode", "…")
            return ""
        if found["close"]:
            return ""
        return _shortcode(found["name"], found["rest"], post, reference)

    return Marks(
        mark=_MARK,
        replaced=replaced,
        opening=_OPENING,
        enclosure=lambda found: (
            _enclosure(found["verbatim"].lower())
            if found["verbatim"]
            else Enclosure(_AT_ONCE, lambda opening, inner: _MARK.sub(replaced, opening[0]))
        ),
        code=lambda code: _ESCAPED.sub(r"\1\2\3", code),
        prose=headings,
    )


def _shortcode(name: str, rest: str, post: Post, reference: Callable[[str], str]) -> str:
    alone, named = marks.arguments(rest)
    code = Shortcode(name, alone, named)
    last = name.lower().rpartition("/")[2]
    if last in ("ref", "relref"):
        return reference(code.first("path"))
    if last in _INLINE:
        return "<br>"
    if last in ("param", "var", "siteparam"):
        return _param(post, code.first("name", "key"))
    made = shown(code, post)
    if made is None:
        if last not in _AROUND:
            post.note("shortcode", name)
        return ""
    return made


def _param(post: Post, name: str) -> str:
    value = word(post.head, name.lower()) or word(section(post.site.config, "params"), name.lower())
    return escaped(line(value)) if value else ""


def _enclosure(name: str) -> Enclosure:
    closing = re.compile(rf"\{{\{{[<%]\s*/\s*{name}\s*[>%]\}}\}}", re.IGNORECASE)

    def made(found: re.Match[str], inner: str) -> str:
        if name == "comment":
            return ""
        words = re.findall(r"[\w+#.-]+", found[0].split(name, 1)[-1] if name in found[0] else "")
        named = words[0] if words and name != "code-toggle" else ""
        language = "mermaid" if name == "mermaid" else named
        return marks.fenced(inner, language)

    return Enclosure(closing, made)
