"""Astro: collections in src/content, addresses by the routes in src/pages; nothing of it is run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from feeds.sources.dialects import documents, heads, javascript, mdx, references, slugs
from feeds.sources.dialects.base import Described, Dialect, Facts, Keys, Post, Site, Spot, Table
from feeds.sources.dialects.documents import word
from feeds.sources.dialects.kramdown import means_more

CONFIGS = tuple(f"astro.config{suffix}" for suffix in (".mjs", ".ts", ".js", ".cjs", ".mts"))
SCHEMAS = tuple(
    f"src/{name}{suffix}"
    for name in ("content.config", "content/config")
    for suffix in (".ts", ".mts", ".js", ".mjs")
)
_COLLECTION = re.compile(r"(\w+)\s*[=:]\s*defineCollection\s*\(\s*\{")
_CALLED = re.compile(r"([\w-]+)[\"']?\s*:\s*(\w+)\s*(?=[,}]|$)")
_ASKED = re.compile(r"getCollection\s*(?:<[^>]*>)?\(\s*[\"'`](\w[\w-]*)[\"'`]")
_LISTS = re.compile(
    r"\[(?:\.\.\.)?(?:tag|tags|page|category|categories|author|authors|series|topic|lang|locale|language)s?\]"
)
_FOLDERS_OF_PEOPLE = tuple(f"src/{place}/authors" for place in ("content", "data", "data/content"))
_PEOPLE = re.compile(r"\bfile\(\s*[\"'`]([^\"'`]*(?:author|people|team|member)[^\"'`]*)[\"'`]", re.IGNORECASE)
_AUTHOR = re.compile(r"([\w-]+)[\"']?\s*:\s*\{[^{}]*?\bname\s*:\s*[\"'`]([^\"'`]+)[\"'`]")
_LOCALE = re.compile(r"(?<![\w-])([A-Za-z]{2}(?:-\w+)?)[\"']?\s*:\s*\{")
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[-_].*)?")
_ALIAS = re.compile(
    r"(?P<before>\]\([ \t]*<?|src=[\"'])(?:~|@|@@)/(?P<path>(?:assets|images|content)/[^)>\"'\s]+)"
)


def settings(root: Path) -> Table:
    """What can be seen in astro.config.mjs, and in the schema of its collections."""
    source = javascript.bare(next(filter(None, (documents.text(root / name) for name in CONFIGS)), ""))
    schema = javascript.bare(next(filter(None, (documents.text(root / name) for name in SCHEMAS)), ""))
    languages = javascript.block(source, "i18n")
    return {
        "site": javascript.text(source, "site"),
        "base": javascript.text(source, "base"),
        "trailingSlash": javascript.text(source, "trailingSlash"),
        "format": javascript.text(javascript.block(source, "build"), "format"),
        "defaultLocale": _main(languages, source),
        "locales": javascript.texts(languages, "locales")
        or tuple(_LOCALE.findall(javascript.block(source, "locales"))),
        "collections": dict(_collections(root, schema)),
        "people": tuple(_PEOPLE.findall(schema)),
        "title": javascript.text(source.partition("starlight(")[2] or source, "title"),
        "starlight": "starlight(" in source,
        "authors": dict(_AUTHOR.findall(javascript.block(source, "authors"))),
    }


def _main(languages: str, source: str) -> str:
    """The language of pages that lie in no folder of a language; Starlight calls it the root."""
    named = javascript.text(languages, "defaultLocale") or javascript.text(source, "defaultLocale")
    root = javascript.block(javascript.block(source, "locales"), "root")
    return javascript.text(root, "lang") if root or named == "root" else named


def _collections(root: Path, schema: str) -> Iterator[tuple[str, str]]:
    """Each folder of a collection, and its name."""
    called: dict[str, str] = {
        given: name for name, given in _CALLED.findall(javascript.block(schema, "collections"))
    }
    for found in _COLLECTION.finditer(schema):
        block = javascript.braced(schema, found.end() - 1)
        base = javascript.text(block, "base") or _template(schema, block)
        if base and not posixpath.normpath(base).startswith(("..", "/")):
            yield posixpath.normpath(base), called.get(found[1]) or found[1]
    content = root / "src" / "content"
    for folder in sorted(content.iterdir()) if content.is_dir() else ():
        if folder.is_dir() and not folder.name.startswith((".", "_")):
            yield f"src/content/{folder.name}", folder.name


def _template(schema: str, block: str) -> str:
    """The base of a collection where it is put together of names: `./${FOLDER}`."""
    found = re.search(r"\bbase\s*:\s*`([^`]*)`", block)
    return re.sub(r"\$\{(\w+)\}", lambda name: javascript.text(schema, name[1]), found[1]) if found else ""


def folders(root: Path, config: Table) -> tuple[str, ...]:
    """Each collection, posts that are pages, and pictures that both use."""
    named = [*config["collections"], *("src/pages", "src/assets", "src/images")]
    there = sorted({folder for folder in named if (root / folder).is_dir()})
    return tuple(
        folder for folder in there if not any(folder.startswith(other + "/") for other in there)
    ) or ("src/content",)


def meant(root: Path, config: Table) -> tuple[str, ...]:
    """The collections that its own feeds ask for, where it has any."""
    feeds = documents.each(
        root / "src" / "pages", *(f"**/*{name}*.[jt]s" for name in ("rss", "feed", "atom"))
    )
    asked = {name for file in feeds for name in _ASKED.findall(documents.text(file))}
    return tuple(folder for folder, name in config["collections"].items() if name in asked)


def found(site: Site) -> Site:
    """The site with the routes that show its collections."""
    languages = site.config["locales"]
    places = [posixpath.normpath(place) for place in site.config["people"]]
    inner = [place for place in (*_FOLDERS_OF_PEOPLE, *places) if not place.startswith(("..", "/"))]
    people = documents.people(*(site.root / place for place in inner))
    people |= {key: {"name": name} for key, name in site.config["authors"].items()}
    for folder in _FOLDERS_OF_PEOPLE:
        for file in documents.each(site.root / folder, "*.md", "*.mdx"):
            people[file.stem] = {"key": file.stem, **heads.harmless(documents.text(file))}
    routes = tuple(_routes(site.root / "src" / "pages"))
    return replace(site, languages=languages, people=people, data={"routes": routes})


def _routes(pages: Path) -> Iterator[tuple[str, str]]:
    """Each collection that a route shows one by one, and the route before its name; "" for any other."""
    files = [
        file for file in documents.each(pages, "**/*.astro") if "[" in file.relative_to(pages).as_posix()
    ]
    for file in sorted(files, key=lambda file: -len(file.parts)):
        route = file.relative_to(pages).as_posix().removesuffix(".astro").removesuffix("/index")
        last = route.rpartition("/")[2]
        if not last.startswith("[") or _LISTS.fullmatch(last):
            continue
        asked = _ASKED.findall(documents.text(file))
        for name in asked or [""]:
            yield name, route.rpartition("/")[0]


def spot(site: Site, path: str, files: Mapping[str, object]) -> Spot | None:
    """An entry of a collection, or a page in Markdown; what begins with _ is neither, nor is an author."""
    if path.rpartition("/")[0] in _FOLDERS_OF_PEOPLE:
        return None
    base = max((one for one in site.config["collections"] if path.startswith(one + "/")), key=len, default="")
    if not base and path.startswith("src/pages/"):
        base = "src/pages"
    stem = posixpath.splitext(path.removeprefix(base + "/"))[0]
    if not base or any(part.startswith("_") for part in stem.split("/")):
        return None
    language, stem = _spoken(site, stem)
    bundle = stem.endswith("/index") or stem == "index"
    name = stem.removesuffix("index").rstrip("/")
    dated = _DATED.fullmatch(name.rpartition("/")[2])
    return Spot(name, base, dated[1] if dated else "", language, bundle) if name else None


def _spoken(site: Site, stem: str) -> tuple[str, str]:
    """The language that a path begins or ends with, and the rest of it."""
    first, slash, rest = stem.partition("/")
    name, dot, ending = stem.rpartition(".")
    if slash and first in site.languages:
        return first, rest
    return (ending, name) if dot and ending in site.languages else ("", stem)


def address(post: Post, facts: Facts) -> str:
    """The route of its collection and its slug."""
    config, spot = post.site.config, post.spot
    slug = word(post.head, "slug", "postslug", "permalink").strip("/")
    if spot.folder == "src/pages":
        path = spot.name
    else:
        name = slug or "/".join(slugs.github(part) for part in spot.name.split("/"))
        path = f"{_route(post, facts)}/{name}".strip("/")
    main = config["defaultLocale"]
    if spot.language and spot.language != main and not path.startswith(spot.language + "/"):
        path = f"{spot.language}/{path}"
    if config["format"] == "file":
        return f"{post.site.url}{path}.html"
    return post.site.url + path + ("" if config["trailingSlash"] == "never" else "/")


def _route(post: Post, facts: Facts) -> str:
    """The part of a route before the name, with what it asks for filled in."""
    name = post.site.config["collections"].get(post.spot.folder, "")
    if post.site.config["starlight"] and name == "docs":
        return ""
    routes: tuple[tuple[str, str], ...] = post.site.data["routes"]
    alone = {route for _, route in routes}
    route = next((route for collection, route in routes if collection == name), None)
    if route is None:
        route = next((one for one in sorted(alone) if one.rpartition("/")[2] == name), None)
    if route is None:
        route = next(iter(alone)) if len(alone) == 1 else name
    day = facts.published
    words = {"year": f"{day.year:04}", "month": f"{day.month:02}", "day": f"{day.day:02}"}
    words |= dict.fromkeys(("lang", "locale", "language"), post.spot.language)
    filled = re.sub(r"\[(?:\.\.\.)?(\w+)\]", lambda found: words.get(found[1], ""), route)
    return re.sub("/{2,}", "/", filled).strip("/")


def text(post: Post) -> str:
    """Its text; of MDX without components and the like."""
    body = _ALIAS.sub(
        lambda found: found["before"] + references.relative(post, f"src/{found['path']}"), post.body
    )
    if post.path.endswith(".mdx"):
        return mdx.text(post, body)
    return mdx.text(post, body, components=False) if "::" in body or means_more(body) else body


def completed(post: Post) -> Table:
    """The head; a file of Markdown may have its fields in a table of its own."""
    table: dict[str, Any] = dict(post.head)
    for key in ("seo", "metadata"):
        if isinstance(inner := table.get(key), Mapping):
            table = {**inner, **table}
    return table


def described(root: Path, config: Table) -> Described:
    """The address, and a title where one can be seen in the usual files of constants."""
    names = (
        "consts.ts",
        "config.ts",
        "site.config.ts",
        "constants.ts",
        "consts.js",
        "config.js",
        "data/site.ts",
    )
    source = javascript.bare("\n".join(documents.text(root / "src" / name) for name in names))
    base = word(config, "base").strip("/")
    title = next(filter(None, (javascript.text(source, key) for key in _TITLES)), "") or word(config, "title")
    author = next(filter(None, (javascript.text(source, key) for key in ("author", "AUTHOR"))), "")
    return Described(
        title=title,
        url=f"{word(config, 'site').rstrip('/')}/{base}" if config["site"] else "",
        description=next(filter(None, (javascript.text(source, key) for key in _SAYINGS)), ""),
        language=word(config, "defaultLocale") or javascript.text(source, "lang"),
        timezone=javascript.text(source, "timezone"),
        authors=(author,) if author else (),
    )


_TITLES = ("SITE_TITLE", "title", "TITLE", "SITE_NAME", "siteName", "name")
_SAYINGS = ("SITE_DESCRIPTION", "description", "desc", "DESCRIPTION")


ASTRO = Dialect(
    name="astro",
    suffixes=frozenset({".md", ".markdown", ".mdx"}),
    keys=Keys(
        published=(
            *("pubdate", "pubdatetime", "publishdate", "date", "publishedat", "published", "publisheddate"),
            *("datepublished", "createdat", "created", "publicationdate", "publish_date", "published_at"),
            *("publishedon", "postdate", "createddate", "datetime", "pub_date", "published_date"),
        ),
        updated=(
            *("updateddate", "moddatetime", "updated", "lastmod", "lastmodified", "modified", "updatedat"),
            *("datemodified", "modifieddate", "lastupdated", "updated_at", "modifiedat"),
        ),
        expires=("expirydate",),
        summary=("description", "summary", "excerpt", "tldr", "desc"),
        image=(
            *("heroimage", "image", "cover", "coverimage", "ogimage", "thumbnail", "banner", "hero", "img"),
            *("socialimage", "featuredimage", "featured_image", "previewimage", "banner_image"),
        ),
        ignored=frozenset("postslug canonicalurl timezone lang readingtime minutesread isdraft".split()),
    ),
    settings=settings,
    folders=folders,
    described=described,
    meant=meant,
    spot=spot,
    address=address,
    text=text,
    found=found,
    completed=completed,
    left={".mdoc": "Markdoc"},
    utc=True,
    copied=True,
    folded=True,
)
