"""Messages a second with 1, 2 and 4 workers: `python -m tests.bench.fleet [readers]`.

All of it is on this machine: the workers, PostgreSQL whose commits are on the disk, and postfix's
smtp-sink. Beside each rate stands how much of the processors was in use meanwhile.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from feeds.delivery.ledger import Ledger, open_ledger
from feeds.delivery.rates import LEASE
from feeds.job import fleet
from feeds.job.sending import Mailroom
from feeds.job.shift import enqueueing
from tests.bench.messages import Tools, sink
from tests.conftest import SETTINGS, Project
from tests.delivery import servers
from tests.delivery.examples import people
from tests.fleet.conftest import EARLY, QUICK, wait_until
from tests.fleet.crew import Hand, crew

LANES = 8
PACE = replace(QUICK, turn=60, beat=5, dead=20, poll=0.5, tick="* * * * *", lease=LEASE)


def main(readers: int) -> None:
    """One issue for each size of the fleet."""
    program = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "smtp-sink is not here: apt-get install postfix"
    with ExitStack() as stack:
        where = servers.fresh(stack.enter_context(servers.postgresql(hurried=False)), "bench")
        port = stack.enter_context(sink(Tools("", program)))
        os.environ |= {"FEEDS_LEDGER": where, "FEEDS_TRANSPORT": f"smtp+plain://127.0.0.1:{port}"}
        project = Project(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        project.write("feeds.toml", f"{SETTINGS}\n[delivery]\nconnections = {LANES}\n")
        (project.root / "content").mkdir()
        ledger = open_ledger(where)
        stack.callback(ledger.close)
        ledger.enrol("weekly", people(readers, domains=50))
        for week, workers in enumerate((1, 2, 4)):
            seconds, share = sent_by(workers, EARLY + timedelta(weeks=week), project, ledger)
            rate = f"{readers / seconds:8,.0f} a second"
            print(f"{workers} workers: {rate}; processors {share:.0%} in use", flush=True)


def sent_by(workers: int, now: datetime, project: Project, ledger: Ledger) -> tuple[float, float]:
    """Send an issue; the seconds it took, and what share of the processors was in use."""
    project.article(f"{now:%Y-%m-%d}.md", f"title: Story of {now:%Y-%m-%d}\npublished: {EARLY:%Y-%m-%d}")
    clock = project.write("now", now.isoformat())
    with crew(Hand(project.root, dict(os.environ), clock, PACE), workers):
        wait_until(lambda: len(ledger.workers()) >= workers)
        engine = fleet.engine_at_work(ledger)
        assert engine
        room = enqueueing(Mailroom(project.load(), ledger, "weekly"), engine)
        before, begun = _busy(), time.perf_counter()
        issue = room.freeze(room.plan(now), now).id
        wait_until(lambda: ledger.mailing(issue).state == "done", 3600)
        seconds = time.perf_counter() - begun
    return seconds, (_busy() - before) / seconds / (os.cpu_count() or 1)


def _busy() -> float:
    """Seconds that all processors of the machine have worked, whoever for."""
    user, nice, system = Path("/proc/stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
