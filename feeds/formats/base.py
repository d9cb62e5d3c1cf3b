"""The contract of a format: a name, a media type, and a function from a feed to bytes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from feeds import values
from feeds.library import Feed

GENERATOR = "feeds"
"""What the documents say made them: without a version, so that an upgrade alone changes no byte."""
UNKNOWN_TYPE = "application/octet-stream"
"""The media type of a file that nobody knows one for (RFC 2046 section 4.5.1)."""


@dataclass(frozen=True)
class Format:
    """One way to write a feed down.

    `write` is given a feed that has been checked, and the address at which the document will
    stand (its rel=self). It must be pure: the same feed gives the same bytes, on any day.
    """

    name: str
    media_type: str
    write: Callable[[Feed, str], bytes]


def iri(id: str) -> str:
    """An id as Atom wants it (RFC 4287 section 4.2.6). What was taken over from RSS may be none."""
    try:
        return values.identifier(id)
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_OID, id).urn


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC. Zones of long ago are off by seconds, which RFC 3339 cannot write."""
    return moment.astimezone(UTC)
