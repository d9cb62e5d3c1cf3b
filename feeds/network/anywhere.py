"""Bytes from wherever a person says: a file, or an address."""

from __future__ import annotations

from pathlib import Path

from feeds.errors import Fault, OutputError, Place

LARGEST = 200_000_000
"""Bytes of a file. A device such as /dev/zero would give for ever."""


def is_address(place: str) -> bool:
    """Whether a place that somebody named is on the web."""
    return place.startswith(("http://", "https://"))


def read(place: str) -> bytes:
    """What stands there. Raises `OutputError` for a file, `FetchError` for an address that cannot be read."""
    return found(place)[0]


def found(place: str) -> tuple[bytes, str]:
    """What stands there, and at which address that was in the end; "" for a file. Raises as `read` does."""
    if is_address(place):
        from feeds.network.fetching import fetch

        got = fetch(place, private=True)  # a person typed it, so it may be their own machine
        return got.content, got.address
    try:
        with Path(place).open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as refusal:
        problem = f"cannot be read: {refusal.strerror}; name a file, or an address from https:// on"
        raise OutputError(Fault(Place(place), problem)) from None
    if len(content) > LARGEST:
        raise OutputError(Fault(Place(place), f"is larger than {LARGEST:,} bytes"))
    return content, ""


def below(place: str, path: str) -> bytes | None:
    """What stands at a path below a folder or an address; None for a file that is not there."""
    if is_address(place):
        return read(f"{place.rstrip('/')}/{path}")
    file = Path(place) / path
    return read(str(file)) if file.is_file() else None
