"""Reads with @extractus/feed-extractor (npm), which makes every format the same few fields."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .contract import Format, Reader, Seen
from .support import from_iso, node, web_address

# Its description is a text cut short, not the content, and its language the document's.
_FIELDS = frozenset({"id", "title", "link", "published"})
_ENTITIES = {
    "lt": "<",
    "gt": ">",
    "amp": "&",
    "#39": "'",
    "apos": "'",
    "quot": '"',
    "nbsp": "\u00a0",
}


def _seen(entry: Any) -> Seen:
    return Seen(
        id=entry.get("id"),
        title=entry.get("title"),
        link=entry.get("link"),
        published=from_iso(entry.get("published")),
    )


def _decoded(text: str) -> str:
    text = re.sub(f"&({'|'.join(_ENTITIES)});", lambda match: _ENTITIES[match[1]], text)
    text = re.sub(r"&#([0-9]+);", lambda match: chr(int(match[1])), text)
    return re.sub(r"&#x([0-9a-fA-F]+);", lambda match: chr(int(match[1], 16)), text)


def _address(address: str) -> str:
    # It drops fragments (and the parameters of advertisers) and writes the query anew.
    scheme, host, path, query, _fragment = urlsplit(web_address(address))
    query = urlencode(parse_qsl(query, keep_blank_values=True), safe="*").replace("~", "%7E")
    return urlunsplit((scheme, host, path, query, ""))


def _quirks(form: Format, told: Seen) -> Seen:
    told = dataclasses.replace(told, link=told.link and _address(told.link))
    if form == "json":
        return told
    # It decodes the texts of XML twice, so a title that speaks of "&amp;" loses it.
    told = dataclasses.replace(told, title=told.title and _decoded(told.title))
    # What it calls published is Atom's updated.
    moment = told.updated if form == "atom" else None
    return dataclasses.replace(told, published=moment or told.published)


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    found = node("feed-extractor.mjs", documents)
    return [[_seen(entry) for entry in feed["entries"]] for feed in found]


FEED_EXTRACTOR = Reader(
    "feed-extractor",
    frozenset({"atom", "rss", "json"}),
    _FIELDS,
    _parse,
    _quirks,
)
