"""Compressed copies beside the files, for servers that send them as they lie: .gz and .br.

A copy has the same bytes on every machine, as far as the compressor allows: the gzip header is
ours, without a time or a system, for what Python's own says of the system changed in 3.11 and back
in 3.13. What follows it is zlib's, where classic zlib is the same everywhere and zlib-ng (some
builds of Python) is not; brotli's bytes may change with its version. A reader never sees which.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module

from feeds import config
from feeds.errors import Fault, Place, SettingsError
from feeds.publishing import Document

LEAST = 1024
"""What has so few bytes fits into one packet anyway."""

# A member without name and time, compressed as well as can be, of no known system (RFC 1952).
_GZIP_HEADER = bytes.fromhex("1f8b 08 00 00000000 02 ff")
_TEXT = re.compile(r"text/.+|.+[/+](xml|json)|application/javascript")


def compressed(document: Document, methods: Iterable[str]) -> tuple[Document, ...]:
    """The compressed copies of a text of more than 1 KB, by each of the methods: gzip, brotli.

    Raises `SettingsError` where brotli is asked for and not installed.
    """
    if len(document.content) <= LEAST or not _TEXT.fullmatch(document.media_type.partition(";")[0]):
        return ()
    return tuple(_copy(document, *_METHODS[method]) for method in dict.fromkeys(methods))


def compressed_paths(path: str, methods: Iterable[str]) -> tuple[str, ...]:
    """Where the compressed copies of a document stand."""
    return tuple(f"{path}.{_METHODS[method][0]}" for method in dict.fromkeys(methods))


def gzip(content: bytes) -> bytes:
    """One gzip member (RFC 1952)."""
    deflate = zlib.compressobj(level=9, wbits=-zlib.MAX_WBITS)
    body = deflate.compress(content) + deflate.flush()
    sizes = zlib.crc32(content), len(content) & 0xFFFFFFFF
    return _GZIP_HEADER + body + b"".join(size.to_bytes(4, "little") for size in sizes)


def brotli(content: bytes) -> bytes:
    """A brotli stream (RFC 7932), by the package brotli."""
    try:
        library = import_module("brotli")
    except ImportError:
        place = Place(config.FILE_NAME, field="publication.compress")
        problem = "brotli needs a package that is not there; run pip install 'feeds[brotli]'"
        raise SettingsError(Fault(place, problem)) from None
    return bytes(library.compress(content, mode=library.MODE_TEXT, quality=11))


def _copy(document: Document, end: str, media_type: str, compress: Callable[[bytes], bytes]) -> Document:
    return Document(f"{document.path}.{end}", compress(document.content), media_type)


_METHODS: Mapping[str, tuple[str, str, Callable[[bytes], bytes]]] = {
    "gzip": ("gz", "application/gzip", gzip),
    "brotli": ("br", "application/octet-stream", brotli),  # which has no media type of its own
}
