"""procrastinate, as an engine: jobs in the ledger's own PostgreSQL, for as many processes as want some.

A lane is a job `drain(issue, lane)`, which enqueues itself again while there is more. No lane is at work
twice at once, on whichever machine (its `lock`), and none waits twice (its `queueing_lock`): so many
lanes, so many connections. Who is heard of no more has its lanes taken away within half a minute.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import psycopg
from procrastinate import App, JobContext, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager

from feeds.delivery.ledger.database import LIVELY
from feeds.errors import DeliveryError, Fault, Place
from feeds.job.engines import Drain, Lost, Pace, Turn

_LOCK = 0x6665656473_03
"""PostgreSQL's advisory lock for whoever makes procrastinate's tables."""
_AWAY = (ConnectorException, psycopg.Error, OSError)
"""What is raised when PostgreSQL does not do what it is asked to."""
_KEPT = 24 * 7
"""Hours for which a job that failed can be looked at."""
_REACH: dict[str, Any] = {"connect_timeout": 10, **LIVELY}
CLOCK, LANES = "clock", "lanes"


@dataclass
class Procrastinate:
    """The engine of a fleet, for one process of it."""

    address: str
    """As libpq takes it: `postgresql://…`."""
    pace: Pace = field(default_factory=Pace)
    tell: Callable[[str], None] = lambda sentence: None
    turns: set[Turn] = field(default_factory=set)
    """What this process is doing."""
    work: Callable[[], None] = lambda: None

    def enqueue(self, issue: int, lanes: int, connection: Any = None) -> None:
        """Enqueue the lanes of an issue that neither wait nor work. Raises `DeliveryError`."""
        with _fenced():
            if connection is not None:
                _enqueue(issue, lanes, connection)
                return
            with psycopg.connect(self.address, **_REACH) as own:
                _enqueue(issue, lanes, own)

    def prepare(self) -> None:
        """Make procrastinate's tables, where there are none yet."""
        with psycopg.connect(self.address, **_REACH) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            found = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
            if found and found[0] is None:
                connection.execute(SchemaManager.get_schema())

    def every_minute(self, work: Callable[[], None]) -> None:
        """Have this done each minute, by one process of the fleet."""
        self.work = work

    def run(self, drain: Drain, lost: Lost, stop: Event) -> None:
        """Work until `stop` is set; wait for PostgreSQL where it is away."""
        for name in ("procrastinate", "psycopg", "asyncio"):  # what they would say, we say in a line
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        away = ""
        while not stop.is_set():
            try:
                self.prepare()
                if away:
                    self.tell("PostgreSQL is back; going on.")
                    away = ""
                asyncio.run(self._run(drain, lost, stop))
            except _AWAY as refusal:
                if not away:
                    away = f"PostgreSQL does not answer ({_kind(refusal)}); waiting for it."
                    self.tell(away)
            stop.wait(self.pace.away if not stop.is_set() else 0)

    async def _run(self, drain: Drain, lost: Lost, stop: Event) -> None:
        connector = PsycopgConnector(conninfo=self.address, max_size=4, timeout=10, kwargs=_REACH)
        app = App(connector=connector)
        self._register(app, drain, lost, stop)
        async with _opened(app):
            worker = asyncio.create_task(
                app.run_worker_async(
                    concurrency=_MOST,
                    delete_jobs="successful",
                    fetch_job_polling_interval=self.pace.poll,
                    update_heartbeat_interval=self.pace.beat,
                    stalled_worker_timeout=self.pace.dead,
                    install_signal_handlers=False,
                )
            )
            watch = asyncio.create_task(self._watch(stop))
            await asyncio.wait((worker, watch), return_when=asyncio.FIRST_COMPLETED)
            self._end_turns()
            watch.cancel()
            worker.cancel()  # which ends it in good order
            with suppress(asyncio.CancelledError):
                await worker

    async def _watch(self, stop: Event) -> None:
        while not stop.is_set():
            await asyncio.sleep(0.1)

    def _end_turns(self) -> None:
        for turn in list(self.turns):
            turn.board.end("stopped")

    def _register(self, app: App, drain: Drain, lost: Lost, stop: Event) -> None:
        """What this app can do. procrastinate makes one app for each process, and we one for each run."""

        @app.task(name="drain", queue=LANES, pass_context=True)
        async def lane(context: JobContext, issue: int, lane: int) -> None:
            turn = Turn(issue, lane, f"job{context.job.id}", self.pace.turn)
            with self._told("a lane"):
                if await self._take(turn, drain, stop):
                    await _defer(app, issue, lane)

        @app.periodic(cron=self.pace.tick)
        @app.task(name="tick", queue=CLOCK, queueing_lock="tick", priority=1)
        async def tick(timestamp: int) -> None:
            with self._told("a round"):
                await asyncio.to_thread(self.work)
            await app.job_manager.delete_old_jobs(nb_hours=_KEPT, include_failed=True)

        @app.periodic(cron=self.pace.sweep)
        @app.task(name="sweep", queue=CLOCK, queueing_lock="sweep", priority=2)
        async def sweep(timestamp: int) -> None:
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self.pace.dead):
                await _bury(app, job, lost)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """A fault of ours is said, and ends no more than this: the next minute tries it again."""
        try:
            yield
        except _AWAY:
            raise
        except Exception as surprise:
            self.tell(
                f"{what} failed: {type(surprise).__name__}. The next minute tries again; the fault is ours."
            )
            raise

    async def _take(self, turn: Turn, drain: Drain, stop: Event) -> bool:
        """Have a turn in a thread of its own; whether there is to be another."""
        self.turns.add(turn)
        if stop.is_set():
            turn.board.end("stopped")
        try:
            return await asyncio.to_thread(drain, turn)
        finally:
            self.turns.discard(turn)


_MOST = 120
"""Jobs at once: every lane that there may be, and the clock's."""


def _enqueue(issue: int, lanes: int, connection: psycopg.Connection[Any]) -> None:
    manager = JobManager(SyncPsycopgConnector())
    for lane in range(1, lanes + 1):
        with suppress(AlreadyEnqueued), connection.transaction():  # a savepoint, or all would be lost with it
            if not _at_work(issue, lane, connection):
                manager.defer_job(_job(issue, lane), connection=connection)


def _at_work(issue: int, lane: int, connection: psycopg.Connection[Any]) -> bool:
    asked = "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status IN ('todo', 'doing')"
    return connection.execute(asked, [_name(issue, lane)]).fetchone() is not None


def _name(issue: int, lane: int) -> str:
    return f"drain:{issue}:{lane}"


def _job(issue: int, lane: int) -> Job:
    return Job(
        id=None,
        queue=LANES,
        lock=f"lane:{lane}",  # whichever issue it is of: a lane is a connection
        queueing_lock=_name(issue, lane),
        task_name="drain",
        task_kwargs={"issue": issue, "lane": lane},
    )


async def _defer(app: App, issue: int, lane: int) -> None:
    with suppress(AlreadyEnqueued):
        await app.job_manager.defer_job_async(_job(issue, lane))


async def _bury(app: App, job: Job, lost: Lost) -> None:
    """End the job of a process that is dead. It is enqueued anew, for to retry it would break its locks."""
    assert job.id
    if job.task_name == "drain":
        issue, lane = int(str(job.task_kwargs["issue"])), int(str(job.task_kwargs["lane"]))
        await asyncio.to_thread(lost, issue, f"job{job.id}")
        await _defer(app, issue, lane)
    with suppress(ConnectorException):  # somebody else has buried it
        await app.job_manager.finish_job_by_id_async(job_id=job.id, status=Status.FAILED, delete_job=True)


@asynccontextmanager
async def _opened(app: App) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_MOST, "turn"))
    loop.set_exception_handler(lambda _, context: None)  # the next sweep ends what could not be
    await app.open_async()
    try:
        yield
    finally:
        with suppress(*_AWAY):
            await app.close_async()


@contextmanager
def _fenced() -> Iterator[None]:
    try:
        yield
    except (ConnectorException, psycopg.Error) as refusal:
        problem = f"cannot enqueue ({_kind(refusal)}); is a worker running, and of this version?"
        raise DeliveryError(Fault(Place("the ledger"), problem)) from None


def _kind(refusal: BaseException) -> str:
    """What it is, without the words: they may hold an address and a password."""
    cause = refusal.__cause__ if isinstance(refusal, ConnectorException) and refusal.__cause__ else refusal
    return f"{type(cause).__name__} {getattr(cause, 'sqlstate', None) or ''}".strip()
