"""Markdown to safe HTML, and HTML to text; every address in it absolute.

The Markdown engine (comrak: CommonMark and GitHub's tables, footnotes, task lists) and the
sanitiser (nh3) are fenced in here. Both are compiled and survive hostile input; what they do
not bound is the depth of nesting, so that is done here, before the sanitiser sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

import comrak
import nh3

DEPTH = 100
"""How deep elements may be nested. Beyond it sanitisers slow down and mail engines crash."""

_SCHEMES = {"http", "https", "mailto", "tel"}
_ADDRESSES = {"href", "src", "poster", "cite", "data", "action"}
_TAGS = (nh3.ALLOWED_TAGS | {"audio", "video", "source", "track", "picture", "section"}) - {"map", "area"}
_ATTRIBUTES: dict[str, set[str]] = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items() if tag in _TAGS},
    "a": {"href", "hreflang", "title"},
    "img": {"src", "srcset", "sizes", "alt", "title", "width", "height"},
    "source": {"src", "srcset", "sizes", "type", "media"},
    "audio": {"src", "controls"},
    "video": {"src", "controls", "poster", "width", "height"},
    "track": {"src", "kind", "srclang", "label"},
    "code": {"class"},
}
_VOID = {"br", "hr", "img", "input", "source", "track", "wbr", "col", "area", "embed", "link", "meta"}
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)[^<>]*?(/?)>")
_CHECKBOX = {
    '<input type="checkbox" checked="" disabled="" />': "☑",
    '<input type="checkbox" disabled="" />': "☐",
}
# Each way to refer to something, and what must be in a text before it is worth looking for:
# [text](reference), [name]: reference, and HTML. What begins so is no file, and most references do.
_ELSEWHERE = r"(?![#/]|[A-Za-z]+:)"
_REFERENCES = (
    ("](", re.compile(rf"\]\([ \t]*<?{_ELSEWHERE}([^)<>\[\]\s]+)")),
    ("]:", re.compile(rf"^ {{0,3}}\[[^\]^\n]{{1,200}}\]:[ \t]*<?{_ELSEWHERE}([^<>\s]+)", re.M)),
    ("src=", re.compile(rf"""\bsrc=["']{_ELSEWHERE}([^"'\n]+)""")),
    ("href=", re.compile(rf"""\bhref=["']{_ELSEWHERE}([^"'\n]+)""")),
    ("poster=", re.compile(rf"""\bposter=["']{_ELSEWHERE}([^"'\n]+)""")),
)


# What XML 1.0 (section 2.2) has no way to say. The gate refuses it as such; `&#1;` comes to it here.
_NO_XML = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


# An address that is absolute and has nothing to be percent-encoded: nearly all are like this.
_ABSOLUTE = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?:/[A-Za-z0-9_~:@!$&'()*+,=-][A-Za-z0-9_~:@!$&'()*+,=.-]*)*/?"
)


class TooDeepError(ValueError):
    """Markup that is nested beyond `DEPTH`."""


def html(markdown: str, *, base: str, page: str, links: Mapping[str, str]) -> str:
    """Safe HTML of some Markdown.

    `base` is what relative references are relative to, `page` the article's own address (for
    `#fragments`), `links` the references that mean another article. Raises `TooDeepError`.
    """
    rendered = _render(markdown)
    for box, sign in _CHECKBOX.items():
        rendered = rendered.replace(box, sign)
    return sanitise(rendered, base=base, page=page, links=links)


def sanitise(markup: str, *, base: str, page: str, links: Mapping[str, str] | None = None) -> str:
    """Somebody's HTML without what a reader must not run, and with absolute addresses only."""
    _refuse_depth(markup)

    def absolute(tag: str, name: str, value: str) -> str | None:
        if name in _ADDRESSES:
            return resolve(value, base=base, page=page, links=links or {})
        if name == "srcset":
            return _srcset(value, base, page) or None
        return value

    clean = nh3.clean(
        markup,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=absolute,
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    return _NO_XML.sub("", clean).strip()


def resolve(reference: str, *, base: str, page: str, links: Mapping[str, str]) -> str | None:
    """The absolute address that a reference means, or None where it means none that is safe."""
    if reference not in links and _ABSOLUTE.fullmatch(reference):
        return reference
    reference = reference.strip()
    target, hash_mark, fragment = reference.partition("#")
    if not target:
        return page.partition("#")[0] + hash_mark + fragment if fragment else page
    if target in links:
        return links[target] + hash_mark + fragment
    try:
        joined = urljoin(base, reference)
        parts = urlsplit(joined)
    except ValueError:
        return None
    if parts.scheme in ("http", "https") and not parts.hostname:
        return None
    return quote(joined, safe="/%:@!$&'()*+,;=?#~-._[]") if parts.scheme in _SCHEMES else None


def references(markdown: str) -> Iterator[tuple[int, str]]:
    """Each relative reference in some Markdown, with the line (from 1) that it stands on."""
    found = [
        match
        for mark, pattern in _REFERENCES
        if mark[-1] in markdown and mark in markdown  # a single character is found many times as fast
        for match in pattern.finditer(markdown)
        if not match[1].startswith(("#", "/")) and ":" not in match[1]
    ]
    for match in sorted(found, key=lambda match: match.start()):
        yield markdown.count("\n", 0, match.start()) + 1, match[1].partition("#")[0]


def text(markup: str) -> str:
    """The plain text of safe HTML: paragraphs with an empty line between, list items with a dash."""
    reader = _Text()
    reader.feed(markup)
    reader.close()
    return reader.result()


def opening(plain: str, most: int = 280) -> str:
    """The first sentences of a text, at most `most` characters; cut at a word with … if need be."""
    flat = " ".join(plain.split())
    if len(flat) <= most:
        return flat
    ends = [found.end() for found in re.finditer(r"[.!?。！？](?=\s)", flat[: most + 1])]
    if ends and ends[-1] >= most // 4:
        return flat[: ends[-1]]
    return (
        flat[: most - 1].rpartition(" ")[0].rstrip(" ,;:–-") + "…"
        if " " in flat[: most - 1]
        else flat[: most - 1] + "…"
    )


def _render(markdown: str) -> str:
    return comrak.render_markdown(
        markdown, extension_options=_EXTENSIONS, parse_options=_PARSING, render_options=_RENDERING
    )


def _options() -> tuple[comrak.ExtensionOptions, comrak.ParseOptions, comrak.RenderOptions]:
    extensions = comrak.ExtensionOptions()
    extensions.table = extensions.footnotes = extensions.strikethrough = True
    extensions.tasklist = extensions.autolink = True
    rendering = comrak.RenderOptions()
    rendering.unsafe_ = True  # raw HTML passes here, because the sanitiser comes after
    return extensions, comrak.ParseOptions(), rendering


_EXTENSIONS, _PARSING, _RENDERING = _options()


def _refuse_depth(markup: str) -> None:
    if markup.count("<") <= DEPTH:
        return
    depth = 0
    for closing, name, alone in _TAG.findall(markup):
        if closing:
            depth = max(depth - 1, 0)
        elif not alone and name.lower() not in _VOID:
            depth += 1
            if depth > DEPTH:
                raise TooDeepError(f"is nested more than {DEPTH} levels deep; make it flatter")


def _srcset(value: str, base: str, page: str) -> str:
    """Each candidate of a srcset (HTML, section 4.8.4.2.1) with its address absolute."""
    candidates = []
    for candidate in re.split(r",\s+|,$", value.strip()):
        address, _, descriptor = candidate.strip().partition(" ")
        whole = resolve(address, base=base, page=page, links={}) if address else None
        if whole:
            candidates.append(f"{whole} {descriptor.strip()}".strip())
    return ", ".join(candidates)


class _Text(HTMLParser):
    """Gathers the words of HTML that has been sanitised, block by block."""

    _BLOCKS = frozenset(
        {"p", "div", "section", "article", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl"}
        | {
            "dt",
            "dd",
            "table",
            "figure",
            "figcaption",
            "details",
            "summary",
            "hr",
            "header",
            "footer",
            "aside",
        }
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._lists: list[int | None] = []
        self._verbatim = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._BLOCKS or tag == "pre":
            self._parts.append(self._gap(tag))
        if tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "pre":
            self._verbatim += 1
        elif tag == "li":
            self._parts.append("\n" + "  " * (len(self._lists) - 1) + self._bullet())
        elif tag in ("br", "tr"):
            self._parts.append("\n")
            self._cells = 0
        elif tag in ("td", "th"):
            self._parts.append("\x1f" if self._cells else "")
            self._cells += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in self._BLOCKS or tag == "pre":
            self._parts.append("\n\n")
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "pre":
            self._verbatim = max(self._verbatim - 1, 0)

    def handle_data(self, data: str) -> None:
        self._parts.append(data if self._verbatim else re.sub(r"[ \t\n\r\f]+", " ", data))

    def _gap(self, tag: str) -> str:
        if not self._lists:
            return "\n\n"
        return "" if tag in ("ul", "ol") else "\n"  # within a list the lines stand close

    def _bullet(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def result(self) -> str:
        """All of it, with no more than one empty line between blocks."""
        joined = re.sub(r"(?<=\n)(- |\d+\. )\n+ *", r"\1", "".join(self._parts))
        joined = re.sub(r"\s*\x1f\s*", " · ", joined)  # between the cells of a row
        joined = re.sub(r" *\n", "\n", joined)
        joined = re.sub(r"\n (?=\S)", "\n", joined)
        return re.sub(r"\n{3,}", "\n\n", joined).strip()
