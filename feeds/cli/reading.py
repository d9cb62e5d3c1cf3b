"""A file or standard input as a command reads it: with a bar on a terminal, and faults in a line."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

from feeds.errors import DeliveryError, Fault, Place
from feeds.terminal import progress, say

STANDARD_INPUT = "-"
_KILOBYTE = 1024


@contextmanager
def source(file: str, doing: str) -> Iterator[tuple[BinaryIO, str]]:
    """The bytes of a file, or of standard input for `-`; and what faults call it.

    Raises `DeliveryError` where it cannot be opened.
    """
    if file == STANDARD_INPUT:
        if sys.stdin is None:  # how Python says that it is closed
            raise DeliveryError(Fault(Place("stdin"), "is closed; give it a file, with <"))
        if sys.stdin.isatty():
            say("Reading what you type; Ctrl-D ends it.")
        yield sys.stdin.buffer, "stdin"
        return
    with ExitStack() as stack:
        stream = stack.enter_context(_opened(file))
        tick = stack.enter_context(progress(f"{doing}, KB"))
        yield io.BufferedReader(_Watched(stream, tick)), file


def _opened(file: str) -> io.FileIO:
    try:
        return io.FileIO(file)
    except (OSError, ValueError) as refusal:  # ValueError: a NUL in the name
        problem = refusal.strerror if isinstance(refusal, OSError) else "no name of a file"
        raise DeliveryError(Fault(Place(file), f"cannot be read: {problem}")) from None


class _Watched(io.RawIOBase):
    """A file that tells how much of it has been read."""

    def __init__(self, stream: io.FileIO, tick: Callable[[int, int], None]) -> None:
        self.stream, self.tick = stream, tick
        self.size = os.fstat(stream.fileno()).st_size
        self.taken = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """As much as there is."""
        size = self.stream.readinto(buffer)
        self.taken += size
        self.tick(self.taken // _KILOBYTE, max(self.size, self.taken) // _KILOBYTE)
        return size
