"""Files to objects: only what changed, and nothing that names what is not there yet.

An object `.feeds/published.json` remembers what we put there: path to what its bytes and headers were
and the tag that the store gave it. It claims a path before anything is put there, so that a run that was
ended in the middle leaves nothing of which nobody knows whose it is. Two must not publish at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from feeds.errors import Fault, OutputError, Place
from feeds.hosting.headers import RANKS, Headers
from feeds.publishing import OURS, Published
from feeds.storage.base import Store

MANIFEST = f"{OURS}/published.json"
AT_ONCE = 8
"""Objects that are on their way at the same time."""

Tick = Callable[[int, int], object]
_NEVER = {"Content-Type": "application/json", "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Known:
    """What we put at a path."""

    digest: str = ""
    """Of its bytes and headers; empty where it was only claimed."""
    tag: str = ""
    """As the store gave it; an object that has another one was put there by somebody else."""


@dataclass(frozen=True)
class Cargo:
    """What is to be sent out: files of an output folder, each behind what it may name."""

    output: Path
    paths: Sequence[str]
    headers: Headers

    def digest(self, path: str) -> str:
        """Of a file's bytes, and of the headers that go with them. Raises `OutputError`."""
        file = self.output / path
        try:
            with file.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256")
        except OSError as refusal:
            raise OutputError(Fault(Place(str(file)), f"cannot be read: {refusal.strerror}")) from None
        found.update(json.dumps(self.headers.of(path).headers, sort_keys=True).encode())
        return found.hexdigest()

    def rank(self, path: str) -> int:
        """How late a file comes."""
        return RANKS.index(self.headers.of(path).rank)


def put_out(cargo: Cargo, target: str, tick: Tick) -> Published:
    """Make a bucket show these files of an output folder. Raises `OutputError`."""
    from feeds.storage._obstore import bucket

    return synchronise(bucket(target), cargo, target, tick)


def synchronise(store: Store, cargo: Cargo, target: str, tick: Tick = lambda done, total: None) -> Published:
    """Put what is new or changed, rank by rank; then remove what we put there and is no longer wanted.

    `target` is what a fault calls the store. Raises `OutputError`.
    """
    there = store.tags()
    before = _remembered(store.read(MANIFEST))
    wanted = {path: cargo.digest(path) for path in cargo.paths}
    changed = {path: digest for path, digest in wanted.items() if not _same(path, digest, before, there)}
    foreign = {path: there[path] for path in changed if path in there and path not in before}
    if faults := list(_strangers(foreign, cargo, target)):
        raise OutputError(faults)
    gone = [path for path in before if path not in wanted]
    left = [path for path in gone if path in there]
    removed = [path for path in left if _ours(path, before, there)]
    if changed or gone:
        _remember(store, before | dict.fromkeys(changed, Known()))
        made = _put(store, cargo, changed, tick)
        for path in sorted(removed, key=cargo.rank, reverse=True):  # what names others goes first
            store.delete(path)
        _remember(store, {path: made.get(path) or before[path] for path in wanted})
    return Published(
        written=tuple(changed),
        unchanged=tuple(path for path in wanted if path not in changed),
        removed=tuple(removed),
        kept=tuple(path for path in left if path not in removed),
    )


def _same(path: str, digest: str, before: Mapping[str, Known], there: Mapping[str, str]) -> bool:
    known = before.get(path)
    return known is not None and known.digest == digest and there.get(path) == known.tag


def _ours(path: str, before: Mapping[str, Known], there: Mapping[str, str]) -> bool:
    """Whether an object is as we put it; of what was only claimed nobody knows, and it was to be ours."""
    return not before[path].tag or before[path].tag == there[path]


def _strangers(tags: Mapping[str, str], cargo: Cargo, target: str) -> Iterator[Fault]:
    for path, tag in tags.items():
        if tag.strip('"') != _md5(cargo.output / path):
            problem = "is there already and not ours; move it away, or choose another prefix"
            yield Fault(Place(f"{target.rstrip('/')}/{path}"), problem)


def _put(store: Store, cargo: Cargo, digests: Mapping[str, str], tick: Tick) -> Mapping[str, Known]:
    """All of one rank are there before the first of the next one is begun."""

    def put(path: str) -> tuple[str, Known]:
        tag = store.put(path, cargo.output / path, cargo.headers.of(path).headers)
        return path, Known(digests[path], tag)

    made: dict[str, Known] = {}
    threads = ThreadPoolExecutor(AT_ONCE)
    try:
        for _, alike in groupby(digests, key=cargo.rank):
            for path, known in threads.map(put, list(alike)):
                made[path] = known
                tick(len(made), len(digests))
    finally:
        threads.shutdown(cancel_futures=True)  # after the first that fails no other is begun
    return made


def _remembered(content: bytes | None) -> dict[str, Known]:
    try:
        return {path: Known(*found) for path, found in json.loads(content or b"{}").items()}
    except (ValueError, TypeError, AttributeError):
        return {}  # then nothing there is known as ours, and nothing is overwritten


def _remember(store: Store, known: Mapping[str, Known]) -> None:
    lists = {path: [known[path].digest, known[path].tag] for path in sorted(known)}
    store.put(MANIFEST, json.dumps(lists, indent=0, ensure_ascii=False).encode() + b"\n", _NEVER)


def _md5(file: Path) -> str:
    """What S3 gives a small object as its tag."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
