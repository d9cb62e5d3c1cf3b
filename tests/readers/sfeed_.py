"""Reads with sfeed (Debian), a small parser in C that prints a line for each entry."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .contract import Format, Reader, Seen
from .support import from_seconds, name_of, program, run

_FIELDS = frozenset({"id", "title", "link", "published", "authors", "enclosures", "content"})
_ESCAPES = {r"\t": "\t", r"\n": "\n", r"\\": "\\"}


def _content(field: str) -> str:
    return re.sub(r"\\.", lambda match: _ESCAPES[match[0]], field)


def _seen(line: str) -> Seen:
    moment, title, link, content, _kind, guid, author, enclosure, _tags = line.split("\t")
    return Seen(
        id=guid,
        title=title,
        link=link,
        published=from_seconds(moment),
        # It leaves RSS's "mail@host (Name)" whole.
        authors=(name_of(author),) if author else (),
        enclosures=((enclosure, None, None),) if enclosure else (),
        content=_content(content),
    )


def _quirks(form: Format, told: Seen) -> Seen:
    # It keeps one author, and of one enclosure the address alone.
    return dataclasses.replace(
        told,
        # A line is an entry and a tab ends a field, so these are spaces in a title.
        title=told.title and re.sub(r"[\t\n]", " ", told.title),
        published=told.published or (told.updated if form == "atom" else None),
        authors=(told.authors or ())[:1],
        enclosures=tuple((url, None, None) for url, _, _ in (told.enclosures or ())[:1]),
    )


def _document(document: Path) -> list[Seen]:
    command = [program("sfeed", "apt-get install -y sfeed")]
    lines = run(command, stdin=document.read_bytes()).stdout.decode().split("\n")
    return [_seen(line) for line in lines if line]


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    with ThreadPoolExecutor() as pool:
        return list(pool.map(_document, documents))


SFEED = Reader("sfeed", frozenset({"atom", "rss"}), _FIELDS, _parse, _quirks)
