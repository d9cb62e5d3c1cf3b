"""The way in to the rules: what any feed does wrong, where, and which text says so.

>>> from feeds.rules import inspect
>>> [finding.rule for finding in inspect(b'<rss version="2.0"/>')]
['missing-element']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from feeds.rules import json_feed
from feeds.rules._xml import Broken, head_of, read
from feeds.rules.archives import chain_findings
from feeds.rules.base import Finding, Severity
from feeds.rules.inspection import Inspection
from feeds.rules.pages import page_of
from feeds.rules.vocabulary import ROOTS, VOCABULARY, unknown_root

__all__ = ["Finding", "Severity", "inspect", "inspect_archive"]


def inspect(document: bytes | Path, *, name: str = "", now: datetime | None = None) -> Iterator[Finding]:
    """What is wrong with a document, in the order it is met; nothing is read but the document.

    Finds out by itself whether it is Atom, RSS (0.9x, 1.0, 2.0), JSON Feed, OPML or a document of the Atom
    Publishing Protocol. `name` is what the caller calls it, for findings about the whole. With `now`, dates
    more than a day ahead are reported. Memory does not grow with the document, except for JSON.

    Raises:
        OSError: if a path cannot be read.

    """
    if json_feed.looks_like(head_of(document)):
        yield from json_feed.check(document.read_bytes() if isinstance(document, Path) else document)
    else:
        yield from _inspect_xml(document, name, now)


def _inspect_xml(document: bytes | Path, name: str, now: datetime | None) -> Iterator[Finding]:
    inspection = Inspection(ROOTS, VOCABULARY, now)
    try:
        for _ in read(document, inspection):
            yield from inspection.found
            inspection.found.clear()
    except Broken as fault:
        inspection.settle()
        yield from inspection.found
        yield Finding("error", fault.line, name or "/", fault.rule, fault.problem, "XML 1.0")
        return
    if inspection.unknown is not None:
        yield unknown_root(inspection.unknown, name)


def inspect_archive(documents: Mapping[str, bytes]) -> Iterator[Finding]:
    """What is wrong between the documents of one archived feed, by address: RFC 5005 section 4.

    The chain of prev-archive links is complete, has no circle and leads back; current is the living feed;
    no entry stands twice with one date. Findings have the document's address as their element.
    """
    yield from chain_findings(
        {address: page_of(address, document) for address, document in documents.items()}
    )
