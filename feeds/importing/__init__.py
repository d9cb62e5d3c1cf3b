"""Somebody's posts, brought in once: an export or a feed becomes files of ours below content/.

    file, folder or address ──reading──▶ Post ──gate──▶ Page ──▶ content/ and feeds.lock

All of it is read and goes through our own gate before the first file is written. A post with faults
is left out and named; no file that is there is ever written over, so the same can be run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from feeds.config import FILE_NAME, PublicationSettings
from feeds.errors import Fault, OutputError, Place, SettingsError
from feeds.identity import lockfile
from feeds.importing import reading
from feeds.importing.base import Post, Progress
from feeds.importing.gate import Gate, Page
from feeds.importing.reading import Wish
from feeds.publishing import replace_file

__all__ = ["Imported", "Wish", "bring_in"]


@dataclass(frozen=True)
class Imported:
    """What came of an export."""

    kind: str
    """WordPress, Ghost, Substack, Buttondown, feed or OPML."""
    files: tuple[Path, ...]
    """What was written, or would be."""
    there: int
    """Posts that were imported before."""
    left_out: Mapping[str, int]
    changed: Mapping[str, int]
    faults: tuple[Fault, ...]
    """Why posts were left out, in the order of the export."""
    feeds: tuple[str, ...]
    """What a list of feeds names."""
    advice: tuple[str, ...]


def bring_in(  # noqa: PLR0913 - what the command line says
    source: str,
    root: Path,
    publication: PublicationSettings,
    wish: Wish,
    *,
    into: str = "",
    dry_run: bool = False,
    progress: Progress,
) -> Imported:
    """Turn an export or a feed into articles of a publication, in a folder below its content folder.

    Raises what `reading.read` raises, `SettingsError` for content that is another generator's,
    `IdentityError` for a feeds.lock that cannot be read, and `OutputError` where the disk refuses.
    """
    _insist_ours(publication)
    folder = _below(into, root / publication.content)
    lock = lockfile.read(root / lockfile.FILE_NAME)
    export = reading.read(source, wish, progress)
    gate = Gate(publication, root, folder, lock, export)
    for number, post in enumerate(export.posts, 1):
        gate.take(post, _place(source, post))
        progress(number, len(export.posts))
    if not dry_run:
        _write(gate, root)
    return Imported(
        kind=export.kind,
        files=tuple(gate.listing.folder / page.path for page in gate.pages),
        there=gate.there,
        left_out=export.notes.left_out,
        changed=export.notes.changed,
        faults=tuple(dict.fromkeys(export.faults)),
        feeds=export.feeds,
        advice=tuple(dict.fromkeys(export.advice)),
    )


def _insist_ours(publication: PublicationSettings) -> None:
    if publication.dialect:
        place = Place(FILE_NAME, field="publication.dialect")
        problem = f"the content is a site of {publication.dialect}; import into a project of its own"
        raise SettingsError(Fault(place, problem))


def _below(into: str, content: Path) -> str:
    """A folder as a path below the content folder, however the person named it."""
    path = PurePosixPath(into)
    inside = not path.is_absolute() and ".." not in path.parts and not {"\\", "\0"} & set(into)
    if not inside or any(part.startswith((".", "_")) for part in path.parts):
        raise OutputError(Fault(Place(into), "must be a folder below the content folder, such as blog"))
    if not (content / path).resolve().is_relative_to(content.resolve()):
        raise OutputError(Fault(Place(into), "leads out of the content folder; name another"))
    return "" if str(path) == "." else str(path)


def _place(source: str, post: Post) -> Place:
    return Place(f"{source}/{post.file}" if post.file else source, post.line)


def _write(gate: Gate, root: Path) -> None:
    """The lock before the files: an id is kept before anybody sees it, and a second run goes on."""
    folder = gate.listing.folder
    for page in gate.pages:
        _refuse_stray(page, folder)
    records = {page.record.id: page.record for page in gate.pages if page.record}
    if records:
        lockfile.write({**gate.lock, **records}, root / lockfile.FILE_NAME)
    for page in gate.pages:
        replace_file(folder / page.path, page.content)


def _refuse_stray(page: Page, folder: Path) -> None:
    target = folder / page.path
    if not target.parent.resolve().is_relative_to(folder.resolve()):
        raise OutputError(Fault(Place(str(target)), "leads out of the content folder; move the link away"))
    if target.exists() or target.is_symlink():
        raise OutputError(Fault(Place(str(target)), "is there already; move it away"))
