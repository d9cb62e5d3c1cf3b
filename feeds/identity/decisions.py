"""What only a person can decide of identity: that two articles are the same, or that one is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from feeds.article import Article
from feeds.errors import Fault, IdentityError, Place
from feeds.identity import Lock, Record, settle


def same(lock: Lock, articles: Sequence[Article], file: str, old: str) -> Lock:
    """The article in `file` is the published one known as `old`: its former file, or its id.

    Its new text counts as an edit. Raises `IdentityError` where one of the two is not there.
    """
    _found(articles, file)
    record = next((one for one in lock.values() if old in (one.id, one.file) and not one.withdrawn), None)
    if record is None:
        raise IdentityError(
            Fault(Place(old), "is no published article; see feeds.lock for their files and ids")
        )
    return {**lock, record.id: record._replace(file=file)}


def new(lock: Lock, articles: Sequence[Article], file: str, now: datetime) -> Lock:
    """The article in `file` is none that was published before, whatever it looks like."""
    article = _found(articles, file)
    [fresh] = settle([article], {id: _elsewhere(record) for id, record in lock.items()}, now).articles
    record = Record(fresh.id, fresh.published, fresh.updated, fresh.meaning, fresh.file, fresh.url)
    return {**lock, record.id: record}


def _found(articles: Sequence[Article], file: str) -> Article:
    article = next((one for one in articles if one.file == file), None)
    if article is None:
        raise IdentityError(
            Fault(Place(file), "is no article; name it as `feeds check` does, such as content/a.md")
        )
    return article


def _elsewhere(record: Record) -> Record:
    """A record that no article can be found to be, but whose id is taken all the same."""
    return record._replace(file="", url="", meaning="")
