"""A new project: the least that builds, for an editor to write over."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from feeds.errors import Fault, OutputError, Place
from feeds.templating import packaged

FILES = {
    "feeds.toml": "feeds.toml",
    "welcome.md": "content/{year}/welcome.md",
    "gitignore": ".gitignore",
}
"""What lies in templates/starter, and what it becomes."""


def start(folder: Path, now: datetime) -> tuple[Path, ...]:
    """Write a small project into a folder. Raises `OutputError` where a file of it is there already."""
    targets = {name: folder / path.format(year=now.year) for name, path in FILES.items()}
    taken = [
        Fault(Place(str(path)), "is there already; choose another folder")
        for path in targets.values()
        if path.exists()
    ]
    if taken:
        raise OutputError(taken)
    try:
        for name, path in targets.items():
            text = (packaged() / "starter" / name).read_text("utf-8")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("{today}", f"{now:%Y-%m-%d}"), "utf-8")
    except OSError as refusal:
        raise OutputError(Fault(Place(str(folder)), f"cannot be written: {refusal.strerror}")) from None
    return tuple(targets.values())
