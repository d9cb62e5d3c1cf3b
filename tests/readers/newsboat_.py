"""Reads with newsboat (Debian), a reader for the terminal: its cache is what it would show."""

from __future__ import annotations

import dataclasses
import sqlite3
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from .contract import Format, Reader, ReaderError, Seen
from .support import from_seconds, private_home, program, run

_FIELDS = frozenset({"id", "title", "link", "published", "authors", "enclosures", "content"})
_ITEMS = "select * from rss_item order by id"


def _seen(row: sqlite3.Row) -> Seen:
    enclosed = ((row["enclosure_url"], row["enclosure_type"] or None, None),)
    return Seen(
        id=row["guid"],
        title=row["title"],
        link=row["url"],
        published=from_seconds(row["pubDate"]),
        # All names of an entry in one text.
        authors=(row["author"],) if row["author"] else (),
        enclosures=enclosed if row["enclosure_url"] else (),
        content=row["content"],
    )


def _quirks(form: Format, told: Seen) -> Seen:
    names = told.authors or ()
    # It keeps one enclosure, without the length.
    enclosures = tuple((url, kind, None) for url, kind, _ in (told.enclosures or ())[-1:])
    # Atom's authors become one text; of RSS's the last one stays.
    authors = (", ".join(names),) if form == "atom" and names else names[-1:]
    return dataclasses.replace(told, authors=authors, enclosures=enclosures)


def _rows(cache: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(cache)) as store:
        store.row_factory = sqlite3.Row
        return store.execute(query).fetchall()


def _document(document: Path) -> list[Seen]:
    # A cache for each document: in one cache a guid of two feeds is one item.
    with tempfile.TemporaryDirectory(prefix="newsboat") as folder:
        home = Path(folder)
        (home / "urls").write_text(f"{document.as_uri()}\n", encoding="utf-8")
        (home / "config").touch()
        command = [program("newsboat", "apt-get install -y newsboat"), "-u", "urls"]
        command += ["-C", "config", "-c", "cache.db", "-x", "reload"]
        run(command, cwd=home, env=private_home(home))
        if not _rows(home / "cache.db", "select * from rss_feed where title <> ''"):
            raise ReaderError(f"newsboat: {document}: not read as a feed")
        return [_seen(row) for row in _rows(home / "cache.db", _ITEMS)][::-1]


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    with ThreadPoolExecutor() as pool:
        return list(pool.map(_document, documents))


NEWSBOAT = Reader("newsboat", frozenset({"atom", "rss"}), _FIELDS, _parse, _quirks)
