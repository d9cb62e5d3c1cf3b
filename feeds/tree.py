"""Every file below a folder, with the stamp that changes when the file does."""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
from collections.abc import Callable, Mapping, Set

Stamp = tuple[int, int, int, int]
"""Size in bytes, times of the last change of the content and of anything (ns), and inode of a file."""
Odd = Callable[[str, "os.stat_result | OSError | None"], None]
"""Told of what is no ordinary file: what it is, why it cannot be read, or None where it lies too deep."""

DEEPEST = 30
"""Folders within folders."""


def stamp(status: os.stat_result) -> Stamp:
    """What tells that a file has changed, without reading it."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def walk(folder: str, odd: Odd, prefix: str = "", skip: Set[str] = frozenset()) -> dict[str, Stamp]:
    """Every file below a folder, by its path from there on, with the `prefix` before it.

    Hidden files, what editors leave (`~`) and names to `skip` are nobody's.
    """
    found: dict[str, Stamp] = {}

    def enter(folder: str, prefix: str, depth: int) -> None:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if name[0] == "." or name[-1] == "~" or name in skip:
                    continue
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode) and name.isascii():
                    found[prefix + name] = stamp(status)
                elif not stat.S_ISDIR(status.st_mode):
                    odd(prefix + name, status)
                elif depth >= DEEPEST:
                    odd(prefix + name, None)
                else:
                    attempt(entry.path, f"{prefix}{name}/", depth + 1)

    def attempt(folder: str, prefix: str, depth: int) -> None:
        try:
            enter(folder, prefix, depth)
        except OSError as refusal:
            odd(prefix.rstrip("/"), refusal)

    attempt(folder, prefix, 0)
    return found


def digest(stamps: Mapping[str, Stamp]) -> str:
    """What tells two states of a folder apart.

    The files count in the order in which the system names them, which is the same while all is as it was.
    """
    said = marshal.dumps(list(stamps.items()), 0)  # in this version equal values give equal bytes
    return hashlib.blake2b(said, digest_size=16).hexdigest()
