"""What a person at a terminal sees while it goes on: sentences and a progress bar, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic

PATIENCE = 0.4
"""Seconds before a bar appears: what is done sooner needs none."""


def say(sentence: str) -> None:
    """Talk, as against results: to stderr."""
    print(sentence, file=sys.stderr)


def counted(number: int, noun: str) -> str:
    """A number and its noun: 1 file, 2 files."""
    return f"{number:,} {noun}" + "s" * (number != 1)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that is told (done, of how many). It shows on a terminal only, and only for long work."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with ExitStack() as stack:
        yield _bar(what, stack)


@contextmanager
def meter(what: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar that is told (done, of how many, and a few words), for work that takes hours."""
    if not sys.stderr.isatty():
        yield lambda done, total, words: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, total, words: bar.update(task, completed=done, total=total, description=words)


def agreed(question: str) -> bool:
    """Whether the person at the terminal says yes. Where there is none, nobody does."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _bar(what: str, stack: ExitStack) -> Callable[[int, int], None]:
    started = monotonic()
    update: Callable[[int, int], None] | None = None

    def tick(done: int, total: int) -> None:
        nonlocal update
        if update is None and monotonic() - started > PATIENCE:
            update = _shown(what, stack)
        if update is not None:
            update(done, total)

    return tick


def _shown(what: str, stack: ExitStack) -> Callable[[int, int], None]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
    task = bar.add_task(what)
    return lambda done, total: bar.update(task, completed=done, total=total)
