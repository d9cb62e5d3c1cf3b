"""What is known of the articles that were published, and how those of today compare with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from feeds.article import Article
from feeds.errors import Fault, Place


class Seal(NamedTuple):
    """A page of a feed's archive on which an article stands for ever, and the article's `updated` there."""

    feed: str
    page: int
    updated: datetime


class Record(NamedTuple):
    """What is known of one published article."""

    id: str
    published: datetime
    updated: datetime
    meaning: str
    """The digest of what it says; see `Article.meaning`."""
    file: str
    url: str
    withdrawn: datetime | None = None
    seals: tuple[Seal, ...] = ()


Lock = Mapping[str, Record]
"""Every article ever published, by its id."""


@dataclass(frozen=True)
class Question:
    """A new article that may be a vanished one, moved and edited at once; only a person knows."""

    new: Article
    old: Record

    @property
    def fault(self) -> Fault:
        """The question as it is put to a person."""
        file, old = self.new.file, self.old.file
        problem = (
            f"may be {old}, moved and edited; say `feeds lock same {file} {old}` or `feeds lock new {file}`"
        )
        return Fault(Place(file), problem)


@dataclass(frozen=True)
class Settlement:
    """Which article is which: the articles with their ids, the lock as it is now, and what changed."""

    articles: tuple[Article, ...]
    lock: Lock
    new: tuple[Record, ...] = ()
    moved: tuple[tuple[Record, Record], ...] = ()
    """Before and after, for a file or an address that is another."""
    updated: tuple[Record, ...] = ()
    withdrawn: tuple[Record, ...] = ()
    questions: tuple[Question, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def doubts(self) -> tuple[Fault, ...]:
        """What a person has to settle before anything may go out."""
        return (*self.faults, *(question.fault for question in self.questions))
