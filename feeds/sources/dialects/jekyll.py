"""Jekyll: _posts/2026-11-02-name.md with YAML heads, defaults, collections' permalinks and Liquid."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from feeds.sources.dialects import documents, heads, permalinks, references
from feeds.sources.dialects.base import Described, Dialect, Facts, Keys, Post, Site, Spot, Table
from feeds.sources.dialects.documents import section, word
from feeds.sources.dialects.fields import tags
from feeds.sources.dialects.kramdown import kramdown, tables
from feeds.sources.dialects.liquid import Liquid, text
from feeds.sources.dialects.verbatim_html import verbatim

CONFIGS = ("_config.yml", "_config.yaml", "_config.toml")
SUFFIXES = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mkdown", ".html", ".htm"})
_NAME = re.compile(r"(\d{2,4}-\d{1,2}-\d{1,2})-(.+)")
_SKIPPED = {"node_modules", "vendor", "_site", "bower_components", "assets", "_sass"}
DEEPEST = 4
"""Folders within folders in which a folder _posts is looked for."""


def settings(root: Path) -> Table:
    """_config.yml."""
    return documents.first(root, CONFIGS)


def folders(root: Path, config: Table) -> tuple[str, ...]:
    """Every folder called _posts, wherever it is."""
    start = word(config, "collections_dir").strip("/")
    found = [f"{start}/_posts"] if start and (root / start / "_posts").is_dir() else []
    excluded = config.get("exclude")
    left_out = {str(one).strip("/") for one in excluded} if isinstance(excluded, list) else set()
    for place, inner, _ in os.walk(root):
        here = Path(place).relative_to(root)
        inner[:] = sorted(
            name
            for name in inner
            if (name == "_posts" or not (name.startswith((".", "_")) or name in _SKIPPED))
            and posixpath.normpath(f"{here.as_posix()}/{name}") not in left_out
        )
        if "_posts" in inner:
            found.append(posixpath.normpath(f"{here.as_posix()}/_posts"))
            inner.remove("_posts")
        if len(here.parts) >= DEEPEST:
            inner.clear()
    return tuple(dict.fromkeys(found)) or ("_posts",)


def found(site: Site) -> Site:
    """The site with its authors, its languages and what its settings say of all posts."""
    data = site.root / (word(site.config, "data_dir") or "_data")
    people = documents.people(*(data / name for name in documents.PEOPLE))
    for file in documents.each(site.root / "_authors", "*.md"):
        people[file.stem] = {"key": file.stem, **heads.harmless(documents.text(file))}
    people |= {
        str(key): value
        for key, value in section(site.config, "authors").items()
        if isinstance(value, Mapping)
    }
    languages = site.config.get("languages")
    named = tuple(str(one) for one in languages) if isinstance(languages, list) else ()
    return replace(
        site,
        people=people,
        languages=named,
        data={
            "defaults": _defaults(site.config),
            "excerpt_separator": word(site.config, "excerpt_separator").strip("\n") or "",
        },
    )


def _defaults(config: Table) -> tuple[tuple[str, Table], ...]:
    """What `defaults` says of posts: where it holds, and what."""
    given = config.get("defaults")
    said: list[tuple[str, Table]] = []
    for one in given if isinstance(given, list) else ():
        scope, values = section({"one": one}, "one", "scope"), section({"one": one}, "one", "values")
        if values and word(scope, "type") in ("", "posts", "post"):
            said.append((str(scope.get("path") or "").strip("/"), values))
    return tuple(sorted(said, key=lambda pair: len(pair[0])))


def spot(site: Site, path: str, files: Mapping[str, object]) -> Spot | None:
    """A file whose name begins with a date; the folders around _posts are its categories."""
    matched = _NAME.fullmatch(posixpath.splitext(posixpath.basename(path))[0])
    if not matched:
        return None
    before, _, within = f"/{posixpath.dirname(path)}/".partition("/_posts/")
    start = word(site.config, "collections_dir").strip("/")
    folder = before.strip("/").removeprefix(start).strip("/") if start else before.strip("/")
    inner = within.strip("/").split("/")[0]
    language = inner if inner in site.languages and inner != site.language else ""
    year, month, day = matched[1].split("-")
    date = f"{2000 + int(year) if len(year) == 2 else int(year):04}-{int(month):02}-{int(day):02}"
    return Spot(matched[2], folder, date, language)


def with_defaults(post: Post) -> Table:
    """The head of a post, with what the site's settings say of all such posts."""
    table: dict[str, Any] = {}
    for place, values in post.site.data["defaults"]:
        pattern = place.rstrip("*").rstrip("/")
        if not pattern or post.path == pattern or post.path.startswith(pattern + "/"):
            table |= values
    return {**table, **post.head}


def categories(post: Post) -> tuple[str, ...]:
    """The folders around _posts, then what the head says."""
    around = tuple(part for part in post.spot.folder.split("/") if part)
    return (*around, *tags(post, ("categories",)), *tags(post, ("category",), r"(?!)"))


def address(post: Post, facts: Facts) -> str:
    """By its own permalink, that of all posts, or the site's."""
    given = word(post.head, "permalink")
    collection = section(post.site.config, "collections", "posts")
    usual = word(collection, "permalink") or word(post.site.config, "permalink") or "date"
    pattern = given or permalinks.STYLES.get(usual, usual)
    path = permalinks.jekyll(pattern, post, facts, categories(post))
    prefix = f"{post.spot.language}/" if post.spot.language else ""
    return post.site.url + prefix + path.lstrip("/")


def grouped(post: Post) -> str:
    """Versions lie in folders that are called by their languages, and have one name."""
    named = word(post.head, "lang", "language")
    if not named:
        return ""
    folder = "/".join(part for part in post.spot.folder.split("/") if part != named)
    return word(post.head, "ref", "translation_id") or f"{folder}/{post.spot.date}-{post.spot.name}"


def reference(post: Post, given: str) -> str:
    """What post_url and link give."""
    path = given.partition(" ")[0]
    return references.link(post, path.strip("/"), (".", *post.site.folders), post.site.url + _page(path))


def _page(path: str) -> str:
    """Where a page that is no post would be."""
    return re.sub(r"(?:(?:^|/)index)?\.(?:md|markdown|html)$", "/", path.lstrip("/")).lstrip("/")


def written(post: Post) -> str:
    """Its text, without Liquid."""
    means = Liquid(lambda given: reference(post, given), prose=lambda part: tables(kramdown(part)))
    made = text(post, post.body, means)
    return verbatim(made) if post.path.endswith((".html", ".htm")) else made


def described(root: Path, config: Table) -> Described:
    """Title, address and the like."""
    author = section(config, "author")
    url = word(config, "url").rstrip("/")
    base = word(config, "baseurl").strip("/")
    return Described(
        title=word(config, "title", "name"),
        url=f"{url}/{base}" if url else "",
        description=word(config, "description", "tagline", "subtitle"),
        language=word(config, "lang", "locale", "language"),
        timezone=word(config, "timezone"),
        authors=tuple(filter(None, [word(author, "name") or word(config, "author")])),
    )


JEKYLL = Dialect(
    name="jekyll",
    suffixes=SUFFIXES,
    keys=Keys(
        published=("date",),
        updated=("last_modified_at", "updated", "last-modified-date", "modified", "lastmod", "modified_date"),
        expires=("expires",),
        summary=("description", "excerpt", "summary", "abstract"),
        image=(
            *("image", "header.image", "header.teaser", "header.overlay_image", "header.og_image", "cover"),
            *("cover-img", "cover_image", "thumbnail", "thumbnail-img", "featured_image", "feature_image"),
            *("image.feature", "feature-img", "teaser", "background", "hero", "banner", "img", "og_image"),
        ),
        ignored=frozenset(
            "date_gmt parent sidebar nav nav_order share related read_time header-img author_profile header "
            "gallery redirect_from redirect_to excerpt_separator sitemap_exclude feed seo search".split()
        ),
    ),
    settings=settings,
    folders=folders,
    described=described,
    spot=spot,
    address=address,
    text=written,
    found=found,
    completed=with_defaults,
    left={
        ".textile": "Textile",
        ".adoc": "AsciiDoc",
        ".asciidoc": "AsciiDoc",
        ".org": "Org mode",
        ".rst": "reStructuredText",
    },
    twins=True,
    spaced=True,
    grouped=grouped,
    utc=True,
)
