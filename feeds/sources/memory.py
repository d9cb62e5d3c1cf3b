"""What was read last, by the stamp of each file: kept in the process, or in a file between two runs.

It never decides: a file whose stamp is another is read anew, and whatever the memory file lacks, or
says in a way that is not ours, was never known. So it can be deleted at any time. A stamp tells a
change only if it is older than the clock's step; what was changed just before it was read is not kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from orjson import dumps, loads

from feeds.article import Article, Attachment, FullArticle, Image, Person
from feeds.config import PublicationSettings
from feeds.errors import Fault, Place
from feeds.podcast import Episode
from feeds.publishing import private
from feeds.sources.accepted import Accepted, Again, Body, whose
from feeds.sources.base import Aside, Note
from feeds.sources.files import Listing, digest
from feeds.tree import Stamp

FILE = ".feeds/articles.json"
"""Where the memory of a project lies: what nobody else may read, for drafts are in it."""
JUST_NOW = 50_000_000
"""Nanoseconds: a file changed so shortly before it was read could change again and keep its stamp."""

Found = Accepted | Aside | list[Fault]
Row = list[Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Memory:
    """What was read last. It gives the same as reading anew, and quicker."""

    file: Path | None = None
    workers: int = 1
    """So many processes may read what is not known, if it is much."""
    key: str = ""
    """What all of it followed from beside the files themselves."""
    since: int = 0
    """When the latest reading began, in nanoseconds of the clock of the files."""
    _rows: dict[str, Row] = field(default_factory=dict)
    _found: dict[str, tuple[Stamp, Found]] = field(default_factory=dict)
    _fresh: bool = False

    def begin(self, key: str, since: int) -> None:
        """A reading under a key: what was known under another is forgotten."""
        self.since = since
        if not self.key and self.file:
            self._load(self.file, key)
        if self.key != key:
            self._rows, self._found = {}, {}
        self.key = key

    def recall(self, listing: Listing, path: str, publication: PublicationSettings) -> Found | None:
        """What a file was found to be, if it is as it was."""
        stamp = listing.stamps[path]
        if known := self._found.get(path):
            return known[1] if known[0] == stamp else None
        row = self._rows.get(path)
        if row is None or (row[1], row[2], row[3], row[4]) != stamp:
            return None
        return decoded(row, Again(listing, path), publication, listing.name(path))

    def keep(self, path: str, stamp: Stamp, found: Found, row: Row | None = None) -> None:
        """What a file was found to be just now, and its row where that is known already."""
        self._fresh = True
        self._found[path] = (stamp, found)
        if row:
            self._rows[path] = row
        else:
            self._rows.pop(path, None)

    def save(self, publication: PublicationSettings, paths: Iterable[str]) -> None:
        """Write what is known of these files. Where that cannot be, the next run reads them anew."""
        there = set(paths)
        if self.file and (self._fresh or there != self._rows.keys()):
            rows = [row for path in sorted(there) if (row := self._row(path, publication))]
            with suppress(OSError):
                _write(self.file, self.key, rows)

    def _row(self, path: str, publication: PublicationSettings) -> Row | None:
        row = self._rows.get(path)
        if path not in self._found:
            return row
        stamp, found = self._found[path]
        if stamp[2] >= self.since - JUST_NOW or isinstance(found, list):
            return None
        return row or encoded(path, stamp, found, publication)

    def _load(self, file: Path, key: str) -> None:
        with suppress(OSError, ValueError, TypeError, IndexError, AttributeError, RecursionError):
            text, _, sum_of_it = file.read_bytes().rpartition(b"\n")
            if digest(text).encode() == sum_of_it:
                known_key, rows = loads(text)
                if known_key == key:
                    self._rows = {row[0]: row for row in rows}
                    self.key = key


def _write(file: Path, key: str, rows: list[Row]) -> None:
    text = dumps([key, rows])
    private(file.parent.parent)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.writelines((text, b"\n", digest(text).encode()))
    unfinished.replace(file)


def encoded(path: str, stamp: Stamp, found: Found, publication: PublicationSettings) -> Row:
    """What a file was found to be, in what JSON can say."""
    if isinstance(found, list):
        return [path, *stamp, [_fault(fault) for fault in found]]
    if isinstance(found, Aside):
        return [path, *stamp, found.reason]
    article = found.article
    rest = {name: value for name, value in _rest(found) if value} if _is_odd(found) else {}
    if not found.served and article.base != publication.url + path:
        rest["base"] = article.base
    authors = article.authors
    return [
        path,
        *stamp,
        found.digest,
        article.id,
        article.url,
        article.title,
        _seconds(article.published),
        _seconds(article.updated),
        article.language,
        None if authors == whose(publication) else [[one.name, one.email, one.url] for one in authors],
        article.teaser,
        article.tags,
        article.meaning,
        rest,
    ]


def _is_odd(found: Accepted) -> bool:
    """Whether an article has anything that most do not have."""
    said = found.article.__dict__
    return any(said.get(name) for name in _MADE) or any(found[len(_USUAL) :])


def decoded(row: Row, again: Again, publication: PublicationSettings, file: str) -> Found:
    """A row, turned back. Raises nothing for a row that `encoded` made."""
    if len(row) == _SHORT:
        if isinstance(row[5], str):
            return Aside(row[0], row[5])
        return [Fault(Place(*place), problem, warning) for *place, problem, warning in row[5]]
    path, _, _, _, _, sum_of_it, id, url, title, published, updated, language, authors, *more = row
    teaser, tags, meaning, rest = more
    article = Article.of(
        {
            "id": id,
            "url": url,
            "title": title,
            "published": _moment(published),
            "updated": _moment(updated),
            "language": language,
            "authors": _people(tuple(map(tuple, authors))) if authors else whose(publication),
            "body": Body(sum_of_it, again),
            "base": publication.url + path,
            "teaser": teaser,
            "tags": tuple(tags),
            "file": file,
            "meaning": meaning,
        }
    )
    if not rest:
        return Accepted(article, path, again, sum_of_it)
    served = rest.get("served", False)
    article.__dict__.update({name: made(rest[name]) for name, made in _MADE.items() if name in rest})
    article.__dict__["base"] = url if served else rest.get("base", article.base)
    return Accepted(
        article,
        path,
        again,
        sum_of_it,
        tuple((line, reference) for line, reference in rest.get("references", ())),
        rest.get("translations", {}),
        tuple(Note(*note) for note in rest.get("notes", ())),
        tuple(
            Fault(Place(*place), problem, warning) for *place, problem, warning in rest.get("warnings", ())
        ),
        served,
        rest.get("copied", False),
        rest.get("group", ""),
    )


_SHORT = 6
_USUAL = ("article", "path", "raw", "digest")  # of what was accepted, what every one has


def _rest(found: Accepted) -> Iterable[tuple[str, Any]]:
    """What most articles do not have."""
    article = found.article
    yield "named", article.named
    yield "draft", article.draft
    yield "lead", article.lead
    yield "expires", article.expires and [_seconds(article.expires)]
    for name in ("image", "full_article", "episode"):
        model = getattr(article, name)
        yield name, model and model.model_dump(mode="json", exclude_defaults=True)
    yield "attachments", [one.model_dump(mode="json", exclude_defaults=True) for one in article.attachments]
    yield "references", found.references
    yield "translations", found.translations
    yield "notes", found.notes
    yield "warnings", [_fault(fault) for fault in found.warnings]
    yield "served", found.served
    yield "copied", found.copied
    yield "group", found.group


_MADE: dict[str, Callable[[Any], Any]] = {
    "named": bool,
    "draft": bool,
    "lead": tuple,
    "expires": lambda moment: _moment(moment[0]),
    "image": Image.model_validate,
    "full_article": FullArticle.model_validate,
    "episode": Episode.model_validate,
    "attachments": lambda given: tuple(map(Attachment.model_validate, given)),
}


def _fault(fault: Fault) -> list[Any]:
    where = fault.where
    return [where.file, where.line, where.field, fault.problem, fault.warning]


def _seconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(seconds=1)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC) if seconds >= 0 else _EPOCH + timedelta(seconds=seconds)


@lru_cache(maxsize=1024)
def _people(said: tuple[tuple[str, str | None, str | None], ...]) -> tuple[Person, ...]:
    """The same people once: a publication has a few authors, and thousands of articles."""
    return tuple(Person(name=name, email=email, url=url) for name, email, url in said)
