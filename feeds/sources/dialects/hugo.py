"""Hugo: content/ with YAML, TOML or JSON heads, page bundles, languages, permalinks and shortcodes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from feeds.sources.dialects import cascades, documents, references, slugs
from feeds.sources.dialects.base import Described, Dialect, Facts, Keys, Post, Site, Spot, Table
from feeds.sources.dialects.documents import section, word
from feeds.sources.dialects.hugo_text import text
from feeds.sources.dialects.permalinks import hugo as filled

CONFIGS = tuple(
    f"{name}{suffix}" for name in ("hugo", "config") for suffix in (".toml", ".yaml", ".yml", ".json")
)
SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".html", ".htm"})
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-|$)(.*)")


def settings(root: Path) -> Table:
    """hugo.toml or config.toml and its kin, or the folder config/_default; all keys small."""
    found = dict(documents.lowered(documents.first(root, CONFIGS)))
    folder = root / "config" / "_default"
    for file in documents.each(folder, "*.toml", "*.yaml", "*.yml", "*.json"):
        said = documents.lowered(documents.table(file))
        name = file.stem.lower()
        if name in ("hugo", "config"):
            found |= said
        elif name.startswith("languages."):
            found["languages"] = {**section(found, "languages"), name.partition(".")[2]: said}
        elif "." not in name:
            found[name] = {**section(found, name), **said}
    return found


def folders(root: Path, config: Table) -> tuple[str, ...]:
    """Where its pages are; a folder within another is not named again."""
    named = sorted({source for source, _, _ in _mounts(config)})
    return tuple(
        folder
        for folder in named
        if not any(folder.startswith(other + "/") for other in named) and (root / folder).is_dir()
    ) or ("content",)


def _mounts(config: Table) -> Iterator[tuple[str, str, str]]:
    """Each folder of pages, what it is within all of them, and its language where it has one."""
    mounted = section(config, "module").get("mounts")
    for mount in mounted if isinstance(mounted, list) else ():
        target = str(mount.get("target", "")).strip("/") if isinstance(mount, Mapping) else ""
        if target == "content" or target.startswith("content/"):
            source = posixpath.normpath(str(mount.get("source", "content")))
            if not source.startswith(("..", "/")):
                yield source, target.removeprefix("content").strip("/"), word(mount, "lang", "language")
    for language, said in _languages(config).items():
        if folder := word(said, "contentdir"):
            yield posixpath.normpath(folder), "", language
    yield posixpath.normpath(word(config, "contentdir") or "content"), "", ""


def _languages(config: Table) -> dict[str, Table]:
    """The languages that are not turned off, by the names that the site has for them."""
    off = config.get("disablelanguages")
    left_out = {str(one).lower() for one in off} if isinstance(off, list) else set()
    return {
        str(language).lower(): said
        for language, said in section(config, "languages").items()
        if isinstance(said, Mapping)
        and str(language).lower() not in left_out
        and said.get("disabled") is not True
    }


def completed(post: Post) -> Table:
    """The head with what cascades to it; of a date in the file's name, the rest of the name is its slug."""
    head = {**cascades.reaching(post), **post.head}
    named = section(post.site.config, "frontmatter").get("date") or ()
    dated = _DATED.match(post.spot.name) if ":filename" in named and not head.get("date") else None
    return {"slug": dated[2] or None, **head} if dated else head


def found(site: Site) -> Site:
    """The site with its languages, its people, and which of its folders belongs to which language."""
    config = site.config
    main = (word(config, "defaultcontentlanguage") or "en").lower()
    mounts = sorted(_mounts(config), key=lambda mount: -len(mount[0]))
    content = site.root / (word(config, "contentdir") or "content")
    people = documents.people(*(site.root / "data" / name for name in documents.PEOPLE))
    for file in documents.each(content / "authors", "*/_index.md"):
        if title := re.search(r"^title\s*[:=]\s*[\"']?(.+?)[\"']?\s*$", documents.text(file), re.MULTILINE):
            people[file.parent.name] = {"name": title[1]}
    data = {"main": main, "mounts": mounts, "flat": not _has_sections(content), "cascades": {}}
    return replace(site, languages=tuple(_languages(config)), people=people, data=data)


def _has_sections(content: Path) -> bool:
    return any(True for _ in documents.each(content, "*/*.md", "*/*/*.md"))


def spot(site: Site, path: str, files: Mapping[str, object]) -> Spot | None:
    """A regular page; no list of pages, no file within another's bundle."""
    mount = next((one for one in site.data["mounts"] if path.startswith(one[0] + "/")), None)
    if mount is None:
        return None
    source, target, language = mount
    folder, _, file = path.removeprefix(source + "/").rpartition("/")
    name = posixpath.splitext(file)[0]
    stem, _, ending = name.rpartition(".")
    if stem and ending.lower() in {*site.languages, site.data["main"]}:
        name, language = stem, ending.lower()
    if name == "_index" or _within_bundle(path, name, source, files):
        return None
    folder = "/".join(part for part in (target, folder) if part)
    bundle = name == "index" and bool(folder)
    if bundle:
        folder, _, name = folder.rpartition("/")
        is_page = bool(folder) or bool(site.pattern) or not target
    else:
        is_page = bool(folder) or site.data["flat"]
    dated = _DATED.match(name)
    spoken = "" if language == site.data["main"] else _tag(site, language)
    return Spot(name, folder, dated[1] if dated else "", spoken, bundle) if is_page else None


def _within_bundle(path: str, name: str, source: str, files: Mapping[str, object]) -> bool:
    folder = path.rpartition("/")[0]
    if name == "index":
        folder = folder.rpartition("/")[0]
    while len(folder) > len(source):
        if f"{folder}/index.md" in files:
            return True
        folder = folder.rpartition("/")[0]
    return False


def _tag(site: Site, language: str) -> str:
    said = section(site.config, "languages", language)
    return word(said, "locale", "languagecode") or language


def aside(post: Post) -> str:
    """Pages that Hugo makes no page of, or shows in no list."""
    head = post.head
    build = section(head, "build") or section(head, "_build")
    if head.get("headless") is True or build.get("render") in (False, "never", "false"):
        return "are headless"
    if build.get("list") in (False, "never", "false"):
        return "are in no list"
    if str(head.get("layout", "")).lower() in ("search", "archives", "archive"):
        return "are pages that list or search others"
    return ""


def address(post: Post, facts: Facts) -> str:
    """By the page's url, its section's permalink, or its place."""
    site, head = post.site, post.head
    prefix = _prefix(post)
    lower = site.config.get("disablepathtolower") is not True

    def slugged(value: str) -> str:
        plain = slugs.plain(value) if site.config.get("removepathaccents") is True else value
        return slugs.hugo(plain, lower=lower)

    given = word(head, "url")
    if given:
        if ":" in given:
            given = filled(given, post, facts, slugged)
        made = given.removeprefix(site.url).lstrip("/")
        return site.url + made + "/" * (bool(made) and made[-1] != "/" and "." not in made.rpartition("/")[2])
    main = post.spot.folder.partition("/")[0] or post.spot.name
    pattern = _pattern(site.config, main)
    if pattern:
        path = filled(pattern, post, facts, slugged).strip("/")
    else:
        last = word(head, "slug") or post.spot.name
        path = "/".join(part for part in (slugged(post.spot.folder), slugged(last).strip("/")) if part)
    path = path.replace("#", "%23")
    ugly = site.config.get("uglyurls")
    if isinstance(ugly, Mapping):
        ugly = ugly.get(main)
    return site.url + prefix + path + (".html" if ugly is True else "/")


def _pattern(config: Table, main: str) -> str:
    permalinks = section(config, "permalinks")
    named: Any = section(permalinks, "page").get(main.lower()) or permalinks.get(main.lower())
    return named if isinstance(named, str) else ""


def _prefix(post: Post) -> str:
    site = post.site
    if not post.spot.language:
        main: str = site.data["main"]
        return main + "/" if site.config.get("defaultcontentlanguageinsubdir") is True else ""
    for language in site.languages:
        if _tag(site, language) == post.spot.language:
            return language + "/"
    return post.spot.language + "/"


def folders_of_references(post: Post) -> tuple[str, ...]:
    """Where a reference from the root of the content is looked for."""
    return tuple(dict.fromkeys(mount[0] for mount in post.site.data["mounts"]))


def reference(post: Post, given: str) -> str:
    """What ref and relref give: another page's file, or the address it would have."""
    path = re.sub(r"(?:/?_?index)?\.(?:md|html)$", "", given.partition("#")[0]).strip("/")
    elsewhere = post.site.url + (slugs.hugo(path) + "/" if path else "")
    return references.link(post, given, folders_of_references(post), elsewhere)


def written(post: Post) -> str:
    """Its text, without shortcodes."""
    return text(post, lambda given: reference(post, given))


def described(root: Path, config: Table) -> Described:
    """Title, address and the like; in a site of several languages those of the main one."""
    main = word(config, "defaultcontentlanguage") or "en"
    said = {**config, **section(config, "languages", main.lower())}
    params = {**section(config, "params"), **section(said, "params")}
    author = section(params, "author") or section(config, "author")
    return Described(
        title=word(said, "title"),
        url=word(config, "baseurl"),
        description=word(params, "description", "subtitle") or word(said, "description"),
        language=word(said, "locale", "languagecode") or main,
        timezone=word(config, "timezone"),
        authors=tuple(
            filter(None, [word(author, "name") or word(params, "author") or word(config, "author")])
        ),
    )


def meant(root: Path, config: Table) -> tuple[str, ...]:
    """The folders of the main sections, where the site names them."""
    named = section(config, "params").get("mainsections") or config.get("mainsections")
    sections = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    places = {source for source, target, _ in _mounts(config) if not target}
    return tuple(
        f"{source}/{one}".strip("/")
        for source in sorted(places)
        for one in sections
        if isinstance(one, str) and one and (root / source / one).is_dir()
    )


HUGO = Dialect(
    name="hugo",
    suffixes=SUFFIXES,
    keys=Keys(
        published=("date", "publishdate", "pubdate", "published", "lastmod", "modified"),
        updated=("lastmod", "updated", "modified", "last_modified_at"),
        held=("publishdate",),
        expires=("expirydate", "unpublishdate"),
        summary=("summary", "description", "excerpt", "abstract"),
        authors=("authors", "author", "params.authors", "params.author"),
        tags=("tags", "tag", "categories", "category", "topics"),
        image=(
            *("cover", "image", "images", "featured_image", "featuredimage", "feature_image", "featureimage"),
            *("heroimage", "header_image", "header.image", "thumbnail", "banner", "img", "feature", "hero"),
            *("params.image", "params.images", "params.cover", "featured"),
        ),
        language=(),
        ignored=frozenset(
            "build _build cascade headless linktitle markup outputs resources translationkey iscjklanguage "
            "params menus menu showtoc tocopen hidemeta hidesummary disableshare comments "
            "showreadingtime showbreadcrumbs showpostnavlinks toc license math autonumbering hideheader "
            "tableofcontents showtableofcontents usepagebundles codemaxlines codelinenumbers".split()
        ),
    ),
    settings=settings,
    folders=folders,
    described=described,
    meant=meant,
    spot=spot,
    address=address,
    text=written,
    found=found,
    completed=completed,
    aside=aside,
    left={
        ".org": "Org mode",
        ".adoc": "AsciiDoc",
        ".asciidoc": "AsciiDoc",
        ".rst": "reStructuredText",
        ".pandoc": "Pandoc's Markdown",
    },
    twins=True,
    folded=True,
)
