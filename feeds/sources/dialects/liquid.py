"""Text with Liquid, Nunjucks or the like in it: `{% tags %}`, `{{ values }}`, `{# notes #}`.

None of it is run. A tag that names another post, a picture or a video becomes a link; a value that
the site's settings hold is put in; code stays code. All else is left out, and told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from feeds.sources.dialects import liquid_data, marks
from feeds.sources.dialects.base import Post
from feeds.sources.dialects.documents import section, word
from feeds.sources.dialects.fields import below, line
from feeds.sources.dialects.kramdown import kramdown, means_more
from feeds.sources.dialects.marks import NEVER, Enclosure, Marks
from feeds.sources.dialects.shortcodes import Shortcode, escaped, picture, shown

_TAG = re.compile(
    r"\{%-?\s*(?P<name>[\w./-]*)(?P<rest>(?:[^%\"'{]|%(?!\})|\{(?![{%])|\"[^\"\n]*\"|'[^'\n]*')*?)-?%\}"
    r"|\{\{-?(?P<value>(?:[^}\"'{]|\}(?!\})|\{(?![{%])|\"[^\"\n]*\"|'[^'\n]*')*?)-?\}\}"
    r"|\{%(?P<odd_tag>[^{}]{0,400}?)%\}|\{\{(?P<odd_value>[^{}]{0,400}?)\}\}"
    r"|(?P<broken>\{[{%])",
    re.DOTALL,
)
_ENCLOSING = re.compile(
    r"\{%-?\s*(?P<verbatim>raw|verbatim|highlight|codeblock|comment|for|tablerow|capture|schema|javascript|mermaid)"
    r"\b(?P<how>[^{}]{0,400}?)-?%\}|(?P<noted>\{\#)"
)
_RAW = re.compile(r"\{%-?\s*(?:end)?(?:raw|verbatim)\s*-?%\}[ \t]*")
_DOUBLED = re.compile(
    r"(?:\{\{-?\s*site\.(?:base_?)?url[^{}]*\}\}/?)+(?=\{%-?\s*(?:post_url|link)\b)|"
    r"(?:\{\{-?\s*site\.url\s*-?\}\}/?)(?=\{\{-?\s*site\.base_?url)"
)
_SILENT = frozenset(
    "if elsif elif else endif unless endunless case when endcase assign set endset increment decrement "
    "endfor break continue cycle liquid layout extends block endblock import from with endwith "
    "endblockquote blockquote endraw endverbatim raw verbatim endhighlight endcomment endcapture toc".split()
)
"""Tags that decide or count, and show nothing themselves."""


@dataclass(frozen=True)
class Liquid:
    """What one dialect means by the marks that all of them share."""

    reference: Callable[[str], str]
    """What a tag that names another post's file gives."""
    values: bool = True
    """Whether `{{ … }}` is a mark of it."""
    prose: Callable[[str], str] = kramdown


def text(post: Post, body: str, means: Liquid) -> str:
    """A text without such marks."""
    if "{%" not in body and "{{" not in body and "{#" not in body:
        if not means_more(body) and not any(mark in body for mark in _MEANING_MORE):
            return body
        return marks.without(body, Marks(NEVER, str, prose=means.prose))
    return marks.without(_DOUBLED.sub("", body), _marks(post, means))


_MEANING_MORE = (
    *("[TOC]", "\n|", "    :::", "    #!", ":::", "*[", "markdown="),
    *("(|", "<|", '"|', "'|", "=|", ": |"),
)
"""What a text has to hold for any dialect to find something in its prose; | is of Pelican's old links."""


def _marks(post: Post, means: Liquid) -> Marks:
    known: dict[str, Any] = {}

    def replaced(found: re.Match[str]) -> str:
        if found["name"] == "assign":
            liquid_data.assign(found["rest"], post, known)
        if found["name"] is not None:
            return _tag(found["name"], found["rest"], post, means)
        if not means.values and not found["odd_tag"] and found[0][:2] != "{%":
            return found[0]
        if found["value"] is not None:
            return _value(found["value"].strip(), post, known)
        post.note("variable" if found[0].startswith("{{") else "tag", "…")
        return ""

    def again(inner: str) -> str:
        """What was to be left alone: what looks like a mark in it is shown as code."""
        return marks.without(inner, Marks(_TAG, lambda found: marks.span(found[0])))

    return Marks(
        mark=_TAG,
        replaced=replaced,
        opening=_ENCLOSING,
        enclosure=lambda found: _enclosure(found, post, again),
        code=lambda code: _RAW.sub("", code),
        prose=means.prose,
    )


def _enclosure(found: re.Match[str], post: Post, again: Callable[[str], str]) -> Enclosure:
    if found["noted"]:
        return Enclosure(re.compile(r"\#\}"), lambda opening, inner: "")
    name = found["verbatim"]
    closing = re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}")

    def made(opening: re.Match[str], inner: str) -> str:
        if name in ("raw", "verbatim"):
            return again(inner)
        if name in ("highlight", "codeblock", "mermaid"):
            words = re.findall(r"(?:lang:)?([\w+#.-]+)", opening["how"])
            language = "mermaid" if name == "mermaid" else words[0] if words else ""
            return marks.fenced(_RAW.sub("", inner), language)
        if name in ("for", "tablerow"):
            post.note("tag", name)
        return ""

    return Enclosure(closing, made)


def _tag(name: str, rest: str, post: Post, means: Liquid) -> str:
    if name in ("post_url", "link"):
        return means.reference(rest.strip().strip("\"'"))
    if name in _SILENT or (name.startswith("end") and len(name) > 3) or not name:
        return ""
    code = _shortcode(name, rest)
    if name in ("img", "image", "responsive_image", "picture", "figure"):
        made = picture(code, post, static=True)
    elif name in ("asset_path", "asset", "static"):
        made = below(post.site.url, code.first("path"))
    else:
        made = shown(code, post, static=True)
    if made is None:
        post.note("tag", f"include {code.name}" if name.startswith("include") else name)
        return ""
    return made


def _shortcode(name: str, rest: str) -> Shortcode:
    """A tag as a shortcode: what is included counts, not that it is."""
    if name in ("include", "include_relative", "include_cached", "render", "renderTemplate"):
        file, _, more = rest.strip().strip(",").partition(" ")
        alone, named = marks.arguments(more)
        return Shortcode(file.strip("\"',"), alone, named)
    alone, named = marks.arguments(rest)
    return Shortcode(name, alone, named)


_ADDRESSING = re.compile(
    r"\|\s*(?:relative_url|absolute_url|url|htmlBaseUrl|absoluteUrl|prepend:\s*site\.(?:base)?url)"
)
_LITERAL = re.compile(r"(?:\"([^\"]*)\"|'([^']*)')")


def _value(value: str, post: Post, known: Mapping[str, Any]) -> str:
    """What a value is: a text, a path, or something that the site's settings or the head hold."""
    literal = _LITERAL.match(value)
    if literal:
        given = literal[1] if literal[1] is not None else literal[2]
        if _ADDRESSING.search(value):
            return below(post.site.url, given) if not re.match(r"[a-z]+:|//", given) else given
        return given if value == literal[0] else escaped(given)
    name = re.split(r"[\s|(]", value, maxsplit=1)[0]
    given = liquid_data.said(name, post, known)
    held = _shown(given) if given else _held(name, post)
    if held is None:
        post.note("variable", name or "…")
        return ""
    if held and _ADDRESSING.search(value) and not re.match(r"[a-z]+:|//", held):
        return below(post.site.url, held)
    return held


def _held(name: str, post: Post) -> str | None:
    site = post.site
    parts = urlsplit(site.url)
    if name in ("site.baseurl", "site.base_url", "SITEURL", "baseurl", "base_url"):
        return parts.path.rstrip("/") if name.startswith("site.base") else site.url.rstrip("/")
    if name in ("site.url", "metadata.url", "site.github.url", "meta.url"):
        return f"{parts.scheme}://{parts.netloc}"
    if name == "page.url":
        return ""
    scope, _, rest = name.partition(".")
    table = {"site": site.config, "page": post.head}.get(scope)
    if table is None and "." not in name:
        table, rest = post.head, name
    if table is None or not rest:
        return None
    *path, last = rest.split(".")
    said = word(section(table, *path), last)
    return _shown(said) or None


def _shown(said: str) -> str:
    """A value as Markdown shows it; an address stays as it is."""
    return said if re.match(r"https?://|/", said) else escaped(line(said))
