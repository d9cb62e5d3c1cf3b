"""How a ledger does with a million subscribers: `python -m tests.bench.ledger [sqlite|postgresql] [count]`.

With `filled` as a third word the list is not imported but written by the database itself, which is quicker.

Prints the import, the freeze, the 99th percentile of a claim with nine tenths sent, the step, and the
most memory that the process had. Nothing is judged here; the numbers are for people.
"""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from feeds.delivery.ledger import Ledger, Sender, open_ledger
from feeds.delivery.ledger.sql import SqlLedger
from feeds.delivery.roll import import_file
from tests.delivery import servers
from tests.delivery.examples import OK, draft


class Rows(io.RawIOBase):
    """A CSV file of so many subscribers, made while it is read."""

    def __init__(self, count: int) -> None:
        self.lines: Iterator[bytes] = self._made(count)
        self.left = b""

    @staticmethod
    def _made(count: int) -> Iterator[bytes]:
        yield b"email,language,topics\n"
        for number in range(count):
            yield b"reader.%d@mail%d.example.org,%b,space\n" % (
                number,
                number % 500,
                b"en" if number % 3 else b"fr",
            )

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """As much as fits."""
        while len(self.left) < len(buffer) and (line := next(self.lines, b"")):
            self.left += line
        size = min(len(buffer), len(self.left))
        buffer[:size], self.left = self.left[:size], self.left[size:]
        return size


def timed(what: str, work: Callable[[], object]) -> object:
    """Do it and say how long it took."""
    begun = time.perf_counter()
    found = work()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:38} {time.perf_counter() - begun:8.2f} s   peak {memory} MiB", flush=True)
    return found


def percentiles(what: str, seconds: list[float]) -> None:
    """Median, 99th percentile and the worst."""
    ordered = sorted(seconds)
    chosen = [ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1]]
    print(
        f"{what:38} " + "  ".join(f"{one * 1000:.2f}" for one in chosen) + " ms (median, p99, worst)",
        flush=True,
    )


def sending(
    sender: Sender, issue: int, messages: int, group: int, claims: list[float], steps: list[float]
) -> None:
    """Send so many, noting how long each claim and each step took."""
    while messages > 0:
        begun = time.perf_counter()
        claim = sender.claim(issue, 50)
        claims.append(time.perf_counter() - begun)
        if not claim.jobs:
            return
        for start in range(0, len(claim.jobs), group):
            jobs = claim.jobs[start : start + group]
            begun = time.perf_counter()
            stepped = sender.step(claim, [], jobs)
            sender.step(claim, [(job, OK) for job in stepped.begun])
            steps.append((time.perf_counter() - begun) / 2)
        messages -= len(claim.jobs)


def main(kind: str, count: int, filled: bool = False) -> None:
    """The whole course."""
    with ExitStack() as stack:
        if kind == "postgresql":
            where = servers.fresh(stack.enter_context(servers.postgresql(hurried=False)), "bench")
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=Path.home()))
            where = f"{folder}/ledger.db"
        ledger: Ledger = open_ledger(where)
        assert isinstance(ledger, SqlLedger)
        stack.callback(ledger.close)
        if filled:
            timed(f"fill in {count:,}", lambda: fill(ledger, count))
        else:
            imported(ledger, count)
        course(ledger, count)


def fill(ledger: SqlLedger, count: int) -> None:
    """So many subscribers, of no address that anybody could look up."""
    with ledger.database.writing("bench") as unit:
        unit.connection.execute(text(_FILL), {"count": count})


_FILL = """
INSERT INTO subscriber (newsletter, address, address_key, domain, state, topics, language)
SELECT 'weekly', 'reader.' || n || '@mail' || n % 500 || '.example.org', md5(n::text),
    'mail' || n % 500 || '.example.org', 'active', 'space', CASE WHEN n % 3 = 0 THEN 'fr' ELSE 'en' END
FROM generate_series(1, :count) AS n
"""


def imported(ledger: SqlLedger, count: int) -> None:
    """Import them, and once more."""
    timed(f"import {count:,}", lambda: import_file(ledger, "weekly", Rows(count), "rows", print))  # type: ignore[arg-type]
    timed("import them again", lambda: import_file(ledger, "weekly", Rows(count), "rows", print))  # type: ignore[arg-type]


def course(ledger: SqlLedger, count: int) -> None:
    """Freeze, send nine tenths, claim."""
    timed("audiences", lambda: ledger.audiences("weekly"))
    timed("freeze", lambda: ledger.freeze(draft()))
    issue = ledger.mailings("weekly")[0].id
    ledger.begin(issue)
    with ledger.sender() as sender:
        report("at the start", sender, issue, 1_000)
        share = count * 9 // 10
        timed("nine tenths sent, by one statement", lambda: nine_tenths(ledger, issue, share))
        if ledger.database.engine.dialect.name == "postgresql":
            report("before any vacuum", sender, issue, 1_000)
            timed("vacuum, as autovacuum does meanwhile", lambda: vacuum(ledger))
        report("with 90 % sent", sender, issue, 5_000)
    timed("status", lambda: ledger.status(issue))
    timed("why", lambda: ledger.why("weekly", "reader.5@mail5.example.org"))
    timed("unsubscribe", lambda: ledger.unsubscribe(5))
    timed("erase", lambda: ledger.erase("reader.5@mail5.example.org"))
    timed("export", lambda: sum(1 for _ in ledger.subscribers("weekly")))


def report(when: str, sender: Sender, issue: int, messages: int) -> None:
    """Claims and steps, of one message to a commit and of fifty."""
    for group in (1, 50):
        claims: list[float] = []
        steps: list[float] = []
        sending(sender, issue, max(messages, messages * group // 10), group, claims, steps)
        percentiles(f"claim of 50, {when}", claims)
        percentiles(f"step of {group}, {when}", steps)


def vacuum(ledger: SqlLedger) -> None:
    """What autovacuum does once a minute where a fiftieth has changed, and not after one great change."""
    with ledger.database.connected() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE delivery"))


def nine_tenths(ledger: SqlLedger, issue: int, share: int) -> None:
    """As if so many had been sent."""
    with ledger.database.writing("bench") as unit:
        statement = (
            "UPDATE delivery SET state = 'sent', due_at = NULL WHERE issue = :issue AND subscriber <= :share"
        )
        unit.connection.execute(text(statement), {"issue": issue, "share": share})


if __name__ == "__main__":
    words = [*sys.argv[1:], *("sqlite", "1000000")[len(sys.argv) - 1 :]]
    main(words[0], int(words[1]), "filled" in words)
