"""Zola: content/ with TOML or YAML heads, sections, assets beside index.md, and its shortcodes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from feeds.sources.dialects import documents, heads, marks, references, slugs
from feeds.sources.dialects.base import Described, Dialect, Facts, Keys, Post, Site, Spot, Table
from feeds.sources.dialects.documents import section, word
from feeds.sources.dialects.kramdown import headings, means_more
from feeds.sources.dialects.marks import NEVER, Marks
from feeds.sources.dialects.shortcodes import Shortcode, shown

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T[^-_]*)?[-_ ](.+)")
_ARGUMENTS = r"(?:[^\"'`{}]|\"[^\"]*\"|'[^']*'|`[^`]*`)*?"
_MARK = re.compile(
    r"\{\{/\*(?P<shown>.{0,1000}?)\*/\}\}|\{%/\*(?P<shown_tag>.{0,1000}?)\*/%\}"
    rf"|\{{(?:\{{|%)-?\s*(?P<name>\w+)\s*\((?P<rest>{_ARGUMENTS})\)\s*-?(?:%|\}})\}}"
    r"|(?P<end>\{%-?\s*end\s*-?%\})"
    r"|\{%(?P<odd>[^{}]{0,400}?)%\}|(?P<broken>\{%|\{\{(?=\s*\w+\s*\()(?:[^\n]{0,400}?\}\})?)",
    re.DOTALL,
)
_INTERNAL = re.compile(r"(?P<before>\]\([ \t]*<?|\]:[ \t]*|(?:href|src)=[\"'])@/(?P<path>[^)>\"'\s]+)")


def settings(root: Path) -> Table:
    """config.toml, or zola.toml as it is called lately."""
    return documents.first(root, ("config.toml", "zola.toml"))


def folders(root: Path, config: Table) -> tuple[str, ...]:
    """Pages are in content/ and nowhere else."""
    return ("content",)


def found(site: Site) -> Site:
    """The site with its languages."""
    main = word(site.config, "default_language") or "en"
    languages = tuple(dict.fromkeys((main, *section(site.config, "languages"))))
    extra = section(site.config, "extra")
    people = documents.people(*(site.root / place / "authors" for place in ("data", "content", ".")))
    known = {key: one for key, one in section(extra, "authors").items() if isinstance(one, Mapping)}
    return replace(site, languages=languages, people={**people, **known}, data={"main": main})


def spot(site: Site, path: str, files: Mapping[str, object]) -> Spot | None:
    """A page; no section, and nothing among the assets of another page."""
    folder, _, file = path.removeprefix("content/").rpartition("/")
    name, language = _parted(site, posixpath.splitext(file)[0])
    if name == "_index" or not path.startswith("content/"):
        return None
    around = path.rpartition("/")[0].rpartition("/")[0] if name == "index" else path.rpartition("/")[0]
    while len(around) > len("content"):
        if f"{around}/index.md" in files:
            return None
        around = around.rpartition("/")[0]
    bundle = name == "index" and bool(folder)
    if bundle:
        folder, _, name = folder.rpartition("/")
    dated = _DATED.fullmatch(name)
    date, name = (dated[1], dated[2]) if dated else ("", name)
    return Spot(name, folder, date, "" if language == site.data["main"] else language, bundle)


def _parted(site: Site, stem: str) -> tuple[str, str]:
    name, dot, ending = stem.rpartition(".")
    return (name, ending) if dot and ending in site.languages else (stem, "")


def aside(post: Post) -> str:
    """Pages that Zola makes nothing of."""
    return "are not rendered" if post.head.get("render") is False else ""


def address(post: Post, facts: Facts) -> str:
    """By its path, or by its sections and its slug."""
    mode = word(section(post.site.config, "slugify"), "paths") or "on"
    if post.site.config.get("slugify_paths") is False:
        mode = "off"
    prefix = f"{post.spot.language}/" if post.spot.language else ""
    if given := word(post.head, "path"):
        return post.site.url + prefix + given.strip("/") + "/"
    slug = word(post.head, "slug") or post.spot.name
    parts = [*post.spot.folder.split("/"), *slug.split("/")]
    path = "/".join(slugs.zola(part, mode=mode) for part in parts if part)
    return post.site.url + prefix + path + "/"


def text(post: Post) -> str:
    """Its text, without shortcodes, and with links to other pages' files."""
    if "@/" not in post.body and not means_more(post.body):
        return post.body
    mark = NEVER if _is_untouched(post) else _MARK
    return marks.without(
        post.body, Marks(mark, lambda found: _replaced(found, post), prose=lambda part: _prose(part, post))
    )


def _is_untouched(post: Post) -> bool:
    """Whether the site says that marks in its pages are none."""
    patterns = post.site.config.get("skip_content_templating")
    return isinstance(patterns, list) and any(
        isinstance(one, str) and (one == "**" or fnmatch(post.path.removeprefix("content/"), one))
        for one in patterns
    )


def _replaced(found: re.Match[str], post: Post) -> str:
    if found["shown"] is not None:
        return marks.span("{{" + found["shown"] + "}}")
    if found["shown_tag"] is not None:
        return marks.span("{%" + found["shown_tag"] + "%}")
    if found["end"]:
        return ""
    if not found["name"]:
        post.note("shortcode", "…")
        return ""
    alone, named = marks.arguments(found["rest"])
    made = shown(Shortcode(found["name"], alone, named), post)
    if made is None:
        post.note("shortcode", found["name"])
        return ""
    return made


def _prose(part: str, post: Post) -> str:
    return headings(_INTERNAL.sub(lambda found: found["before"] + _page(found["path"], post), part))


def _page(given: str, post: Post) -> str:
    path, mark, fragment = given.partition("#")
    if f"content/{path}" in post.files and not path.endswith("_index.md"):
        return references.relative(post, f"content/{path}") + mark + fragment
    plain = re.sub(r"(?:(?:^|/)_?index)?(?:\.\w\w)?\.md$", "", path)
    whole = "/".join(slugs.zola(part) for part in plain.split("/") if part)
    return post.site.url + whole + ("/" if whole else "") + mark + fragment


def _home(root: Path) -> Table:
    """What the page of the whole site says of itself."""
    return heads.harmless(documents.text(root / "content" / "_index.md"))


def described(root: Path, config: Table) -> Described:
    """Title, address and the like."""
    author = word(config, "author") or word(section(config, "extra"), "author")
    home = _home(root)
    return Described(
        title=word(config, "title") or word(home, "title"),
        url=word(config, "base_url"),
        description=word(config, "description") or word(home, "description"),
        language=word(config, "default_language"),
        authors=(author,) if author else (),
    )


ZOLA = Dialect(
    name="zola",
    suffixes=frozenset({".md"}),
    keys=Keys(
        published=("date",),
        updated=("updated", "extra.updated"),
        summary=("description", "summary", "extra.description", "extra.summary"),
        authors=(
            "authors",
            "author",
            "taxonomies.authors",
            "taxonomies.author",
            "extra.authors",
            "extra.author",
        ),
        tags=("taxonomies.tags", "taxonomies.categories", "tags", "categories", "extra.tags"),
        image=(
            *("extra.image", "extra.cover", "extra.cover_image", "extra.banner", "extra.featured_image"),
            *(
                "extra.thumbnail",
                "extra.og_image",
                "extra.social_media_card",
                "extra.hero",
                "extra.feature_image",
            ),
            *("extra.img", "extra.card", "extra.og_preview_img", "image"),
        ),
        language=(),
        ignored=frozenset("path in_search_index render insert_anchor_links".split()),
    ),
    settings=settings,
    folders=folders,
    described=described,
    spot=spot,
    address=address,
    text=text,
    found=found,
    aside=aside,
)
