"""The inbox: what was asked for on the pages, on the disk before the answer, and done afterwards.

Each request is one row, whoever it is for, so that no answer tells who is on the list. A row goes
when its mail is sent or never will be, and its address goes with it.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal

from feeds.delivery.ledger.places import prepare
from feeds.errors import DeliveryError, Fault, Place
from feeds.web.public.limits import DAY, Limits

Kind = Literal["subscribe", "link", "data"]
"""What is asked for: to be put on the list, the link of a subscription, what is known of it."""

BACKLOG = 10_000
"""So many may wait; then nobody is let in before some are done."""
LEASE = 900
"""Seconds that one attempt may take, the longest silence of a mail server included."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, newsletter TEXT NOT NULL,
    address TEXT NOT NULL, topics TEXT NOT NULL, language TEXT NOT NULL, network TEXT NOT NULL,
    at INTEGER NOT NULL, due_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    granted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS request_due ON request (due_at, id);
CREATE TABLE IF NOT EXISTS spent (key TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS spent_by_key ON spent (key, at);
"""
_PUT = """
INSERT INTO request (kind, newsletter, address, topics, language, network, at, due_at)
SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM (SELECT 1 FROM request LIMIT ?)) < ?
"""
_CLAIM = """
UPDATE request SET due_at = ?, attempts = attempts + 1
WHERE id = (SELECT id FROM request WHERE due_at <= ? ORDER BY due_at, id LIMIT 1)
RETURNING id, kind, newsletter, address, topics, language, network, at, attempts, granted
"""


_SPENT = "SELECT count(*) FROM spent WHERE key = ? AND at > ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody's request; that it was they who asked is for their mailbox to prove."""

    kind: Kind
    newsletter: str
    address: str
    topics: tuple[str, ...] = ()
    language: str = ""
    network: str = ""
    """A keyed hash of where it came from."""
    at: int
    """Seconds since 1970."""
    id: int = 0
    attempts: int = 0
    granted: bool = False
    """Whether it has been counted against the limits."""


class Inbox:
    """Requests in a file of its own. Threads and processes may share it."""

    def __init__(self, file: Path) -> None:
        """Open the file, or make it for our eyes only. Raises `DeliveryError`."""
        self.file = file
        self._turn = Lock()  # SQLite's own way of waiting sleeps, and is not fair
        prepare(file)
        with self._fenced():
            # What is promised is on the disk before the answer. What is done since then may be done again
            # after a power cut, and never after a crash: so it does not wait for the disk each time.
            self._taking = _opened(file, "FULL")
            self._working = _opened(file, "NORMAL")

    def put(self, request: Request) -> bool:
        """Keep a request, on the disk when this returns; False where too many wait already."""
        row = (
            request.kind,
            request.newsletter,
            request.address,
            json.dumps(request.topics),
            request.language,
            request.network,
            request.at,
            request.at,
        )
        with self._writing(self._taking) as link:
            return link.execute(_PUT, (*row, BACKLOG, BACKLOG)).rowcount == 1

    def claim(self, now: int) -> Request | None:
        """The next request that is due, ours for the length of a lease."""
        with self._writing(self._working) as link:
            row = link.execute(_CLAIM, (now + LEASE, now)).fetchone()
        return None if row is None else _request(row)

    def grant(
        self, request: Request, keys: Sequence[str], limits: Limits, now: int
    ) -> Literal["yes", "drop", "wait"]:
        """Count a request against the limits: against all of them or, where it is over one, none."""
        if request.granted:
            return "yes"
        with self._writing(self._working) as link:
            for key in keys:
                limit = limits.of(key)
                (count,) = link.execute(_SPENT, (key, now - limit.seconds)).fetchone()
                if count >= limit.most:
                    return limit.over
            link.executemany("INSERT INTO spent VALUES (?, ?)", [(key, now) for key in keys])
            link.execute("UPDATE request SET granted = 1 WHERE id = ?", (request.id,))
        return "yes"

    def later(self, request: Request, due_at: int) -> None:
        """Look at a request again at another moment."""
        with self._writing(self._working) as link:
            link.execute("UPDATE request SET due_at = ? WHERE id = ?", (due_at, request.id))

    def done(self, request: Request) -> None:
        """Forget a request."""
        with self._writing(self._working) as link:
            link.execute("DELETE FROM request WHERE id = ?", (request.id,))

    def forget(self, address: str) -> None:
        """Forget all requests for an address."""
        with self._writing(self._working) as link:
            link.execute("DELETE FROM request WHERE lower(address) = lower(?)", (address,))

    def sweep(self, now: int) -> None:
        """Forget what is too old to count."""
        with self._writing(self._working) as link:
            link.execute("DELETE FROM spent WHERE at <= ?", (now - DAY,))

    def waiting(self) -> int:
        """How many requests are not done yet."""
        with self._writing(self._working) as link:
            (count,) = link.execute("SELECT count(*) FROM request").fetchone()
        return int(count)

    def close(self) -> None:
        """Let go of the file. May be called again."""
        with self._turn:
            self._taking.close()
            self._working.close()

    @contextmanager
    def _writing(self, link: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
        with self._turn, self._fenced():
            link.execute("BEGIN IMMEDIATE")
            try:
                yield link
            except BaseException:
                link.execute("ROLLBACK")
                raise
            link.execute("COMMIT")

    @contextmanager
    def _fenced(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as refusal:
            problem = f"cannot be used: {type(refusal).__name__}"
            raise DeliveryError(Fault(Place(os.fspath(self.file)), problem)) from None


def _opened(file: Path, synchronous: str) -> sqlite3.Connection:
    """A connection, and the tables where there are none."""
    made = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
    made.row_factory = sqlite3.Row
    for setting in ("journal_mode = WAL", f"synchronous = {synchronous}", "secure_delete = ON"):
        made.execute(f"PRAGMA {setting}")
    made.executescript(_SCHEMA)
    return made


def _request(row: sqlite3.Row) -> Request:
    told = dict(row)
    return Request(**told | {"topics": tuple(json.loads(told["topics"])), "granted": bool(told["granted"])})
