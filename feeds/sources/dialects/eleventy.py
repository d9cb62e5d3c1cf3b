"""Eleventy: any folder of Markdown, data files beside the posts, permalinks that are templates."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from feeds.sources.dialects import documents, eleventy_permalinks, fields, javascript, marks, references
from feeds.sources.dialects.base import Described, Dialect, Facts, Keys, Post, Site, Spot, Table
from feeds.sources.dialects.documents import section, word
from feeds.sources.dialects.kramdown import kramdown
from feeds.sources.dialects.liquid import Liquid
from feeds.sources.dialects.liquid import text as without_liquid
from feeds.sources.dialects.marks import NEVER, Marks
from feeds.sources.dialects.mdx import admonitions
from feeds.sources.dialects.verbatim_html import verbatim

CONFIGS = tuple(
    f"{name}{suffix}"
    for name in (".eleventy", "eleventy.config")
    for suffix in (".js", ".cjs", ".mjs", ".ts")
)
TEMPLATES = (".njk", ".liquid", ".html")
"""What may be a post too, where it has a date; most such files show something else."""
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)")
_COLLECTIONS = frozenset(
    "post posts all blog article articles note notes entry entries journal page pages nav".split()
)
"""Tags that gather posts for a list, and say nothing of what they are about."""


def settings(root: Path) -> Table:
    """What can be seen in eleventy.config.js, package.json and the data files about the site."""
    source = javascript.bare(next(filter(None, (documents.text(root / name) for name in CONFIGS)), ""))
    package = documents.harmless(root / "package.json")
    start = javascript.text(source, "input") or _called(source, "setInputDirectory") or "."
    start = posixpath.normpath(start)
    start = "." if start.startswith(("..", "/")) else start
    data: dict[str, Any] = {}
    for name in ("metadata", "site", "meta", "config", "siteConfig", "global"):
        for folder in dict.fromkeys((f"{start}/_data", "_data", "src/_data", "data")):
            data.update(_said(root / folder, name, data))
    engine = re.search(r"markdownTemplateEngine[\"']?\s*:\s*(false|[\"']\w+[\"'])", source)
    return {
        "input": start,
        "layouts": tuple(
            posixpath.normpath(name) + "/"
            for key in ("includes", "layouts", "data")
            if (name := javascript.text(javascript.block(source, "dir"), key))
        ),
        "plain": bool(engine and engine[1] == "false"),
        "package": package,
        "filters": eleventy_permalinks.filters(source),
        **{name: value for name, value in data.items() if value},
    }


def _called(source: str, name: str) -> str:
    found = re.search(rf"{name}\(\s*[\"']([^\"']+)[\"']", source)
    return found[1] if found else ""


def _said(folder: Path, name: str, before: Table) -> dict[str, Any]:
    """What a data file about the site says: the whole of it, or of a script what can be seen."""
    found: dict[str, Any] = {}
    for suffix in (".json", ".yaml", ".yml", ".toml"):
        found.update(documents.harmless(folder / (name + suffix)))
    for suffix in (".js", ".cjs", ".mjs"):
        source = javascript.bare(documents.text(folder / (name + suffix)))
        for key in ("title", "name", "url", "description", "language", "lang", "author") if source else ():
            if value := javascript.text(source, key):
                found.setdefault(key, value)
    return {key: value for key, value in found.items() if key not in before}


def folders(root: Path, config: Table) -> tuple[str, ...]:
    """All that it reads: its posts may be anywhere there."""
    return (config["input"],)


def found(site: Site) -> Site:
    """The site with what its folders say of the files in them."""
    cache: dict[str, Table] = {}
    data = dict.fromkeys((f"{site.config['input']}/_data", "_data", "src/_data"))
    people = documents.people(*(site.root / place / name for place in data for name in documents.PEOPLE))
    ignored = [
        line.strip().removeprefix("./").rstrip("/")
        for line in documents.text(site.root / ".eleventyignore").split("\n")
    ]
    return replace(
        site,
        people=people,
        data={"folders": cache, "ignored": tuple(line for line in ignored if line and line[0] not in "#!")},
    )


def spot(site: Site, path: str, files: Mapping[str, object]) -> Spot | None:
    """A file that is in no folder of layouts or data."""
    start = site.config["input"]
    inner = path.removeprefix(start + "/") if start != "." else path
    folder, _, file = inner.rpartition("/")
    if any(part.startswith("_") for part in folder.split("/")) or file.lower() in _NO_POSTS:
        return None
    if f"{folder}/".startswith(site.config["layouts"]):
        return None
    if any(path.startswith(one + "/") or fnmatch(path, one) for one in site.data["ignored"]):
        return None
    stem = posixpath.splitext(file)[0]
    dated = _DATED.fullmatch(stem) or _DATED.match(folder.rpartition("/")[2])
    name = dated[2] if dated and _DATED.fullmatch(stem) else stem
    bundle = name == "index" and bool(folder)
    if bundle:
        folder, _, name = folder.rpartition("/")
        within = _DATED.fullmatch(name)
        name = within[2] if within else name
    return Spot(name, folder, dated[1] if dated else "", "", bundle)


_NO_POSTS = frozenset(
    "readme.md changelog.md license.md contributing.md code_of_conduct.md security.md".split()
)


def completed(post: Post) -> Table:
    """The head, with what the folders say of all files in them."""
    table = {**_of_folder(post.site, posixpath.dirname(post.path)), **post.head}
    for key in ("tags", "tag"):
        value = table.get(key)
        named = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        table[key] = [tag for tag in named if str(tag).lower() not in _COLLECTIONS]
    computed = section(table, "eleventyComputed").get("permalink")
    if isinstance(computed, str):
        table["permalink"] = computed
    if re.fullmatch(r"(?:git )?(?:Last Modified|Created)|\{\{.*\}\}", str(table.get("date")), re.IGNORECASE):
        table["date"] = None
    return table


def _of_folder(site: Site, folder: str) -> Table:
    """The data files of a folder and of those around it; the inner counts."""
    cache: dict[str, Table] = site.data["folders"]
    if folder not in cache:
        above = _of_folder(site, posixpath.dirname(folder)) if folder not in ("", ".") else {}
        name = posixpath.basename(folder) or site.root.name
        cache[folder] = {**above, **dict(_data(site.root / folder, name))}
    return cache[folder]


def _data(folder: Path, name: str) -> Iterator[tuple[str, Any]]:
    for file in (f"{name}.json", f"{name}.yaml", f"{name}.yml", f"{name}.11tydata.json"):
        yield from documents.harmless(folder / file).items()
    for suffix in (".js", ".cjs", ".mjs"):
        source = javascript.bare(documents.text(folder / f"{name}.11tydata{suffix}"))
        for key in ("permalink", "author", "lang") if source else ():
            if value := javascript.text(source, key):
                yield key, value
        if "permalink" in source and not javascript.text(source, "permalink"):
            yield "permalink", eleventy_permalinks.template(source) or "${…}"  # made by what we do not run


def aside(post: Post) -> str:
    """Files that are not written, that list others, or that show no post of their own."""
    head = post.head
    if head.get("permalink") is False or head.get("eleventyExcludeFromCollections") is True:
        return "are in no collection"
    if "pagination" in head:
        return "are lists of others"
    dated = post.spot.date or fields.found(head, ELEVENTY.keys.published)[0]
    return "are templates" if post.path.endswith(TEMPLATES) and not dated else ""


def address(post: Post, facts: Facts) -> str:
    """By the permalink, as far as it can be filled in; else by its place."""
    given = post.head.get("permalink")
    if isinstance(given, Mapping):
        given = given.get("build")
    if isinstance(given, str):
        path = eleventy_permalinks.filled(given, post, facts)
        if path is not None:
            return post.site.url + re.sub(r"(?:^|/)index\.html$", "/", path).lstrip("/")
        post.note("address", given)
    return post.site.url + eleventy_permalinks.usual(post)


def reference(post: Post, given: str) -> str:
    """What a tag that names another file gives."""
    return references.link(post, given, (".", post.site.config["input"]), post.site.url + given.lstrip("/"))


def text(post: Post) -> str:
    """Its text, without Liquid or Nunjucks."""
    if post.path.endswith(TEMPLATES):
        return verbatim(
            without_liquid(post, post.body, Liquid(lambda given: reference(post, given), prose=str))
        )
    if post.site.config["plain"] and post.head.get("templateEngineOverride") is None:
        return marks.without(post.body, Marks(NEVER, str, prose=lambda part: admonitions(kramdown(part))))
    means = Liquid(
        reference=lambda given: reference(post, given), prose=lambda part: admonitions(kramdown(part))
    )
    return without_liquid(post, post.body, means)


def described(root: Path, config: Table) -> Described:
    """Title, address and the like, as far as data files or package.json say them."""
    package, author = section(config, "package"), section(config, "author")
    return Described(
        title=word(config, "title", "name", "siteName") or word(package, "name"),
        url=word(config, "url", "baseUrl", "base_url", "siteUrl", "domain") or word(package, "homepage"),
        description=word(config, "description"),
        language=word(config, "language", "lang", "locale"),
        authors=tuple(filter(None, [word(author, "name") or word(config, "author", "authorName")])),
    )


ELEVENTY = Dialect(
    name="eleventy",
    suffixes=frozenset({".md", ".markdown", *TEMPLATES}),
    keys=Keys(
        published=("date", "published", "pubDate", "publishedAt", "datePublished", "created"),
        updated=(
            "updated",
            "lastmod",
            "modified",
            "last_modified_at",
            "dateModified",
            "updatedDate",
            "updatedAt",
        ),
        expires=("expires",),
        summary=("description", "summary", "excerpt", "desc", "teaser"),
        image=(
            *(
                "image",
                "cover",
                "coverImage",
                "featuredImage",
                "featured_image",
                "heroImage",
                "hero",
                "ogImage",
            ),
            *("og_image", "socialImage", "thumbnail", "banner", "socialmediaimage", "thumb"),
        ),
        ignored=frozenset(
            "eleventyExcludeFromCollections eleventyNavigation eleventyComputed templateEngineOverride "
            "permalink pagination eleventyImport key order".split()
        ),
    ),
    settings=settings,
    folders=folders,
    described=described,
    spot=spot,
    address=address,
    text=text,
    found=found,
    completed=completed,
    aside=aside,
    left={".mdx": "MDX"},
    utc=True,
)
