"""Identity: ids that never change, and `updated` that moves only when the meaning does.

What was published before (the lock) and what lies in content/ today give one answer: which article
is which. All of it is pure; `feeds.identity.lockfile` reads and writes the lock.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import count
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from feeds.article import Article
from feeds.errors import Fault, Place
from feeds.identity.records import Lock, Question, Record, Seal, Settlement

__all__ = ["Lock", "Question", "Record", "Seal", "Settlement", "mint", "settle", "withdrawn"]

FEW = 5
"""So many articles may vanish at once without a question."""


TOMBSTONES = 100
"""How many withdrawn articles a feed speaks of."""


def withdrawn(lock: Lock) -> tuple[tuple[str, datetime], ...]:
    """What was withdrawn and when, the last first; as many as a feed may well carry."""
    gone = [(record.withdrawn, record.id) for record in lock.values() if record.withdrawn]
    return tuple((id, moment) for moment, id in sorted(gone, reverse=True)[:TOMBSTONES])


def mint(url: str, published: datetime) -> str:
    """A tag URI (RFC 4151) for an article: whose it is, since when, and which one.

    The day is that of first publication in the publication's own zone, when the address was ours.
    """
    found = _PLAIN_URL.fullmatch(url)
    host, path = (found[1], found[2]) if found else _taken_apart(url)
    return f"tag:{host},{published.isoformat()[:10]}:{path}"


_PLAIN_URL = re.compile(r"https?://([a-z0-9.-]+)(/[^?#]*)")


def _taken_apart(url: str) -> tuple[str | None, str]:
    parts = urlsplit(url)
    return parts.hostname, parts.path


def settle(
    articles: Iterable[Article], lock: Lock, now: datetime, unread: Collection[str] = ()
) -> Settlement:
    """Give each article its id for ever, by what was published before.

    A file that the lock knows is the same article, whatever it says now. A file that it does not
    know is a vanished article if it says exactly the same, or stands at the same address; if it
    only has the same date or name, that is a question. What is out at `now` is entered. Files in
    `unread` are there but have faults: they are not taken for withdrawn.
    """
    given = tuple(articles)
    known, faults = _recognised(given, lock)
    ids = _ids(given, known, lock)
    complete = tuple(
        _identified(article, ids[article.file], known.get(article.file), now) for article in given
    )
    entered = {
        article.id: _record(article, known.get(article.file), now)
        for article in complete
        if article.file in known or article.is_out(now)
    }
    before = {record.id: record for record in known.values()}
    gone = [
        record._replace(withdrawn=now)
        for record in _vanished(given, known, lock)
        if record.file not in unread
    ]
    return Settlement(
        articles=complete,
        lock=dict(sorted({**lock, **entered, **{record.id: record for record in gone}}.items())),
        new=tuple(record for id, record in entered.items() if id not in before),
        moved=tuple((old, entered[id]) for id, old in before.items() if _moved(old, entered[id])),
        updated=tuple(entered[id] for id, old in before.items() if old.updated != entered[id].updated),
        withdrawn=tuple(gone),
        questions=tuple(_questions(complete, known, gone, now)),
        faults=(*faults, *_landslide(gone, lock)),
    )


def _landslide(gone: Sequence[Record], lock: Lock) -> Iterator[Fault]:
    """Most of a publication does not vanish on purpose; more likely a folder is missing."""
    live = sum(not record.withdrawn for record in lock.values())
    if len(gone) > max(FEW, live // 2):
        problem = (
            f"{len(gone)} of {live} published articles are gone; if that is meant, say `feeds lock withdraw`"
        )
        yield Fault(Place("content"), problem)


def _recognised(articles: Sequence[Article], lock: Lock) -> tuple[dict[str, Record], list[Fault]]:
    """File of each article that was published before, and its record; and what cannot be."""
    known = _by_file(articles, lock)
    faults = []
    for article in articles:
        if not article.named:
            continue
        if fault := _broken_promise(article, lock, known):
            faults.append(fault)
        elif article.id in lock:
            known[article.file] = lock[article.id]
    for trait in (_says, _stands):
        vanished: dict[object, list[Record]] = {}
        for record in _vanished(articles, known, lock):
            vanished.setdefault(trait(record), []).append(record)
        if not vanished:
            break  # as nearly always: whatever is not known is new
        for article in articles:
            if article.origin and article.named:
                continue  # whoever it is from says which it is, also where two say the same
            if article.file not in known and (same := vanished.get(trait(article))):
                known[article.file] = same.pop(_nearest(article, same))
    return known, faults


def _by_file(articles: Sequence[Article], lock: Lock) -> dict[str, Record]:
    """The record of each file that the lock knows; files that have changed places change records too."""
    live = {record.file: record for record in lock.values() if not record.withdrawn}
    known = {article.file: live[article.file] for article in articles if article.file in live}
    edited = [
        article
        for article in articles
        if article.file in known
        and not _says_as_before(article, known)
        and not (article.named and article.id == known[article.file].id)  # it is where it was, and says so
    ]
    before = {known[article.file].meaning: known[article.file] for article in edited}
    swapped = {article.file: before[article.meaning] for article in edited if article.meaning in before}
    if set(swapped) == {record.file for record in swapped.values()}:
        known.update(swapped)
    return known


def _says_as_before(article: Article, known: Mapping[str, Record]) -> bool:
    return known[article.file].meaning == article.meaning


def _broken_promise(article: Article, lock: Lock, known: Mapping[str, Record]) -> Fault | None:
    """Why the id that an author wrote down cannot be, if it cannot."""
    place = Place(article.file, field="id")
    record, published = lock.get(article.id), known.get(article.file)
    if record and record.withdrawn:
        return Fault(
            place, "belongs to an article that was withdrawn, and is never used again; choose another"
        )
    if published and published.id != article.id:
        return Fault(
            place, f"was published as {published.id}, and readers would show it again; write that id"
        )
    return None


def _vanished(articles: Sequence[Article], known: Mapping[str, Record], lock: Lock) -> Iterator[Record]:
    """Published articles whose file is gone, and that no other file has been found to be."""
    files = {article.file for article in articles}
    taken = {record.id for record in known.values()}
    return (
        record
        for record in lock.values()
        if not record.withdrawn and record.id not in taken and record.file not in files
    )


def _says(of: Article | Record) -> object:
    return of.meaning


def _stands(of: Article | Record) -> object:
    return of.url


def _nearest(article: Article, records: Sequence[Record]) -> int:
    """Which of several records that fit has the file's own name, or else the first."""
    names = [_name(record.file) for record in records]
    return names.index(_name(article.file)) if _name(article.file) in names else 0


def _ids(articles: Sequence[Article], known: Mapping[str, Record], lock: Lock) -> dict[str, str]:
    """File of each article to its id: the published one, the author's, or a new one never used before."""
    used = {*lock, *(article.id for article in articles if article.named)}
    ids = {}
    for article in articles:
        if article.file in known:
            ids[article.file] = known[article.file].id
        elif article.named:
            ids[article.file] = article.id
        else:
            id = article.id
            if id in used:
                id = next(numbered for numbered in _numbered(id) if numbered not in used)
            ids[article.file] = id
            used.add(id)
    return ids


def _numbered(id: str) -> Iterator[str]:
    return (f"{id}-{number}" for number in count(2))


def _identified(article: Article, id: str, record: Record | None, now: datetime) -> Article:
    """The article with its id, and `updated` moved to `now` if it says something else than published."""
    updated = article.updated
    if record:
        changed = record.meaning != article.meaning and article.is_out(now)
        told = updated > max(record.updated, article.published)
        updated = (
            updated
            if told
            else now.replace(microsecond=0)
            if changed
            else max(record.updated, article.published)
        )
    if (article.id, article.updated) == (id, updated):
        return article
    return article.but(id=id, updated=updated)


def _record(article: Article, before: Record | None, now: datetime) -> Record:
    if before and not article.is_out(now):
        return before._replace(file=article.file)  # what readers know of it is what was last seen
    if before and _same(before, article):
        return before
    return Record(
        id=article.id,
        published=before.published if before else article.published,
        updated=article.updated,
        meaning=article.meaning,
        file=article.file,
        url=article.url,
        seals=before.seals if before else (),
    )


def _same(before: Record, article: Article) -> bool:
    """Whether a record says of an article what is known of it, to the letter."""
    return (
        before.meaning == article.meaning
        and before.updated == article.updated
        and before.file == article.file
        and before.url == article.url
        and before.id == article.id
        and before.withdrawn is None
    )


def _questions(
    articles: Sequence[Article], known: Mapping[str, Record], gone: Sequence[Record], now: datetime
) -> Iterator[Question]:
    """New articles with the date or the name of a vanished one: moved and edited, or others."""
    for article in articles:
        if article.file not in known and not article.named and article.is_out(now):
            alike = (
                old
                for old in gone
                if old.published == article.published or _name(old.file) == _name(article.file)
            )
            if old := next(alike, None):
                yield Question(article, old)


def _moved(before: Record, after: Record) -> bool:
    return (before.file, before.url) != (after.file, after.url)


def _name(file: str) -> str:
    return PurePosixPath(file).stem
