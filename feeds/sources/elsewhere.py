"""Articles from elsewhere: what `feeds fetch` has kept, through the same gate as our own files.

Our own come first, then the sources in the order of feeds.toml: of two articles with one id, or at one
address, the first is shown. Nothing here asks a network or a database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from feeds import values
from feeds.article import Article, Origin
from feeds.config import SourceSettings
from feeds.errors import ContentError, Fault, Place
from feeds.faults import Path as FieldPath
from feeds.library import Library, newest_first
from feeds.sources import Reading, files, kept
from feeds.sources.accepted import Accepted, accept
from feeds.sources.base import Raw
from feeds.sources.completion import Surroundings, complete
from feeds.sources.kept import Line, Section


def joined(
    reading: Reading, sources: Mapping[str, SourceSettings], root: Path, withdrawn: Collection[str] = ()
) -> Reading:
    """What was read of our own, and with it what was kept of every source.

    Ids that we have `withdrawn` are never shown again, whoever still has them.
    """
    found = _Found(reading.library.articles, withdrawn)
    faults = list(reading.faults)
    around = Surroundings(reading.library.publication, reading.listing, {}, ())
    for name, settings in sources.items():
        source = _Source(name, settings, root, around)
        try:
            for one in source.articles():
                if isinstance(one, Fault):
                    faults.append(one)
                elif (other := found.take(one)) and settings.query:  # that feeds share entries is no news
                    problem = f"has the id or the address of {other}; left out"
                    faults.append(Fault(Place(one.file), problem, warning=True))
        except ContentError as refusal:
            faults.extend(refusal.faults)
    library = Library(reading.library.publication, newest_first(found.articles))
    return Reading(library, tuple(sorted(faults)), reading.listing)


def file_of(source: str, key: str) -> str:
    """What stands for the file of an article that has none of its own: feeds.lock knows it by this."""
    return f"{kept.name(source)}#{key}"


class _Found:
    """Every article once, and the file of each id and address."""

    def __init__(self, own: Iterable[Article], withdrawn: Iterable[str]) -> None:
        self.articles = list(own)
        self._ids = dict.fromkeys(withdrawn, "an article that was withdrawn")
        self._ids |= {article.id: article.file for article in self.articles}
        self._addresses = {values.look(article.url): article.file for article in self.articles}

    def take(self, article: Article) -> str:
        """Add an article of a source, unless its id or its address is that of another, which is named."""
        address = values.look(article.url)
        other = self._ids.get(article.id) or self._addresses.get(address)
        if other:
            return other
        self._ids[article.id] = self._addresses[address] = article.file
        self.articles.append(article)
        return ""


@dataclass(frozen=True)
class _Source:
    name: str
    settings: SourceSettings
    root: Path
    around: Surroundings

    def articles(self) -> Iterator[Article | Fault]:
        """Every article of the source that is all right, and what is wrong with the others."""
        for line in kept.lines(self.root, self.name, self.settings.what):
            if isinstance(line, Fault):
                yield line
                continue
            again = _Again(self.root, self.name, line.offset, len(line.content), line.number)
            try:
                raw = read(line.content, self.name, line.number)
            except ValueError as refusal:
                yield Fault(Place(kept.name(self.name), line.number), str(refusal))
                continue
            found = checked(raw, self.settings, self.around, again)
            yield from found if isinstance(found, list) else (_from(found, raw, line, self.name),)


@dataclass(frozen=True)
class _Again:
    """Reads an article of a source once more: its text is not held while nobody shows it."""

    root: Path
    source: str
    offset: int
    size: int
    number: int

    def __call__(self) -> Raw:
        """The raw article; another, or an empty one, where the file has been fetched anew since."""
        place = kept.name(self.source)
        try:
            return read(kept.again(self.root, self.source, self.offset, self.size), self.source, self.number)
        except (OSError, ValueError):
            return Raw({}, "", place, dict)


def read(content: bytes, source: str, number: int) -> Raw:
    """A line of the kept file as a raw article. Raises `ValueError` with what is wrong with it."""
    try:
        fields = kept.told(content)
    except ValueError:
        raise ValueError(f"is no line that `feeds fetch` has written; run `feeds fetch {source}`") from None
    at: Mapping[FieldPath, int] = {(name,): number for name in (*fields, *_NEEDED)}
    return Raw(fields, "", kept.name(source), lambda: at, served=True, digest=files.digest(content))


_NEEDED = ("id", "url", "title", "published", "body")
"""Fields that may be spoken of where they are missing."""


def checked(
    raw: Raw, settings: SourceSettings, around: Surroundings, again: _Again | None = None
) -> Article | list[Fault]:
    """A raw article through our gate, with what its source says of all its articles; or its faults.

    Its id is kept to the letter, also where it is none that a file of ours could say.
    """
    fields: dict[str, Any] = dict(raw.fields)
    id, _ = fields.pop("id", None), fields.pop("key", None)
    fields["tags"] = [*_listed(fields.get("tags")), *settings.tags]
    if settings.language:
        fields.setdefault("language", settings.language)
    faults = []
    if not (url := fields.get("url")):
        faults.append(raw.fault("url", "is missing; it says where the article stands"))
        fields["url"] = around.publication.url  # for the gate to see what else is wrong
    elif isinstance(url, str):
        fields["url"] = resolved(around.publication.url, url)
    if id is not None and (problem := odd_id(id)):
        faults.append(raw.fault("id", problem))
    whole = Raw(fields, raw.path, raw.file, raw.lines, raw.names, served=True, digest=raw.digest)
    accepted = accept(whole, around.publication, again)
    if not isinstance(accepted, Accepted):
        return [*faults, *accepted]
    article = complete(accepted, around, faults.append)
    if any(not fault.warning for fault in faults):
        return faults
    return article if id is None else article.but(id=id, named=True)


def resolved(base: str, url: str) -> str:
    """An address that may be relative to the publication's; one that is none is for the gate to refuse."""
    if url.startswith(("http://", "https://")):
        return url
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def odd_id(id: object) -> str:
    """Why feeds and feeds.lock cannot hold an id to the letter; nothing, as a rule."""
    try:
        if isinstance(id, str) and values.line(id) == id.strip() == id and not id.startswith("#"):
            return ""
    except ValueError as refusal:
        return str(refusal)
    return "must be text that does not begin with #"


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _from(article: Article, raw: Raw, line: Line, source: str) -> Article:
    """The article with where it is from."""
    key = str(raw.fields.get("key") or (article.id if article.named else article.url))
    return article.but(origin=_origin(source, line.section), file=file_of(source, key))


@lru_cache(maxsize=1024)
def _origin(source: str, section: Section) -> Origin:
    feed = section.feed if section.feed.startswith(("http://", "https://")) else ""
    return Origin(name=source, title=section.title, home=section.home, feed=feed, id=section.id)
