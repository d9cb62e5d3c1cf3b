"""Archives: every article of a feed, in pages that never change once they are sealed (RFC 5005 section 4).

Articles fill pages in the order in which they came out. When a page is full and the next has begun,
it is sealed: feeds.lock remembers what stands on it, and its file is not written again. What is
edited after that comes out once more, on the page that is being filled and in the live feed, and
the newest `updated` wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from feeds.article import Article
from feeds.identity import Lock, Seal
from feeds.library import Feed, newest_first


@dataclass(frozen=True)
class Archive:
    """A feed with its archive: the live document, the pages oldest first, and the lock that knows them."""

    live: Feed
    pages: tuple[Feed, ...]
    lock: Lock


def archived(feed: Feed, articles: Sequence[Article], lock: Lock, size: int) -> Archive:
    """The archive of a feed of which `articles` is all there is; a page holds `size` of them.

    While all of it fits into the live document there is no archive.
    """
    if len(articles) <= len(feed.entries) and not any(_seals(id, feed.name, lock) for id in lock):
        return Archive(feed, (), lock)
    waiting = sorted((one for one in articles if _waits(one, feed.name, lock)), key=_came_out)
    full = (len(waiting) - 1) // size * size if waiting else 0
    sealed = _with_seals(feed.name, waiting[:full], lock, size)
    contents = _contents(feed.name, articles, sealed)
    if waiting[full:]:
        contents.append(waiting[full:])
    again = [one for one in waiting[full:] if _seals(one.id, feed.name, sealed)]
    pages = tuple(_page(feed, number, contents) for number in range(len(contents)))
    links = {"prev-archive": pages[-1].files} if pages else {}
    return Archive(replace(feed, entries=_together(feed.entries, again), links=links), pages, sealed)


def _came_out(article: Article) -> tuple[datetime, datetime, str]:
    return article.updated, article.published, article.id


def _seals(id: str, feed: str, lock: Lock) -> list[Seal]:
    record = lock.get(id)
    return [seal for seal in record.seals if seal.feed == feed] if record else []


def _waits(article: Article, feed: str, lock: Lock) -> bool:
    """Whether an article, as it is now, stands on no sealed page yet."""
    return all(seal.updated < article.updated for seal in _seals(article.id, feed, lock))


def _with_seals(feed: str, articles: Sequence[Article], lock: Lock, size: int) -> Lock:
    """The lock with further full pages sealed, numbered on from the last."""
    first = 1 + max((seal.page for id in lock for seal in _seals(id, feed, lock)), default=0)
    sealed = dict(lock)
    for index, article in enumerate(articles):
        seal = Seal(feed, first + index // size, article.updated)
        sealed[article.id] = sealed[article.id]._replace(seals=(*sealed[article.id].seals, seal))
    return sealed


def _contents(feed: str, articles: Iterable[Article], lock: Lock) -> list[list[Article]]:
    """What stands on each sealed page, by its number. What was withdrawn since is not there any more."""
    pages: dict[int, list[Article]] = {seal.page: [] for id in lock for seal in _seals(id, feed, lock)}
    for article in articles:
        for seal in _seals(article.id, feed, lock):
            pages[seal.page].append(article)
    return [pages.get(number, []) for number in range(1, max(pages, default=0) + 1)]


def _page(feed: Feed, number: int, contents: Sequence[Sequence[Article]]) -> Feed:
    links = {"current": feed.files}
    if number > 0:
        links["prev-archive"] = _files(feed, number - 1)
    if number + 1 < len(contents):
        links["next-archive"] = _files(feed, number + 1)
    return replace(
        feed,
        entries=newest_first(contents[number]),
        files=_files(feed, number),
        links=links,
        archive=True,
        sealed="next-archive" in links,
    )


def _files(feed: Feed, number: int) -> dict[str, str]:
    """Where a page stands: news/atom.xml has news/archive/0001-atom.xml."""
    paths = {form: PurePosixPath(path) for form, path in feed.files.items()}
    return {
        form: str(path.parent / "archive" / f"{number + 1:04}-{path.name}") for form, path in paths.items()
    }


def _together(entries: Sequence[Article], again: Iterable[Article]) -> tuple[Article, ...]:
    """The live entries with those that come out once more, newest first, each once."""
    known = {entry.id for entry in entries}
    return newest_first((*entries, *(one for one in again if one.id not in known)))
