"""Jekyll: _posts/2026-11-02-name.md with YAML heads, defaults, collections' permalinks and Liquid."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from feeds.sources.dialects import documents, heads, permalinks, references, slugs
from feeds.sources.dialects import jekyll_collections as collections
from feeds.sources.dialects.base import Described, Dialect, Facts, Keys, Post, Site, Spot, Table
from feeds.sources.dialects.documents import section, word
from feeds.sources.dialects.fields import tags
from feeds.sources.dialects.kramdown import kramdown, tables
from feeds.sources.dialects.liquid import Liquid, text
from feeds.sources.dialects.verbatim_html import verbatim

CONFIGS = ("_config.yml", "_config.yaml", "_config.toml")
SUFFIXES = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mkdown", ".html", ".htm"})
_NAME = re.compile(r"(\d{2,4}-\d{1,2}-\d{1,2})-(.+)")


def settings(root: Path) -> Table:
    """_config.yml."""
    return documents.first(root, CONFIGS)


def folders(root: Path, config: Table) -> tuple[str, ...]:
    """Every folder called _posts, and every collection that has pages."""
    posts, others = collections.of_posts(root, config), collections.others(root, config)
    return (*posts, *others) or (f"{collections.start(config)}_posts",)


def found(site: Site) -> Site:
    """The site with its authors, its languages and what its settings say of all posts."""
    source = site.root / collections.source(site.config)
    data = source / (word(site.config, "data_dir") or "_data")
    people = documents.people(*(data / name for name in documents.PEOPLE))
    for file in documents.each(source / "_authors", "*.md"):
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
            "folder": data,
            "files": {},
            "collections": collections.others(site.root, site.config),
            "excerpt_separator": word(site.config, "excerpt_separator").strip("\n") or "",
        },
    )


def _defaults(config: Table) -> tuple[tuple[str, str, Table], ...]:
    """What `defaults` says: in which folder and of which collection it holds, and what."""
    given = config.get("defaults")
    said: list[tuple[str, str, Table]] = []
    for one in given if isinstance(given, list) else ():
        scope, values = section({"one": one}, "one", "scope"), section({"one": one}, "one", "values")
        kind = "posts" if word(scope, "type") == "post" else word(scope, "type")
        if values:
            said.append((str(scope.get("path") or "").strip("/"), kind, values))
    return tuple(sorted(said, key=lambda one: len(one[0])))


def _collection(site: Site, path: str) -> tuple[str, str]:
    """The folder and the name of the collection that a file is in; of posts the folder says nothing."""
    known: Mapping[str, str] = site.data["collections"]
    folder = next((one for one in known if path.startswith(one + "/")), "")
    return folder, known.get(folder, "posts")


def spot(site: Site, path: str, files: Mapping[str, object]) -> Spot | None:
    """A file whose name begins with a date, or of another collection; around _posts are its categories."""
    collection, _ = _collection(site, path)
    if collection and "/_posts/" not in path:
        stem = posixpath.splitext(path.removeprefix(collection + "/"))[0]
        named = _NAME.fullmatch(posixpath.basename(stem))
        return Spot(named[2] if named else posixpath.basename(stem), "", _day(named[1]) if named else "")
    matched = _NAME.fullmatch(posixpath.splitext(posixpath.basename(path))[0])
    if not matched:
        return None
    before, _, within = f"/{posixpath.dirname(path)}/".partition("/_posts/")
    start = collections.start(site.config) if path.startswith(collections.start(site.config)) else ""
    start = start or collections.source(site.config)
    folder = f"{before.strip('/')}/".removeprefix(start).strip("/")
    inner = within.strip("/").split("/")[0]
    language = inner if inner in site.languages and inner != site.language else ""
    return Spot(matched[2], folder, _day(matched[1]), language)


def _day(text: str) -> str:
    """The date in a file's name, whose parts may be short."""
    year, month, day = text.split("-")
    return f"{2000 + int(year) if len(year) == 2 else int(year):04}-{int(month):02}-{int(day):02}"


def with_defaults(post: Post) -> Table:
    """The head of a post, with what the site's settings say of all such posts."""
    table: dict[str, Any] = {}
    path = post.path.removeprefix(collections.source(post.site.config))
    _, collection = _collection(post.site, post.path)
    for place, kind, values in post.site.data["defaults"]:
        pattern = place.rstrip("*").rstrip("/")
        within = not pattern or path == pattern or path.startswith(pattern + "/")
        if within and kind in ("", collection):
            table |= values
    return {**table, **post.head}


def categories(post: Post) -> tuple[str, ...]:
    """The folders around _posts, then what the head says."""
    around = tuple(part for part in post.spot.folder.split("/") if part)
    return (*around, *tags(post, ("categories",)), *tags(post, ("category",), r"(?!)"))


def address(post: Post, facts: Facts) -> str:
    """By its own permalink, that of all posts, or the site's."""
    folder, collection = _collection(post.site, post.path)
    pattern = word(post.head, "permalink") or collections.pattern(post.site.config, collection)
    inner = posixpath.splitext(post.path.removeprefix(folder + "/"))[0]
    known = {"path": inner, "collection": collection, "name": slugs.jekyll(posixpath.basename(inner))}
    path = permalinks.jekyll(pattern, post, facts, categories(post), known if folder else {})
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
    meant=collections.meant,
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
