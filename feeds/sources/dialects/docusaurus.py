"""Docusaurus: blog/2026-11-02-name.md(x), authors.yml, tags.yml; its settings are read, never run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from feeds.sources.dialects import documents, javascript, mdx
from feeds.sources.dialects.base import (
    Described,
    Dialect,
    Facts,
    Keys,
    Post,
    Site,
    Spot,
    Table,
    UnsettledError,
)
from feeds.sources.dialects.documents import section, word

CONFIGS = tuple(f"docusaurus.config{suffix}" for suffix in (".js", ".ts", ".mjs", ".cjs", ".mts"))
_DATED = re.compile(r"(?P<folder>.*)(?P<date>\d{4}[-/]\d{1,2}[-/]\d{1,2})[-/]?(?P<text>.*?)(?:/index)?")
_BLOG = re.compile(r"[\"'](?:@docusaurus/)?plugin-content-blog[\"']\s*,\s*\{")


def settings(root: Path) -> Table:
    """What can be seen in docusaurus.config.js: title, url, baseUrl, languages, and each blog's place."""
    source = javascript.bare(next(filter(None, (documents.text(root / name) for name in CONFIGS)), ""))
    languages = javascript.block(source, "i18n")
    return {
        "title": javascript.text(source, "title"),
        "tagline": javascript.text(source, "tagline"),
        "url": javascript.text(source, "url"),
        "baseUrl": javascript.text(source, "baseUrl") or "/",
        "trailingSlash": javascript.truth(source, "trailingSlash"),
        "defaultLocale": javascript.text(languages, "defaultLocale")
        or javascript.text(source, "defaultLocale")
        or "en",
        "locales": javascript.texts(languages, "locales"),
        "blogs": _blogs(source),
    }


def _blogs(source: str) -> dict[str, str]:
    """Each folder of a blog and where it stands on the site. Raises `UnsettledError` if all are elsewhere."""
    blocks = [block for block in (javascript.block(source, "blog"), *_plugged(source)) if block]
    found = dict(map(_blog, blocks)) if blocks else {"blog": "blog"}
    within = {path: route for path, route in found.items() if not path.startswith(("..", "/"))}
    if not within:
        elsewhere = next(iter(found))
        raise UnsettledError(f"its blog is in {elsewhere}, outside of the site's folder; move it into that")
    return within


def _blog(block: str) -> tuple[str, str]:
    path = posixpath.normpath((javascript.text(block, "path") or "blog").removeprefix("./"))
    route = re.search(r"routeBasePath[\"']?\s*:\s*[\"'`]([^\"'`]*)[\"'`]", block)
    return path, route[1].strip("/") if route else "blog"


def _plugged(source: str) -> list[str]:
    return [javascript.braced(source, found.end() - 1) for found in _BLOG.finditer(source)]


def folders(root: Path, config: Table) -> tuple[str, ...]:
    """Each blog, and its translations."""
    blogs = tuple(path for path in config["blogs"] if (root / path).is_dir()) or ("blog",)
    translated = documents.each(root / "i18n", "*/docusaurus-plugin-content-blog*")
    return (*blogs, *(folder.relative_to(root).as_posix() for folder in translated if folder.is_dir()))


def found(site: Site) -> Site:
    """The site with its languages and the people of its blogs."""
    people: dict[str, Table] = {}
    tags: dict[str, str] = {}
    for folder in site.config["blogs"]:
        people |= documents.people(site.root / folder / "authors")
        for file in documents.each(site.root / folder, "tags.yml", "tags.yaml"):
            said = documents.harmless(file)
            tags |= {str(key): word(section(said, str(key)), "label") or str(key) for key in said}
    languages = site.config["locales"] or (site.config["defaultLocale"],)
    return replace(site, people=people, languages=tuple(languages), data={"tags": tags})


def spot(site: Site, path: str, files: Mapping[str, object]) -> Spot | None:
    """A post of a blog, or of a blog's translation; what begins with _ is none."""
    language, inner = "", ""
    if translated := re.match(r"i18n/([^/]+)/docusaurus-plugin-content-blog(?:-([^/]+))?/", path):
        language, inner = translated[1], path[translated.end() :]
        blog = translated[2] or next(iter(site.config["blogs"]))
    else:
        blog = next((one for one in site.config["blogs"] if path.startswith(one + "/")), "")
        inner = path.removeprefix(blog + "/")
    if any(part.startswith("_") for part in inner.split("/")) or (not blog and not site.pattern):
        return None
    stem = posixpath.splitext(inner)[0]
    bundle = stem.endswith("/index")
    dated = _DATED.fullmatch(stem)
    route = site.config["blogs"].get(blog, blog)
    if not dated:
        return Spot(stem.removesuffix("/index"), route, "", language, bundle)
    year, month, day = re.split("[-/]", dated["date"])
    date = f"{year}-{int(month):02}-{int(day):02}"
    name = f"{dated['date'].replace('-', '/')}/{dated['folder']}{dated['text']}".strip("/")
    return Spot(name, route, date, language, bundle)


def completed(post: Post) -> Table:
    """The head, with the ways in which authors were named once, and tags by their names."""
    table: dict[str, Any] = dict(post.head)
    if "authors" not in table and (table.get("author") or table.get("authorName")):
        name, url = (
            table.get("author") or table.get("authorName"),
            table.get("author_url") or table.get("authorURL"),
        )
        table["authors"] = {"name": name, "url": url}
    known = post.site.data["tags"]
    if isinstance(tags := table.get("tags"), list):
        table["tags"] = [known.get(one, one) if isinstance(one, str) else one for one in tags]
    return table


def aside(post: Post) -> str:
    """Posts that are in no list of the site's."""
    return "are unlisted" if post.head.get("unlisted") is True else ""


def address(post: Post, facts: Facts) -> str:
    """The blog's place, and the post's slug, or its date and its name."""
    config = post.site.config
    slug = word(post.head, "slug") or post.spot.name
    prefix = f"{post.spot.language}/" if post.spot.language else ""
    path = "/".join(part for part in (post.spot.folder, slug.strip("/")) if part)
    return post.site.url + prefix + path + ("/" if config["trailingSlash"] is True else "")


def text(post: Post) -> str:
    """Its text, without components and the like; its first heading is its title and no text."""
    body = post.body
    if not post.head.get("title"):
        body = re.sub(r"\A((?:\s|import [^\n]*\n)*)#[ \t]+[^\n]+\n?", r"\1", body)
    return mdx.text(post, body)


def described(root: Path, config: Table) -> Described:
    """Title, address and the like."""
    return Described(
        title=word(config, "title"),
        url=word(config, "url").rstrip("/") + "/" + word(config, "baseUrl").lstrip("/")
        if config["url"]
        else "",
        description=word(config, "tagline"),
        language=word(config, "defaultLocale"),
    )


DOCUSAURUS = Dialect(
    name="docusaurus",
    suffixes=frozenset({".md", ".mdx"}),
    keys=Keys(
        published=("date",),
        updated=("last_update.date", "updated", "lastUpdated"),
        summary=("description", "excerpt", "summary"),
        authors=("authors",),
        tags=("tags",),
        image=("image", "cover", "hero_image", "thumbnail"),
        language=(),
        ignored=frozenset(
            "author author_url author_title author_image_url authorURL authorTitle authorName authorFBID "
            "authorImageURL authorTwitter hide_table_of_contents toc_min_heading_level toc_max_heading_level "
            "unlisted last_update sidebar_label sidebar_position pagination_next pagination_prev".split()
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
    utc=True,
    copied=True,
    headless=True,
)
