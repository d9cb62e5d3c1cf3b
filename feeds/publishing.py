"""Documents to files: only what changed, never half written, and nothing of anybody else's touched.

A folder `.feeds` inside the output remembers what we wrote (`manifest.json`: path to sha256), holds
the lock by which two builds take turns, and the files that are still being written. A reader or a
crash at any instant sees an old file or a new one, because a file is complete before it gets its name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from feeds.errors import Fault, OutputError, Place

OURS = ".feeds"
"""The folder in the output in which we remember; beside feeds.toml, that for what nobody else may read."""
MANIFEST = f"{OURS}/manifest.json"
"""What we wrote, in the output: path to sha256."""
PATIENCE = 60.0
"""Seconds to wait for another build to finish."""


@dataclass(frozen=True)
class Document:
    """One file to be served: a path below the output folder, its bytes and their media type."""

    path: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Copy:
    """One file to be served just as it lies elsewhere; it may be large and is never held in memory."""

    path: str
    source: Path


@dataclass(frozen=True)
class Kept:
    """A file of an earlier build that stays as it is: what was promised never to change."""

    path: str


Item = Document | Copy | Kept


@dataclass(frozen=True)
class Published:
    """What became of each path: written anew, left because its bytes were right, removed, or kept."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    """Files of an earlier build that no longer belong, but that somebody has changed since."""


def publish(documents: Iterable[Item], output: Path) -> Published:
    """Make the output folder show these documents, and no longer those of an earlier build.

    Raises `OutputError` before anything is touched where a path leads out of the folder or holds a
    file that is not ours, and with the path where the disk refuses.
    """
    wanted = _by_path(documents)
    if output.exists() and not output.is_dir():
        problem = "is no folder; move it away, or choose another output folder"
        raise OutputError(Fault(Place(str(output)), problem))
    try:
        with _alone(output):
            return _publish(wanted, output)
    except OSError as refusal:
        place = Place(str(refusal.filename or output))
        raise OutputError(Fault(place, f"cannot be written: {refusal.strerror}")) from None


def replace_file(file: Path, content: bytes) -> None:
    """Write one file in one step, and on the disk before the name is; the old file or the new one.

    Raises `OutputError` where the disk refuses.
    """
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
    except OSError as refusal:
        with suppress(OSError):  # the folder may be none
            unfinished.unlink()
        raise OutputError(Fault(Place(str(file)), f"cannot be written: {refusal.strerror}")) from None


def private(root: Path) -> Path:
    """The project's own folder for what nobody else may read. It is made, and git leaves it out by itself."""
    found = root / OURS
    with suppress(OSError):  # whoever writes there says it better
        found.mkdir(mode=0o700)
        (found / ".gitignore").write_text("*\n", "utf-8")
    return found


def ours(output: Path) -> frozenset[str]:
    """The paths in an output folder that an earlier build wrote, and that are there."""
    return frozenset(path for path in _manifest(output) if (output / path).is_file())


def intact(output: Path) -> Callable[[str, str], bool]:
    """Tells whether a path holds a file of ours with this sha256, and no other build is half way with it."""
    manifest = _manifest(output)

    def is_intact(path: str, digest: str) -> bool:
        try:
            return manifest.get(path) == {digest} and _sha256(output / path) == digest
        except OSError:
            return False

    return is_intact


def _publish(wanted: Mapping[str, Item], output: Path) -> Published:
    if faults := list(_astray(wanted, output)):
        raise OutputError(faults)
    before = _manifest(output)
    changed = {path: document for path, document in wanted.items() if not _same(document, output / path)}
    if faults := list(_strangers(changed, before, output)):
        raise OutputError(faults)
    after = {path: _digests(document, before) for path, document in wanted.items()}
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    if changed or after != before:
        # Ours before they are there, old bytes and new: a kill in between leaves nothing unowned.
        _remember(
            {path: before.get(path, set()) | after.get(path, set()) for path in {*before, *after}}, output
        )
        for document in changed.values():
            if not isinstance(document, Kept):
                _write(document, output)
        removed, kept = _clear(before.keys() - wanted.keys(), before, output)
        _remember({**after, **{path: before[path] for path in kept}}, output)
    unchanged = tuple(path for path in wanted if path not in changed)
    return Published(tuple(changed), unchanged, removed, kept)


def _by_path(documents: Iterable[Item]) -> dict[str, Item]:
    wanted: dict[str, Item] = {}
    faults = []
    for document in documents:
        if wanted.setdefault(document.path, document) is not document:
            faults.append(Fault(Place(document.path), "is wanted by two; give one of them another path"))
    if faults:
        raise OutputError(faults)
    return wanted


@contextmanager
def _alone(output: Path) -> Iterator[None]:
    """Hold the output folder for ourselves, and sweep up what a killed build left half written."""
    from filelock import FileLock, Timeout

    (output / OURS).mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(output / OURS / "lock", timeout=PATIENCE):
            shutil.rmtree(output / OURS / "writing", ignore_errors=True)
            yield
    except Timeout:
        problem = f"another build has been writing here for {PATIENCE:.0f} seconds; wait for it or end it"
        raise OutputError(Fault(Place(str(output)), problem)) from None


def _astray(paths: Iterable[str], output: Path) -> Iterator[Fault]:
    root = output.resolve()
    for path in paths:
        if not _inside(path, root):
            yield Fault(Place(str(output / path)), "leads out of the output folder; choose another path")


def _strangers(paths: Iterable[str], ours: Container[str], output: Path) -> Iterator[Fault]:
    for path in paths:
        if (output / path).exists() and path not in ours:
            problem = "is there already and not ours; move it away, or choose another output folder"
            yield Fault(Place(str(output / path)), problem)


def _inside(path: str, root: Path) -> bool:
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or "\0" in path or PurePosixPath(path).is_absolute() or parts[0] == OURS:
        return False
    return (root / path).parent.resolve().is_relative_to(root) and not (root / path).is_symlink()


def _same(document: Item, target: Path) -> bool:
    if isinstance(document, Kept):
        return True
    try:
        if isinstance(document, Document):
            return target.read_bytes() == document.content
        return target.stat().st_size == document.source.stat().st_size and _sha256(target) == _digest(
            document
        )
    except OSError:
        return False


def _digests(document: Item, before: Mapping[str, Set[str]]) -> Set[str]:
    return before[document.path] if isinstance(document, Kept) else {_digest(document)}


def _digest(document: Document | Copy) -> str:
    if isinstance(document, Document):
        return hashlib.sha256(document.content).hexdigest()
    return _sha256(document.source)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(document: Document | Copy, output: Path) -> None:
    target = output / document.path
    target.parent.mkdir(parents=True, exist_ok=True)

    def fill(unfinished: Path) -> None:
        if isinstance(document, Document):
            unfinished.write_bytes(document.content)
        else:
            shutil.copyfile(document.source, unfinished)

    _replace(target, fill, output)


def _replace(target: Path, fill: Callable[[Path], object], output: Path) -> None:
    """Fill a file under another name on the same disk, then give it its name in one step.

    There is no fsync: what a power cut may cost is made again by the next build, which compares bytes.
    """
    writing = output / OURS / "writing"
    writing.mkdir(exist_ok=True)
    unfinished = writing / str(os.getpid())
    fill(unfinished)
    unfinished.replace(target)


def _clear(
    paths: Iterable[str], ours: Mapping[str, Set[str]], output: Path
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Remove files of an earlier build; those that somebody has changed since are theirs, and stay."""
    removed: list[str] = []
    kept: list[str] = []
    for path in sorted(paths):
        target = output / path
        if not target.is_file() or target.is_symlink() or not _inside(path, output.resolve()):
            continue
        if _sha256(target) not in ours[path]:
            kept.append(path)
            continue
        target.unlink()
        removed.append(path)
        _prune(target.parent, output)
    return tuple(removed), tuple(kept)


def _prune(folder: Path, output: Path) -> None:
    while folder != output and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _manifest(output: Path) -> dict[str, Set[str]]:
    """Path to the digests by which we know the file there as ours; two of them while it is written."""
    try:
        found = json.loads((output / MANIFEST).read_text("utf-8"))
        return {path: frozenset(digests) for path, digests in found.items()}
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        return {}  # then nothing there is known as ours, and nothing is overwritten


def _remember(digests: Mapping[str, Set[str]], output: Path) -> None:
    lists = {path: sorted(digests[path]) for path in sorted(digests)}
    text = json.dumps(lists, indent=0, ensure_ascii=False) + "\n"
    _replace(output / MANIFEST, lambda file: file.write_text(text, "utf-8"), output)
