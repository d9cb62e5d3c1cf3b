"""Somebody's site looked at: which generator made it, what it holds, and the feeds.toml that follows.

Nothing in the site is run and nothing in it is changed.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from feeds import sources
from feeds.article import Article
from feeds.config import FILE_NAME, PublicationSettings
from feeds.errors import Fault, OutputError, Place, SettingsError, gathered
from feeds.publishing import replace_file
from feeds.sources import dialects
from feeds.sources.described import completed
from feeds.sources.dialects import documents
from feeds.sources.dialects.base import Described, UnsettledError

_SIGNS: Mapping[str, tuple[str, ...]] = {
    "docusaurus": tuple(f"docusaurus.config.{end}" for end in ("js", "ts", "mjs", "cjs", "mts")),
    "astro": tuple(f"astro.config.{end}" for end in ("mjs", "ts", "js", "cjs", "mts")),
    "eleventy": tuple(
        f"{name}.{end}" for name in (".eleventy", "eleventy.config") for end in ("js", "cjs", "mjs", "ts")
    ),
    "pelican": ("pelicanconf.py",),
    "hugo": tuple(f"hugo.{end}" for end in ("toml", "yaml", "yml", "json")),
    "jekyll": ("_config.yml", "_config.yaml", "_config.toml", "_posts"),
    "zola": ("zola.toml",),
}
"""What lies in a site's folder and in no other."""
_NAMES = {"docusaurus": "Docusaurus", "astro": "Astro", "eleventy": "Eleventy", "pelican": "Pelican"} | {
    "hugo": "Hugo",
    "jekyll": "Jekyll",
    "zola": "Zola",
}


@dataclass(frozen=True)
class Survey:
    """What was found out about a site."""

    dialect: str
    site: Path
    described: Described
    articles: tuple[Article, ...]
    faults: tuple[Fault, ...]
    posts: tuple[str, ...] = ()
    """The folders of posts, where the site means some of those that it has."""
    assumed: tuple[str, ...] = ()
    """What the site does not say, and what was taken for it."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many posts lie in each folder."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its posts; the one with the most comes first, if it is not the site's own."""
        found = Counter(article.language for article in self.articles)
        return tuple(sorted(found, key=lambda tag: (tag != self.described.language, -found[tag], tag)))


def located(site: str) -> Path:
    """The folder of a site. Raises `SettingsError` for an address, of which there are no files to read."""
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", site):
        return Path(site)
    advice = "name the folder of the site's files; or, of its feed, run feeds init DIR and feeds import"
    raise SettingsError(Fault(Place(site), f"is an address, and no folder: {advice} {site} -C DIR"))


def survey(folder: Path) -> Survey:
    """Look at a site. Raises `SettingsError` where there is none, or more than one."""
    dialect, site = _recognised(folder)
    spoken = dialects.dialect(dialect)
    try:
        config = spoken.settings(site)
        described, assumed = completed(spoken.described(site, config), site)
        meant = spoken.meant(site, config)
    except UnsettledError as refusal:
        raise SettingsError(Fault(Place(str(site)), str(refusal))) from None
    publication = _publication(dialect, site, described, ())
    reading = sources.read(publication, Path())
    counts = Counter(_folder(article, site) for article in reading.library.articles)
    posts = _posts(meant, counts)
    if posts:
        reading = sources.read(_publication(dialect, site, described, posts), Path())
    return Survey(dialect, site, described, reading.library.articles, reading.faults, posts, assumed, counts)


def _publication(dialect: str, site: Path, described: Described, posts: Sequence[str]) -> PublicationSettings:
    return PublicationSettings.model_validate(
        {
            "title": described.title,
            "url": described.url,
            "language": described.language,
            "timezone": described.timezone,
            "dialect": dialect,
            "content": str(site),
            "posts": posts,
        }
    )


def _recognised(folder: Path) -> tuple[str, Path]:
    """The dialect of a site and its folder: the one that is named, or the only one below it."""
    if not folder.is_dir():
        raise SettingsError(Fault(Place(str(folder)), "is no folder; name that of your site"))
    if dialect := recognised(folder):
        return dialect, folder
    below = _sites(_inner(folder)) or _sites(deeper for inner in _inner(folder) for deeper in _inner(inner))
    if len(below) == 1:
        return below[0]
    if below:
        named = ", ".join(str(inner) for _, inner in below)
        raise SettingsError(Fault(Place(str(folder)), f"holds several sites; name one of {named}"))
    known = ", ".join(sorted(_NAMES.values()))
    raise SettingsError(Fault(Place(str(folder)), f"is no site of a generator known here: {known}"))


def _sites(folders: Iterable[Path]) -> list[tuple[str, Path]]:
    return [(name, folder) for folder in folders if (name := recognised(folder))]


def _inner(folder: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith((".", "_", "node_modules")):
            yield Path(entry.path)


def recognised(folder: Path) -> str | None:
    """The dialect of the site that a folder is, by what lies in it; None if it is none."""
    for dialect, signs in _SIGNS.items():
        if any((folder / sign).exists() for sign in signs):
            return dialect
    if "@11ty/eleventy" in documents.text(folder / "package.json"):
        return "eleventy"
    if (folder / "config" / "_default").is_dir() and (folder / "content").is_dir():
        return "hugo"
    config = documents.text(folder / "config.toml")
    if re.search(r"^\s*base_url\s*=", config, re.MULTILINE):
        return "zola"
    is_hugo = any((folder / f"config.{end}").is_file() for end in ("toml", "yaml", "yml", "json"))
    return "hugo" if is_hugo and (folder / "content").is_dir() else None


def _folder(article: Article, site: Path) -> str:
    """The folder of posts that an article is in: below the site, three parts deep at most."""
    inner = Path(article.file).relative_to(os.path.normpath(site)).parent
    return "/".join(inner.parts[:3]) or "."


def _posts(meant: Sequence[str], counts: Mapping[str, int]) -> tuple[str, ...]:
    """Those folders that the site's own lists show, if it says which, and they hold anything."""
    return tuple(folder for folder in meant if any(_within(place, folder) for place in counts))


def _within(place: str, folder: str) -> bool:
    return place == folder or place.startswith(folder + "/") or folder.startswith(place + "/")


def sentences(found: Survey) -> Iterator[str]:
    """What was found, for a person."""
    number = len(found.articles)
    told = f"{number:,} {'post' if number == 1 else 'posts'}"
    name = _NAMES[found.dialect]
    article = "an" if name[0] in "AEIOU" else "a"
    yield f"{found.site} is {article} {name} site, “{found.described.title}”, with {told}."
    if number:
        days = sorted(article.published for article in found.articles)
        tongues = ", ".join(found.languages)
        yield f"They are of {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}, in {tongues}."
        yield f"The newest stands at {max(found.articles, key=lambda one: one.published).url}"
    others = {
        place: count for place, count in found.counts.items() if found.posts and not _taken(place, found)
    }
    if others:
        named = ", ".join(f"{place} ({count:,})" for place, count in sorted(others.items()))
        yield f"The site's own lists leave out {named}; add to posts in feeds.toml what you want."
    yield from found.assumed
    yield from map(str, gathered(found.faults))


def _taken(place: str, found: Survey) -> bool:
    return any(_within(place, folder) for folder in found.posts)


def settings(found: Survey, folder: Path) -> str:
    """The feeds.toml for a site, to lie in `folder`."""
    said = found.described
    content = os.path.relpath(found.site, folder).replace(os.sep, "/")
    lines = [
        f"# {_NAMES[found.dialect]}'s own files, read where they are; nothing in them is changed.",
        "[publication]",
        f"title = {_quoted(said.title)}",
        f"url = {_quoted(said.url)}",
        *([f"description = {_quoted(said.description)}"] if said.description else []),
        f"language = {_quoted(said.language)}",
        f"timezone = {_quoted(said.timezone)}",
        *([f"authors = {_list(said.authors)}"] if said.authors else []),
        f"dialect = {_quoted(found.dialect)}",
        f"content = {_quoted(content)}",
        *([f"posts = {_list(found.posts)}"] if found.posts else []),
        *(_apart(content) if not content.startswith("../") else []),
        "",
        *_feeds(found),
    ]
    return "\n".join(lines)


def _apart(content: str) -> list[str]:
    """Folders that no generator has, for a feeds.toml that lies in the site itself."""
    return ['output = "feeds-public"', 'templates = "feeds-templates"'] if content == "." else []


def _feeds(found: Survey) -> Iterator[str]:
    first, *others = found.languages or (found.described.language,)
    archived = ["# The newest, and all the others in pages that never change.", "limit = 20", "archive = 100"]
    yield from ["[feed.news]", *archived]
    if others:
        yield f"select = {{ language = {_quoted(first)} }}"
    for language in others:
        yield from ["", f"[feed.news-{language.lower()}]", *archived[1:]]
        yield f"select = {{ language = {_quoted(language)} }}"
    yield ""


def _quoted(text: str) -> str:
    """A text as TOML has it (1.0, basic strings); JSON's escapes are among them."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def start(found: Survey, folder: Path) -> Path:
    """Write the feeds.toml into a folder. Raises `OutputError` where one is there already."""
    target = folder / FILE_NAME
    if target.exists():
        raise OutputError(Fault(Place(str(target)), "is there already; choose another folder"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(target, settings(found, folder).encode())
    except OSError as refusal:
        raise OutputError(Fault(Place(str(folder)), f"cannot be written: {refusal.strerror}")) from None
    return target
