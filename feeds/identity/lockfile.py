"""feeds.lock: the identity of every article ever published, one line each, for a version control to keep.

Sorted by id and so nearly by date, with nothing in a line that another line depends on: two branches
merge without a quarrel, and a line that both have is one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

from feeds.errors import Fault, IdentityError, Place, unreadable
from feeds.identity import Lock, Record, Seal
from feeds.publishing import replace_file

FILE_NAME = "feeds.lock"
_HEAD = (
    "# The identity of every article that was ever published: what readers know it by.\n"
    "# Written by `feeds build`; commit it. One line an article, tabs between:\n"
    "# id, published, updated, digest of the meaning, file, address, when it was withdrawn, archive pages.\n"
)


STALE = Fault(Place(FILE_NAME), "is not up to date; run `feeds build` where you write, and commit it")
"""What `feeds build --locked` says, for a machine whose lock nobody would keep."""


def read(file: Path) -> Lock:
    """The lock in a file; empty where there is none. Raises `IdentityError` with every bad line."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as refusal:
        raise IdentityError(Fault(Place(file.name), unreadable(refusal))) from None
    lock: dict[str, Record] = {}
    faults = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            record = _parsed(line)
        except ValueError:
            problem = "is no line of a lock; take it from the version control, or delete what is not a record"
            faults.append(Fault(Place(file.name, number), problem))
            continue
        if lock.setdefault(record.id, record) != record:
            lock[record.id] = max(lock[record.id], record, key=lambda r: (r.withdrawn is not None, r.updated))
    if faults:
        raise IdentityError(faults)
    return lock


def written(lock: Lock) -> bytes:
    """The lock as the bytes of its file: sorted, so that the same lock is the same file."""
    return (_HEAD + "".join(f"{_line(lock[id])}\n" for id in sorted(lock))).encode()


def write(lock: Lock, file: Path) -> None:
    """Write the lock in one step. Raises `OutputError` where the disk refuses."""
    replace_file(file, written(lock))


def _line(record: Record) -> str:
    parts = [
        record.id,
        _utc(record.published),
        _utc(record.updated),
        record.meaning,
        record.file if _PLAIN.fullmatch(record.file) else quote(record.file, safe="/ "),
        record.url,
        _utc(record.withdrawn) if record.withdrawn else "",
        " ".join(f"{seal.feed}/{seal.page}@{_utc(seal.updated)}" for seal in record.seals),
    ]
    return "\t".join(parts).rstrip("\t")


def _parsed(line: str) -> Record:
    id, published, updated, digest, file, url, withdrawn, seals, *_ = [*line.split("\t"), "", ""]
    return Record(
        id,
        datetime.fromisoformat(published),
        datetime.fromisoformat(updated),
        digest,
        unquote(file) if "%" in file else file,
        url,
        datetime.fromisoformat(withdrawn) if withdrawn else None,
        tuple(map(_seal, seals.split())) if seals else (),
    )


def _seal(text: str) -> Seal:
    place, _, updated = text.partition("@")
    feed, _, page = place.rpartition("/")
    return Seal(feed, int(page), datetime.fromisoformat(updated))


_PLAIN = re.compile(r"[A-Za-z0-9/ ._-]+")  # as nearly every file is called


def _utc(moment: datetime) -> str:
    moment = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return moment.isoformat()[:19] + "Z"  # strftime writes the year 999 as 999
