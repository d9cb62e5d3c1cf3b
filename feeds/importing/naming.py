"""Names for files that are safe on every system, from whatever a slug or a title holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from urllib.parse import unquote

from feeds import values

LONGEST = 80
"""Bytes of a slug at most, so that a path stays within what Windows and eCryptfs take."""
UNDATED = "undated"


def slug(*wanted: str) -> str:
    """The first of what is wanted that gives a slug: letters, digits and dashes, in NFC."""
    return next((made for one in wanted if (made := _slug(one))), "post")


def paths(published: datetime | None, name: str) -> Iterator[tuple[str, str]]:
    """Paths below a folder for a post, each with its slug: the first is the best, then numbered ones."""
    for number in count(1):
        numbered = name if number == 1 else f"{name}-{number}"
        if published is None:
            yield f"{UNDATED}/{numbered}.md", numbered
        else:
            yield f"{published:%Y}/{published:%Y-%m-%d}-{numbered}.md", numbered


def _slug(wanted: str) -> str:
    text = unicodedata.normalize("NFC", unquote(wanted)).casefold()
    made = re.sub(r"[\W_]+", "-", text).strip("-")
    made = made.encode()[:LONGEST].decode(errors="ignore").strip("-")
    try:
        return values.slug(made)
    except ValueError:
        return f"post-{made}" if made else ""
