"""Faults, builds and differences as lines for a person, and as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from feeds.errors import Fault, gathered
from feeds.terminal import counted

if TYPE_CHECKING:
    from feeds.publication import Build
    from feeds.standstill import Standstill


def report(faults: Iterable[Fault], as_json: bool, stream: TextIO) -> None:
    """Each fault on a line of its own, many alike on one; as JSON they are a result and go to stdout."""
    if as_json:
        print_json([as_table(fault) for fault in faults])
        return
    for fault in gathered(faults):
        print(fault, file=stream)


def print_json(value: object) -> None:
    """A result that a program reads."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def as_table(fault: Fault) -> dict[str, object]:
    """A fault as a program reads it."""
    where = fault.where
    return {
        "file": where.file,
        "line": where.line or None,
        "field": where.field or None,
        "problem": fault.problem,
        "warning": fault.warning,
    }


def build_table(made: Build) -> dict[str, object]:
    """What a build did, as a program reads it."""
    from dataclasses import asdict

    due = made.next_due
    return {
        **{name: list(paths) for name, paths in asdict(made.published).items()},
        "articles": len(made.library.articles),
        "faults": [as_table(fault) for fault in made.faults],
        "next_due": due and {"title": due.title, "published": due.published.isoformat()},
    }


def build_sentences(made: Build) -> Iterator[str]:
    """What a build did, as a person wants to hear it."""
    result = made.published
    yield (
        f"{counted(len(made.library.articles), 'article')}: {counted(len(result.written), 'file')} written, "
        f"{len(result.unchanged)} unchanged, {len(result.removed)} removed."
    )
    for path in result.kept:
        yield f"{path} no longer belongs, but somebody has changed it, so it stays."
    if due := made.next_due:
        yield _next(due.title, f"{due.published:%Y-%m-%d at %H:%M %Z}")


def standstill_sentences(found: Standstill) -> Iterator[str]:
    """The same of a build that had nothing to do."""
    yield f"{counted(found.articles, 'article')}: 0 files written, {found.files} unchanged, 0 removed."
    if found.next_due:
        yield _next(found.next_title, found.next_due)


def _next(title: str, due: str) -> str:
    return f"Next is “{title}”, on {due}: build again then."
