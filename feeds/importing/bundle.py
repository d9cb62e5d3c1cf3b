"""A zip or a folder of files, read under limits: nothing is unpacked to the disk, no link is followed."""

from __future__ import annotations

import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from feeds.importing.base import Export

FILES = 50_000
"""Files in one export at most."""
LARGEST = 20_000_000
"""Bytes of one file that is read whole."""
TOTAL = 1_000_000_000
"""Bytes of all of them after decompression."""
CHUNK = 1 << 20
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
    NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
"""What zipfile raises for archives that are damaged, encrypted or written to do harm."""


class Bundle(Protocol):
    """Several files that belong together."""

    names: tuple[str, ...]
    """Paths with / between their parts, in order; hidden ones and those that lead out are not among them."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """One of the files, in pieces. Raises `ExportError` where it cannot be read or is too much."""

    def whole(self, name: str) -> bytes:
        """One of the files. Raises `ExportError` where it cannot be read or is too large."""


def text(bundle: Bundle, name: str) -> str:
    """One of the files as text; bytes that are no UTF-8 are shown as such."""
    return bundle.whole(name).decode("utf-8-sig", "replace")


class _Files:
    """What both kinds have in common: the limits."""

    names: tuple[str, ...]

    def __init__(self, export: Export) -> None:
        self.export, self.read = export, 0

    def _open(self, name: str) -> IO[bytes]:
        raise NotImplementedError

    def chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self._open(name) as stream:
                while chunk := stream.read(CHUNK):
                    self.read += len(chunk)
                    if self.read > TOTAL:
                        raise self.export.error(f"holds more than {TOTAL:,} bytes")
                    yield chunk
        except _BROKEN as refusal:
            raise self.export.error(f"holds {name}, which cannot be read: {refusal}"[:300]) from None

    def whole(self, name: str) -> bytes:
        parts = bytearray()
        for chunk in self.chunks(name):
            parts += chunk
            if len(parts) > LARGEST:
                raise self.export.error(f"holds {name}, which is larger than {LARGEST:,} bytes")
        return bytes(parts)

    def _named(self, names: Iterator[str]) -> tuple[str, ...]:
        found: list[str] = []
        for name in names:
            found.append(name)
            if len(found) > FILES:
                raise self.export.error(f"holds more than {FILES:,} files")
        return tuple(sorted(name for name in found if _is_fit(name)))


def _is_fit(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)  # `..` among them
    return bool(path.name) and not path.is_absolute() and not hidden and not {"\\", "\0"} & set(name)


class _Zip(_Files):
    def __init__(self, archive: zipfile.ZipFile, export: Export) -> None:
        super().__init__(export)
        self.archive = archive
        self.names = self._named(one.filename for one in archive.infolist() if not one.is_dir())

    def _open(self, name: str) -> IO[bytes]:
        return self.archive.open(name)


class _Folder(_Files):
    def __init__(self, folder: Path, export: Export) -> None:
        super().__init__(export)
        self.folder = folder
        self.names = self._named(_regular_files(folder))

    def _open(self, name: str) -> IO[bytes]:
        return (self.folder / name).open("rb")


def _regular_files(folder: Path) -> Iterator[str]:
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for file in files:
            path = Path(top, file)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix()


@contextmanager
def opened_zip(stream: IO[bytes], export: Export) -> Iterator[Bundle]:
    """A zip. Raises `ExportError` where it is none that can be read."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(stream))
        except _BROKEN as refusal:
            raise export.error(f"is no zip that can be read: {refusal}"[:300]) from None
        yield _Zip(archive, export)


def opened_folder(folder: Path, export: Export) -> Bundle:
    """A folder."""
    return _Folder(folder, export)
