"""Identity: the id that an article keeps for ever."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit


def mint(url: str, published: datetime) -> str:
    """A tag URI (RFC 4151) for an article: whose it is, since when, and which one.

    The day is that of first publication in the publication's own zone, when the address was ours.
    """
    parts = urlsplit(url)
    return f"tag:{parts.hostname},{published:%Y-%m-%d}:{parts.path}"
