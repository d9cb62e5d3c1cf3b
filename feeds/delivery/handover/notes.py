"""Which services have an issue already: a note beside the issue's file, in `issues/weekly/0007.handed`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from feeds.errors import Fault, Place
from feeds.newsletter import shelf
from feeds.newsletter.frozen import Frozen, IssueError
from feeds.publishing import replace_file


@dataclass(frozen=True)
class Note:
    """What one service has of one variant."""

    number: str
    """Its number with them."""
    state: str
    """`draft`, `sending` once it was told to send, or `sent`."""
    sha256: str
    """Of the issue that they have."""


Notes = Mapping[str, Note]
"""By service and variant: `listmonk en`."""


def file(root: Path, issue: Frozen) -> Path:
    """Where an issue's note stands."""
    return (root / shelf.path(issue.newsletter, issue.number)).with_suffix(".handed")


def read(root: Path, issue: Frozen) -> Notes:
    """What is noted of an issue. Raises `IssueError` where the note cannot be read."""
    where = file(root, issue)
    try:
        found = json.loads(where.read_text("utf-8"))
        return {key: Note(**fields) for key, fields in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        problem = "cannot be read; take it from the version control"
        raise IssueError(Fault(Place(str(where)), problem)) from None


def given_to(root: Path, issue: Frozen) -> tuple[str, ...]:
    """The services that have an issue, by name; empty where none has. Raises `IssueError`."""
    return tuple(dict.fromkeys(key.partition(" ")[0] for key in read(root, issue)))


def keep(root: Path, issue: Frozen, key: str, note: Note) -> None:
    """Note what a service has. Raises `OutputError` where the disk refuses."""
    notes = {**read(root, issue), key: note}
    text = json.dumps({name: asdict(notes[name]) for name in sorted(notes)}, indent=1) + "\n"
    replace_file(file(root, issue), text.encode())
