"""A feed as several parsers read it, for readers differ; those that are not installed are named."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from typing import Any

from feeds.errors import ContentError
from feeds.sources import syndicated


@dataclass(frozen=True)
class Seen:
    """An entry as a parser tells of it; None for what it does not say."""

    id: str | None
    title: str | None
    url: str | None
    published: datetime | None
    authors: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Look:
    """What one parser made of a document."""

    parser: str
    version: str
    entries: tuple[Seen, ...] = ()
    problem: str = ""
    """Why there are none."""


def looks(document: bytes) -> Iterator[Look]:
    """A document through the eyes of every parser, our own first."""
    for name, parse in _PARSERS.items():
        try:
            number = version(name)
        except PackageNotFoundError:
            yield Look(name, "", problem=f"is not installed; pip install {name}")
            continue
        yield _look(name, number, parse, document)


def disagreements(looks: Iterable[Look]) -> frozenset[tuple[str, int, str]]:
    """Where a parser says something else than the first: parser, entry, field."""
    first, *others = looks
    return frozenset(
        (look.parser, number, field)
        for look in others
        for number, (ours, theirs) in enumerate(zip(first.entries, look.entries, strict=False))
        for field in ("id", "title", "url", "published", "authors")
        if getattr(theirs, field) is not None and getattr(theirs, field) != getattr(ours, field)
    )


def _look(name: str, number: str, parse: Callable[[bytes], Iterable[Seen]], document: bytes) -> Look:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # atoma asks elements for their truth
            return Look(name, number, tuple(parse(document)))
    except ContentError as refusal:
        return Look(name, number, problem=refusal.faults[0].problem)
    except Exception as refusal:  # each has its own ways to refuse
        said = str(refusal).partition("\n")[0][:120]
        return Look(name, number, problem=f"cannot read it: {said or type(refusal).__name__}")


def _feedparser(document: bytes) -> Iterator[Seen]:
    for entry in syndicated.read(document).entries:
        authors = tuple(author.name for author in entry.authors)
        yield Seen(entry.id, entry.title, entry.url, entry.published, authors)


def _fastfeedparser(document: bytes) -> Iterator[Seen]:
    import fastfeedparser

    for entry in fastfeedparser.parse(document).entries:
        published = _moment(entry.get("published"))
        yield Seen(_text(entry.get("id")), _text(entry.get("title")), _text(entry.get("link")), published)


def _atoma(document: bytes) -> Iterator[Seen]:
    import atoma

    if document.lstrip().startswith(b"{"):
        for item in atoma.parse_json_feed_bytes(document).items:
            yield Seen(item.id_, item.title, item.url, item.date_published)
    elif b"<rss" in document[:1000]:
        for item in atoma.parse_rss_bytes(document).items:
            yield Seen(item.guid, item.title, item.link, item.pub_date)
    else:
        for entry in atoma.parse_atom_bytes(document).entries:
            links = [link.href for link in entry.links if link.rel in (None, "alternate")]
            authors = tuple(author.name for author in entry.authors)
            title = entry.title.value if entry.title else None
            yield Seen(entry.id_, title, links[0] if links else None, entry.published, authors)


def _podcastparser(document: bytes) -> Iterator[Seen]:
    import podcastparser

    for episode in podcastparser.parse("https://feed.invalid/", BytesIO(document))["episodes"]:
        seconds = episode.get("published")
        published = datetime.fromtimestamp(seconds, UTC) if seconds else None
        yield Seen(
            _text(episode.get("guid")), _text(episode.get("title")), _text(episode.get("link")), published
        )


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _text(value: Any) -> str | None:
    return str(value) if value else None


_PARSERS: dict[str, Callable[[bytes], Iterable[Seen]]] = {
    "feedparser": _feedparser,
    "fastfeedparser": _fastfeedparser,
    "atoma": _atoma,
    "podcastparser": _podcastparser,
}
