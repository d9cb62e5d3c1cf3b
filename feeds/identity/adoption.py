"""Adoption: an existing feed's ids taken over, so that nobody's reader shows old posts again.

A reader knows a post by its id, character by character. Whoever comes here from another generator
has these ids nowhere but in the old feed; so its entries are matched with the articles, and what they
are known by goes into the lock before anything else is published. All of it is pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import Protocol
from urllib.parse import unquote, urlsplit

from feeds import values
from feeds.article import Article
from feeds.errors import Fault, Place
from feeds.identity import Lock, Record, settle


class Entry(Protocol):
    """What has to be known of an entry of the old feed, whoever has read it."""

    @property
    def id(self) -> str:
        """What readers know it by, to the letter."""

    @property
    def url(self) -> str:
        """Where it stands, or nothing."""

    @property
    def title(self) -> str:
        """Plain text."""

    @property
    def published(self) -> datetime | None:
        """When it came out, with a zone."""

    @property
    def updated(self) -> datetime | None:
        """When it last changed, with a zone."""


@dataclass(frozen=True)
class Match:
    """An entry, the article that it is, and by what that was seen."""

    entry: Entry
    article: Article
    by: str


@dataclass(frozen=True)
class Unmatched:
    """An entry that was not taken over, and why, for a person to look at."""

    entry: Entry
    reason: str


@dataclass(frozen=True)
class Adoption:
    """What a feed's ids make of the lock. Where there are faults, nothing is to be written."""

    lock: Lock
    matched: tuple[Match, ...]
    unmatched: tuple[Unmatched, ...]
    known: tuple[Entry, ...]
    """Entries whose ids are in the lock already."""
    faults: tuple[Fault, ...]


def adopt(articles: Iterable[Article], lock: Lock, entries: Iterable[Entry], now: datetime) -> Adoption:
    """The lock with a record for each article that is found to be an entry of the old feed.

    An entry is an article by the id that is written there, or else by its address, or the last part of
    that and the day, or title and day; where several fit, none is taken. The record has the entry's id
    to the letter and its dates: `updated` as readers know it, unless the article itself names a later
    moment. An id that the lock has is left as it is, so that adopting twice is adopting once.

    An article that the lock has under another id is a fault. What is in the lock was published by a
    build, and no program knows whether anybody has read it: with the old feed's id our readers would
    see the post again, without it theirs. If nobody has, a person can say so by deleting its line.
    """
    given = settle(articles, lock, now).articles
    known, usable, refused = _sorted_out(entries, lock)
    taken = {entry.id for entry in known}
    matched, left = _matched(usable, [article for article in given if article.id not in taken])
    adopted = {match.entry.id: _record(match) for match in matched}
    return Adoption(
        lock=dict(sorted({**lock, **adopted}.items())),
        matched=matched,
        unmatched=(*refused, *left),
        known=known,
        faults=tuple(_faults(matched, lock)),
    )


def _sorted_out(
    entries: Iterable[Entry], lock: Lock
) -> tuple[tuple[Entry, ...], list[Entry], list[Unmatched]]:
    """Entries that the lock knows, those to look for, and those that have no id to keep."""
    known: list[Entry] = []
    usable: list[Entry] = []
    refused: list[Unmatched] = []
    seen: set[str] = set()
    for entry in entries:
        if not _is_carried(entry.id):
            refused.append(Unmatched(entry, "it has no id that a feed and feeds.lock can hold"))
        elif entry.id not in seen:
            seen.add(entry.id)
            (known if entry.id in lock else usable).append(entry)
    return tuple(known), usable, refused


def _is_carried(id: str) -> bool:
    """Whether an id is one line to the letter. It need not be an IRI: Ghost's and Drupal's are none."""
    try:
        return values.line(id) == id.strip() == id and not id.startswith("#")
    except ValueError:
        return False


def _record(match: Match) -> Record:
    entry, article = match.entry, match.article
    published = entry.published or article.published
    return Record(
        id=entry.id,
        published=published,
        updated=max(entry.updated or published, article.updated, article.published),
        meaning=article.meaning,
        file=article.file,
        url=article.url,
    )


def _faults(matched: Iterable[Match], lock: Lock) -> Iterator[Fault]:
    for match in matched:
        entry, article = match.entry, match.article
        if article.id in lock:
            yield Fault(
                Place(article.file),
                f"was published as {article.id}, and readers would see it again as {entry.id}; "
                "if nobody has read it yet, delete its line in feeds.lock",
            )
        elif article.named and article.id != entry.id:
            problem = f"is {article.id}, but readers know it as {entry.id}; write that, or leave it out"
            yield Fault(Place(article.file, field="id"), problem)


Keys = Callable[[Entry | Article], Set[Hashable]]
"""What an entry and an article that are one have in common; nothing where that cannot be told."""


def _matched(
    entries: Sequence[Entry], articles: Sequence[Article]
) -> tuple[tuple[Match, ...], tuple[Unmatched, ...]]:
    """Pairs by the surest trait first; each article and each entry once."""
    zones = {article.published.tzinfo for article in articles}
    found: dict[str, Match] = {}
    contested: set[str] = set()
    for by, keys in (
        ("id", _by_id),
        ("address", _by_address),
        ("name and day", partial(_by_day, _name, zones)),
        ("title and day", partial(_by_day, _title, zones)),
    ):
        matched_files = {match.article.file for match in found.values()}
        candidates = _candidates(
            [entry for entry in entries if entry.id not in found],
            [article for article in articles if article.file not in matched_files],
            keys,
        )
        claims = Counter(article.file for _, several in candidates for article in several)
        for entry, several in candidates:
            if len(several) == 1 and claims[several[0].file] == 1:
                found[entry.id] = Match(entry, several[0], by)
            else:
                contested.add(entry.id)
    left = (entry for entry in entries if entry.id not in found)
    return (
        tuple(found[entry.id] for entry in entries if entry.id in found),
        tuple(Unmatched(entry, _reason(entry.id in contested)) for entry in left),
    )


def _candidates(
    entries: Iterable[Entry], articles: Iterable[Article], keys: Keys
) -> list[tuple[Entry, list[Article]]]:
    """The entries that something fits, each with what fits: two are as good as many."""
    by_key: dict[Hashable, list[Article]] = {}
    for article in articles:
        for key in keys(article):
            by_key.setdefault(key, []).append(article)
    fitting = (
        (entry, {article.file: article for key in keys(entry) for article in by_key.get(key, ())[:2]})
        for entry in entries
    )
    return [(entry, list(several.values())) for entry, several in fitting if several]


def _reason(contested: bool) -> str:
    if contested:
        return "several fit: no telling which article is which"
    return "no article stands at its address, or has its name or title and its day"


def _by_id(of: Entry | Article) -> Set[Hashable]:
    """What its author wrote, which is seldom and certain; what we would make up says nothing."""
    return {of.id} if not isinstance(of, Article) or of.named else set()


def _by_address(of: Entry | Article) -> Set[Hashable]:
    path = _path(of.url)
    return {path} if path else set()


def _by_day(
    trait: Callable[[Entry | Article], str], zones: Set[tzinfo | None], of: Entry | Article
) -> Set[Hashable]:
    """A trait and the day, in the zone in which the article has it: feeds are in UTC, and a day is local."""
    value, moment = trait(of), of.published or of.updated
    if not value or not moment:
        return set()
    local = {moment.tzinfo} if isinstance(of, Article) else zones
    return {(value, zone, moment.astimezone(zone).date()) for zone in local}


def _path(url: str) -> str:
    """What stays of an address in a move: no scheme, host, query, index.html or slash at the end."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return ""
    return unicodedata.normalize("NFC", path.removesuffix("/index.html").rstrip("/"))


def _name(of: Entry | Article) -> str:
    """The last part of the address, without the ending and the date that file names begin with."""
    last = _path(of.url).rpartition("/")[2].casefold()
    return re.sub(r"^\d{4}-\d\d-\d\d-|\.(html?|php)$", "", last)


def _title(of: Entry | Article) -> str:
    """Letters and digits of the title: quotes and dashes are what generators make beautiful."""
    plain = unicodedata.normalize("NFKC", of.title).casefold()
    return "".join(char for char in plain if char.isalnum()) or plain.strip()
