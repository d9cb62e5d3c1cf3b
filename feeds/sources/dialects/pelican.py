"""Pelican: heads of `Key: value`, addresses by the site's patterns; pelicanconf.py is read, never run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path

from feeds.sources.dialects import heads, pelican_settings, references, slugs
from feeds.sources.dialects.base import (
    Described,
    Dialect,
    Facts,
    Head,
    Keys,
    Post,
    RefusedError,
    Site,
    Spot,
    Table,
)
from feeds.sources.dialects.documents import word
from feeds.sources.dialects.fields import below, listed
from feeds.sources.dialects.kramdown import kramdown
from feeds.sources.dialects.liquid import Liquid
from feeds.sources.dialects.liquid import text as without_liquid
from feeds.sources.dialects.verbatim_html import verbatim
from feeds.sources.front_matter import UnreadableError

_INTERNAL = re.compile(
    r"(?P<before>\]\([ \t]*<?|\]:[ \t]*|(?:href|src|data)=[\"']?)"
    r"(?:\{|\|)(?P<what>\w+)(?:\}|\|)(?P<path>[^)>\"'\s]*)"
)
_LANGUAGE = re.compile(r"(?:(?<=\n\n)|\A)(?: {4}|\t)+(?::{3,}|#!)[\w+#-]+(?:[ \t][^\n]*)?\n")
"""The line above code that says in which language it is."""
_META = re.compile(r"<meta\s+name=[\"']([\w-]+)[\"']\s+content(?:s)?=([\"'])(.*?)\2", re.I | re.DOTALL)
_WORD = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


def folders(root: Path, config: Table) -> tuple[str, ...]:
    """The paths of articles within PATH."""
    path = _content(config)
    named = list(_paths(config, "ARTICLE_PATHS", "ARTICLE_DIR"))
    places = [posixpath.normpath(f"{path}/{one}") for one in named or [""]]
    return tuple(place for place in places if (root / place).is_dir()) or (path,)


def _content(config: Table) -> str:
    path = posixpath.normpath((word(config, "PATH") or "content").strip("/"))
    return "content" if path.startswith("..") else path


def _paths(config: Table, *keys: str) -> Iterator[str]:
    for key in keys:
        value = config.get(key)
        yield from (
            one for one in (value if isinstance(value, list | tuple) else [value]) if isinstance(one, str)
        )


def found(site: Site) -> Site:
    """The site with what its settings say of names and of what is no article."""
    config = site.config
    path = _content(config)
    named = tuple(_paths(config, "PAGE_PATHS", "PAGE_DIR")) or ("pages",)
    excluded = (*named, *_paths(config, "ARTICLE_EXCLUDES"))
    data = {
        "content": "" if path == "." else path + "/",
        "excluded": tuple(posixpath.normpath(f"{path}/{one}") + "/" for one in excluded if one),
        "main": word(config, "DEFAULT_LANG") or "en",
        "rules": {kind: pelican_settings.rules(config, kind) for kind in ("ARTICLE", "CATEGORY", "AUTHOR")},
    }
    return replace(site, data=data)


def spot(site: Site, path: str, files: Mapping[str, object]) -> Spot | None:
    """A file that is no page, in the folder of its category."""
    if any(path.startswith(one) for one in site.data["excluded"]):
        return None
    folder, _, file = path.removeprefix(site.data["content"]).rpartition("/")
    name = posixpath.splitext(file)[0]
    dated = _DATED.match(name)
    return Spot(name, folder, dated[0] if dated else "")


def head(text: str) -> Head | None:
    """`Key: value` lines, between lines of --- or not; of HTML, what <meta> says."""
    if re.match(r"\s*<(?:!doctype|html|head)\b", text, re.IGNORECASE):
        return _html(text)
    fence = re.match(r"\s*---[ \t]*\n", text)
    found = heads.pairs(text[fence.end() :] if fence else text)
    if found is None or not fence:
        return found
    above = text.count("\n", 0, fence.end())
    body = re.sub(r"\A(?:---|\.\.\.)[ \t]*\n\s*", "", found.body)
    lines = {path: line + above for path, line in found.lines().items()}
    double = found.double and UnreadableError(found.double.problem, (found.double.line or 0) + above)
    return Head(found.fields, body, lambda: lines, found.first + above, double)


def _html(text: str) -> Head | None:
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    fields = {name.lower(): unescape(value) for name, _, value in _META.findall(text)}
    if title:
        fields["title"] = " ".join(unescape(title[1]).split())
    body = re.search(r"<body[^>]*>(.*?)(?:</body>|\Z)", text, re.IGNORECASE | re.DOTALL)
    first = text.count("\n", 0, body.start()) + 1 if body else 1
    return Head(fields, verbatim(body[1]) if body else "", dict, first) if fields else None


def completed(post: Post) -> Table:
    """The head, with what its path and the site's settings mean, and authors one by one."""
    table = {**pelican_settings.meant(post), **post.head}
    folder = post.spot.folder.rpartition("/")[2]
    if not table.get("category") and folder and post.site.config.get("USE_FOLDER_AS_CATEGORY") is not False:
        table["category"] = folder
    named = table.get("authors") or table.get("author")
    if isinstance(named, str) and ";" not in named:
        table["authors"] = [one for one in re.split(r",\s*", named) if one]
    if not named and word(post.site.config, "AUTHOR"):
        table["authors"] = [word(post.site.config, "AUTHOR")]
    table.pop("author", None)
    return table


def _slug(post: Post, title: str) -> str:
    if given := word(post.head, "slug"):
        return given
    if post.site.config.get("SLUGIFY_SOURCE") == "basename":
        return _slugged(post, "ARTICLE", post.spot.name)
    return _slugged(post, "ARTICLE", title) or _slugged(post, "ARTICLE", post.spot.name) or slugs.hugo(title)


def _slugged(post: Post, kind: str, text: str) -> str:
    return slugs.pelican(text, post.site.data["rules"][kind])


def address(post: Post, facts: Facts) -> str:
    """By the article's own url, or by the site's pattern for articles in its language."""
    config = post.site.config
    given = word(post.head, "url") or re.sub(r"(?:^|/)index\.html$", "/", word(post.head, "save_as"))
    foreign = facts.language.partition("-")[0] != post.site.data["main"].partition("-")[0]
    pattern = word(config, "ARTICLE_LANG_URL" if foreign else "ARTICLE_URL")
    if given:
        return post.site.url + given.lstrip("/")
    pattern = pattern or ("{slug}-{lang}.html" if foreign else "{slug}.html")

    def filled(found: re.Match[str]) -> str:
        value = _word(found[1], found[2], post, facts)
        if value is None:
            raise RefusedError("url", f"cannot be made: the site's pattern {pattern} asks for {found[1]}")
        return value

    return post.site.url + _WORD.sub(filled, pattern).lstrip("/")


def _word(name: str, form: str | None, post: Post, facts: Facts) -> str | None:
    """What stands for a word of a pattern; None for one that the post says nothing of."""
    if name == "date":
        return facts.published.strftime(form or "%Y-%m-%d")
    if known := _WORDS.get(name):
        return known(post, facts)
    value = post.head.get(name)
    return slugs.pelican(value) if isinstance(value, str) else None


def _category(post: Post, facts: Facts) -> str:
    given = word(post.head, "category") or word(post.site.config, "DEFAULT_CATEGORY") or "misc"
    return _slugged(post, "CATEGORY", given)


def _author(post: Post, facts: Facts) -> str:
    given = next(listed(post.head.get("authors")), "") or word(post.site.config, "AUTHOR")
    return _slugged(post, "AUTHOR", given)


_WORDS: Mapping[str, Callable[[Post, Facts], str]] = {
    "slug": lambda post, facts: _slug(post, facts.title),
    "lang": lambda post, facts: facts.language,
    "category": _category,
    "author": _author,
    "path_no_ext": lambda post, facts: post.path.removeprefix(post.site.data["content"]).rpartition(".")[0],
    "base_name": lambda post, facts: post.spot.name,
}


def text(post: Post) -> str:
    """Its text, without tags of plug-ins, and with its links to other files."""

    def prose(part: str) -> str:
        part = _LANGUAGE.sub("", part) if "    :::" in part or "    #!" in part else part
        return kramdown(_INTERNAL.sub(lambda found: found["before"] + _file(found, post), part))

    return without_liquid(post, post.body, Liquid(reference=str, values=False, prose=prose))


def _file(found: re.Match[str], post: Post) -> str:
    what, (path, mark, fragment) = found["what"].lower(), found["path"].partition("#")
    content: str = post.site.data["content"]
    if what == "filename":
        target = references.target(post, path, (content.rstrip("/") or ".",))
        if target and not target.startswith(post.site.data["excluded"]):
            return references.relative(post, target) + mark + fragment
        return below(post.site.url, re.sub(r"\.(?:md|rst)$", ".html", path)) + mark + fragment
    if what in ("static", "attach"):
        inner = path if path.startswith("/") else posixpath.normpath(f"{post.spot.folder}/{path}")
        return below(post.site.url, inner) + mark + fragment
    if what == "index":
        return post.site.url
    if what in ("tag", "category", "author"):
        return f"{post.site.url}{what}/{slugs.pelican(path)}.html"
    return found[0].removeprefix(found["before"])


def grouped(post: Post) -> str:
    """Versions have one slug, and say their languages."""
    return _slug(post, word(post.head, "title"))


def described(root: Path, config: Table) -> Described:
    """Title, address and the like."""
    return Described(
        title=word(config, "SITENAME"),
        url=word(config, "SITEURL"),
        description=word(config, "SITESUBTITLE", "SITEDESCRIPTION"),
        language=word(config, "DEFAULT_LANG"),
        timezone=word(config, "TIMEZONE"),
        authors=tuple(filter(None, [word(config, "AUTHOR")])),
    )


PELICAN = Dialect(
    name="pelican",
    suffixes=frozenset({".md", ".markdown", ".mkd", ".mdown", ".html", ".htm"}),
    keys=Keys(
        published=("date",),
        updated=("modified", "updated"),
        summary=("summary", "description"),
        authors=("authors", "author"),
        tags=("tags", "keywords", "category"),
        image=(
            "image",
            "cover",
            "featured_image",
            "header_cover",
            "thumbnail",
            "og_image",
            "banner",
            "illustration",
        ),
        language=("lang",),
        ignored=frozenset("save_as translation mathjax".split()),
    ),
    settings=pelican_settings.settings,
    folders=folders,
    described=described,
    spot=spot,
    address=address,
    text=text,
    found=found,
    completed=completed,
    left={".rst": "reStructuredText", ".adoc": "AsciiDoc", ".ipynb": "notebooks", ".org": "Org mode"},
    head=head,
    folded=True,
    grouped=grouped,
)
