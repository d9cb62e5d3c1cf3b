"""What somebody named, recognised by its first bytes and read by the one that knows it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from feeds.errors import FeedsError
from feeds.importing import bundle, buttondown, ghost, loose, substack, syndication, wordpress
from feeds.importing.base import Export, Progress
from feeds.importing.bundle import Bundle
from feeds.network import anywhere, fetching

HEAD = 1 << 16
JSON_LARGEST = 400_000_000
"""Bytes of a JSON document at most: it is read whole."""
CHUNK = 1 << 20
_KILOBYTE = 1024
_FEED_LARGEST = 10_000_001
"""One byte more than a feed may have, so that who reads it can say so."""


@dataclass(frozen=True)
class Wish:
    """What the person said besides the name of the export."""

    site: str = ""
    """Where the posts stand, for exports that do not say so; an address or nothing."""
    home: str = ""
    """Where the publication stands."""
    all: bool = False
    """Whether each feed of a list is to be imported."""


def read(source: str, wish: Wish, progress: Progress) -> Export:
    """All posts of an export or feed, in a file, a folder or at an address.

    Raises `ExportError` for what is no export or does harm, `ContentError` for what is no feed,
    `OutputError` and `FetchError` for what cannot be had.
    """
    export = Export(source)
    if not anywhere.is_address(source) and Path(source).is_dir():
        export.kind = _bundle(bundle.opened_folder(Path(source), export), export, wish)
        return export
    if anywhere.is_address(source):
        content, where = anywhere.found(source)
        export.kind = _stream(io.BytesIO(content), len(content), where, export, wish, progress)
        return export
    try:
        if not Path(source).is_file():  # a pipe would never end, and a device neither
            raise export.error("is not there; name a file, a folder, or an address from https:// on")
        with Path(source).open("rb") as stream:
            size = Path(source).stat().st_size
            export.kind = _stream(stream, size, "", export, wish, progress)
    except (OSError, ValueError) as refusal:  # ValueError: a NUL in the name
        problem = refusal.strerror if isinstance(refusal, OSError) else "that is no name of a file"
        raise export.error(f"cannot be read: {problem}") from None
    return export


def _stream(  # noqa: PLR0913, PLR0917 - the bytes, where they are from, and what is wished
    stream: IO[bytes], size: int, where: str, export: Export, wish: Wish, progress: Progress
) -> str:
    """Read one file; the answer is what it is."""
    head = stream.read(HEAD)
    stream.seek(0)
    if head.startswith(b"PK\x03\x04"):
        with bundle.opened_zip(stream, export) as files:
            return _bundle(files, export, wish)
    if b"wordpress.org/export/" in head:
        wordpress.read(_chunks(stream, size, progress), export)
        return "WordPress"
    if b"<opml" in head.lower():
        syndication.listed(_chunks(stream, size, progress), export)
        _follow(export, wish)
        return "OPML"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start in (b"{", b"["):
        return _json(stream.read(JSON_LARGEST + 1), where, export, wish)
    syndication.read(stream.read(_FEED_LARGEST), where, export)
    return "feed"


def _chunks(stream: IO[bytes], size: int, progress: Progress) -> Iterator[bytes]:
    done = 0
    while chunk := stream.read(CHUNK):
        done += len(chunk)
        progress(done // _KILOBYTE, max(size, done) // _KILOBYTE)
        yield chunk


def _json(content: bytes, where: str, export: Export, wish: Wish) -> str:
    if len(content) > JSON_LARGEST:
        raise export.error(f"is larger than {JSON_LARGEST:,} bytes")
    try:
        document = loose.json_value(content.decode("utf-8-sig", "replace"))
    except json.JSONDecodeError as refusal:
        raise export.error(f"is no JSON: {refusal.msg}", refusal.lineno) from None
    except ValueError as refusal:
        raise export.error(f"is no JSON that can be read: {refusal}"[:200]) from None
    if ghost.is_export(document):
        ghost.read(document, export, wish.site, wish.site or wish.home)
        return "Ghost"
    if buttondown.is_answer(document):
        buttondown.read_answer(document, export, wish.site)
        return "Buttondown"
    if not isinstance(document, dict):
        raise export.error("is JSON, but neither an export of Ghost or Buttondown nor a JSON Feed")
    syndication.read(content[:_FEED_LARGEST], where, export)
    return "feed"


def _bundle(files: Bundle, export: Export, wish: Wish) -> str:
    """Read a zip or folder; the answer is what it is."""
    if substack.is_export(files):
        substack.read(files, export, wish.site)
        return "Substack"
    if buttondown.is_export(files):
        buttondown.read(files, export, wish.site)
        return "Buttondown"
    for suffix, reader, kind in ((".xml", _wordpress, "WordPress"), (".json", _ghost, "Ghost")):
        fitting = [name for name in files.names if PurePosixPath(name).suffix.lower() == suffix]
        if sum(reader(files, name, export, wish) for name in fitting):
            return kind
    raise export.error(
        "holds no export that is known; known are those of WordPress, Ghost, Substack and Buttondown"
    )


def _wordpress(files: Bundle, name: str, export: Export, wish: Wish) -> bool:
    if b"wordpress.org/export/" not in next(files.chunks(name), b"")[:HEAD]:
        return False
    wordpress.read(files.chunks(name), export)
    return True


def _ghost(files: Bundle, name: str, export: Export, wish: Wish) -> bool:
    try:
        document = loose.json_value(bundle.text(files, name))
    except ValueError:
        return False
    if not ghost.is_export(document):
        return False
    ghost.read(document, export, wish.site, wish.site or wish.home)
    return True


def _follow(export: Export, wish: Wish) -> None:
    """Import each feed of a list. What a list names is no address that the person typed: public ones only."""
    for address in export.feeds if wish.all else ():
        try:
            found = fetching.fetch(address)
            syndication.read(found.content, found.address, export)
        except FeedsError as refusal:
            export.faults.extend(refusal.faults)
    if export.feeds and not wish.all:
        export.advice.append("a list of feeds: import each by its address, or all of them with --all")
