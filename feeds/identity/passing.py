"""What sources no longer show: passed on, and not withdrawn.

A feed shows its latest entries, and a query what it asks for; that one is gone takes nothing back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from feeds.article import Article
from feeds.config import FETCHED
from feeds.identity import Lock


class Left(NamedTuple):
    """What is still to be reckoned with."""

    lock: Lock
    unread: frozenset[str]
    """What stands for files that are not there, and are not gone."""


def left(lock: Lock, articles: Iterable[Article], unread: Collection[str]) -> Left:
    """The lock without what has scrolled out of somebody's feed, and what of theirs is to stay.

    That is what stands on a page of an archive for ever, and what could not be read now.
    """
    strangers = [record for record in lock.values() if record.file.startswith(f"{FETCHED}/")]
    if not strangers:
        return Left(lock, frozenset())
    there = {name for article in articles for name in (article.id, article.file)}
    absent = [one for one in strangers if one.id not in there and one.file not in there]
    staying = {one.file for one in absent if one.seals or one.file.partition("#")[0] in unread}
    passed = {one.id for one in absent if one.file not in staying}
    return Left({id: one for id, one in lock.items() if id not in passed}, frozenset(staying))
