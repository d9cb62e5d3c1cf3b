"""What was built, put where a fleet serves it from: a folder, or object storage. `send_out` is the way in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from feeds.errors import Fault, OutputError, Place
from feeds.hosting.headers import RANKS, Headers
from feeds.publishing import Copy, Published, ours, publish
from feeds.storage.buckets import Cargo, put_out

Tick = Callable[[int, int], object]
S3 = "s3://"


def send_out(output: Path, target: str, headers: Headers, tick: Tick = lambda done, total: None) -> Published:
    """Make a target show what the last build wrote into an output folder, and only that changes.

    The target is a folder or `s3://bucket/prefix`. A feed comes after what it names, and what is gone
    goes last. Raises `OutputError` where there is nothing built, where something there is not ours, and
    where the target cannot be written; whatever was done by then is gone on with the next time.
    """
    paths = in_order(ours(output), headers)
    if not paths:
        raise OutputError(Fault(Place(str(output)), "holds nothing that was built; run `feeds build` first"))
    if target.startswith(S3):
        return put_out(Cargo(output, paths, headers), target, tick)
    if "://" in target:
        problem = "is no place that we know; write a folder, or s3://bucket/prefix"
        raise OutputError(Fault(Place("TARGET"), problem))
    return _into_folder(output, paths, Path(target))


def in_order(paths: frozenset[str], headers: Headers) -> tuple[str, ...]:
    """The paths, each behind what it may name."""
    return tuple(sorted(paths, key=lambda path: (RANKS.index(headers.of(path).rank), path)))


def _into_folder(output: Path, paths: tuple[str, ...], target: Path) -> Published:
    if target.resolve() == output.resolve():
        raise OutputError(Fault(Place("TARGET"), "is the output folder itself; choose another place"))
    return publish((Copy(path, output / path) for path in paths), target)
