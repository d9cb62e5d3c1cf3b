"""The folder `issues/`: every issue that was ever drafted, one file each, as the project keeps them."""

from __future__ import annotations

import re
from pathlib import Path

from feeds.errors import Fault, Place
from feeds.newsletter.frozen import Frozen, IssueError, parsed, written
from feeds.publishing import replace_file

FOLDER = "issues"


def path(newsletter: str, number: int) -> str:
    """Where an issue is kept, relative to the project."""
    return f"{FOLDER}/{newsletter}/{number:04}.json"


def read(root: Path, newsletter: str) -> tuple[Frozen, ...]:
    """A newsletter's issues in the project at `root`, the oldest first.

    Raises `IssueError` with every file that is no issue, or not the one that it was.
    """
    issues: list[Frozen] = []
    faults: list[Fault] = []
    for file in sorted((root / FOLDER / newsletter).glob("*.json")):
        try:
            issues.append(_read(file, newsletter))
        except IssueError as refusal:
            faults.extend(refusal.faults)
    if faults:
        raise IssueError(faults)
    return tuple(sorted(issues, key=lambda issue: issue.number))


def keep(root: Path, issue: Frozen) -> Path:
    """Write an issue's file in one step. Raises `IssueError` where that would change an approved one."""
    file = root / path(issue.newsletter, issue.number)
    if file.exists() and _read(file, issue.newsletter).approved:
        raise IssueError(Fault(Place(_label(file)), "is approved, and an approved issue never changes"))
    replace_file(file, written(issue))
    return file


def hand_over(root: Path, issue: Frozen, slot: str) -> None:
    """Note beside an issue's file that it was given to a ledger, so that no other one sends it again."""
    replace_file(_note(root, issue), f"{slot}\n{issue.sha256}\n".encode())


def handed_over(root: Path, issue: Frozen) -> str:
    """The slot under which a ledger has an issue; empty where none has it. Raises `IssueError`."""
    file = _note(root, issue)
    try:
        slot, sha256 = file.read_text("utf-8").split()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError):
        raise IssueError(
            Fault(Place(_label(file)), "cannot be read; take it from the version control")
        ) from None
    if sha256 != issue.sha256:
        raise IssueError(Fault(Place(_label(file)), f"belongs to another issue than {issue.name}"))
    return slot


def _note(root: Path, issue: Frozen) -> Path:
    return (root / path(issue.newsletter, issue.number)).with_suffix(".sent")


def _read(file: Path, newsletter: str) -> Frozen:
    try:
        issue = parsed(file.read_bytes(), _label(file))
    except OSError as refusal:
        raise IssueError(Fault(Place(_label(file)), f"cannot be read: {refusal.strerror}")) from None
    if (issue.newsletter, f"{issue.number:04}") != (newsletter, file.stem):
        problem = f"holds {issue.name}; give it back its name, {path(issue.newsletter, issue.number)}"
        raise IssueError(Fault(Place(_label(file)), problem))
    return issue


def _label(file: Path) -> str:
    return re.sub(r".*?([^/]+/[^/]+/[^/]+)\Z", r"\1", file.as_posix())
