"""Many files read by every core: what a file is found to be follows from it alone."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

MANY = 1_000
"""Fewer files than this are read sooner by one process."""
_CHUNK = 250

Line = Callable[[str], str]
"""What a file was found to be, as a line of JSON, by the file's path."""


@dataclass
class _Task:
    """What the forked processes have in common with the one that forked them."""

    line: Line = str


_TASK = _Task()


def hands() -> int:
    """How many processes may read: as many as there are cores, where processes can be forked."""
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    return len(os.sched_getaffinity(0)) if can_fork and hasattr(os, "sched_getaffinity") else 1


def lines(paths: Sequence[str], line: Line, workers: int) -> Iterator[tuple[str, str]]:
    """Each path with its line, in the order of the paths."""
    _TASK.line = line
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    with multiprocessing.get_context("fork").Pool(workers, _quiet) as pool:
        for chunk, said in zip(chunks, pool.imap(_read, chunks), strict=True):
            yield from zip(chunk, json.loads(said), strict=True)


def _read(paths: Sequence[str]) -> str:
    return json.dumps([_TASK.line(path) for path in paths])


def _quiet() -> None:
    """Let the parent alone answer the keyboard."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
