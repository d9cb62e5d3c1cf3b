"""Reads with newsboat (Debian), a reader for the terminal: its cache is what it would show."""

from __future__ import annotations

import dataclasses
import re
import sqlite3
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from .contract import Enclosed, Format, Reader, ReaderError, Seen
from .support import from_seconds, private_home, program, run, web_address

_FIELDS = frozenset({"id", "title", "link", "published", "authors", "enclosures", "content"})
_ITEMS = "select * from rss_item order by id"


def _seen(row: sqlite3.Row) -> Seen:
    enclosed = ((row["enclosure_url"], row["enclosure_type"] or None, None),)
    return Seen(
        id=row["guid"],
        title=row["title"],
        link=row["url"],
        published=from_seconds(row["pubDate"]),
        # All names of an entry in one text. Of RSS's "mail@host (Name)" it takes what is
        # between the last pair of parentheses, so a name with some of its own is cut.
        authors=(row["author"],) if row["author"] else (),
        enclosures=enclosed if row["enclosure_url"] else (),
        content=row["content"],
    )


def _podcasts(enclosures: Sequence[Enclosed]) -> tuple[Enclosed, ...]:
    # It keeps the last enclosure that it could play, without the length.
    found = [e for e in enclosures if re.match("(audio|video)/|application/ogg", e[1] or "")]
    return tuple((url, kind, None) for url, kind, _ in found[-1:])


def _quirks(form: Format, told: Seen) -> Seen:
    names = told.authors or ()
    moment = told.published or (told.updated if form == "atom" else None)
    return dataclasses.replace(
        told,
        # Titles are one line on the screen.
        title=told.title and told.title.replace("\n", " "),
        link=told.link and web_address(told.link),
        # It counts seconds in 32 bits without a sign: dates before 1970 come after 2038.
        published=moment and from_seconds(int(moment.timestamp()) % 2**32),
        # Atom's authors become one text; of RSS's the last one stays.
        authors=(", ".join(names),) if form == "atom" and names else names[-1:],
        enclosures=_podcasts(told.enclosures or ()),
    )


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
