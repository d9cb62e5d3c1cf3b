"""Work done by every core: some of it in a forked process, while we do the rest."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import BinaryIO, NoReturn, TypeVar

Outcome = TypeVar("Outcome")
Part = TypeVar("Part")


def hands() -> int:
    """How many processes may work at once: as many as there are cores, where processes can be forked."""
    can_fork = hasattr(os, "fork") and hasattr(os, "sched_getaffinity")
    alone = threading.active_count() == 1  # a fork takes other threads' locks along, and not the threads
    return len(os.sched_getaffinity(0)) if can_fork and alone else 1


@contextmanager
def away(works: Sequence[Callable[[], Outcome]]) -> Iterator[Iterator[Outcome]]:
    """While this lasts, each of these works goes on in a process of its own; what it gives waits for them.

    The outcome is the same as here, because a process that raises or is killed hands nothing over:
    then the work is done again, by whoever waits, and raises what it raises. So is that for which the
    system has no process.
    """
    errands = [_sent(work) for work in works]
    try:
        yield (_outcome(work, errand) for work, errand in zip(works, errands, strict=True))
    finally:
        for errand in errands:
            if errand:
                errand.forget()


class _Errand:
    """A process that is at work for us, and the pipe by which it hands over what it made."""

    def __init__(self, child: int, pipe: BinaryIO) -> None:
        self.child = child
        self.pipe = pipe
        self.over = False

    def wait(self) -> bytes | None:
        """What it handed over; None where it could not."""
        said = self.pipe.read()
        self.over = True
        _, status = os.waitpid(self.child, 0)
        return None if status else said

    def forget(self) -> None:
        """End it, if nobody waited for it."""
        self.pipe.close()
        if not self.over:
            os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)


def _sent(work: Callable[[], object]) -> _Errand | None:
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if child == 0:
        os.close(reading)
        _work(work, writing)
    os.close(writing)
    return _Errand(child, os.fdopen(reading, "rb"))


def _outcome(work: Callable[[], Outcome], errand: _Errand | None) -> Outcome:
    said = errand.wait() if errand else None
    if said is None:
        return work()
    made: Outcome = pickle.loads(said)  # noqa: S301 - our own process said it
    return made


def _work(work: Callable[[], object], writing: int) -> NoReturn:
    """Do the work and end the process, with nothing of the parent's left to run or to flush."""
    status = 1
    with suppress(BaseException):  # whatever it is, the parent meets it too
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent alone answers the keyboard
        said = pickle.dumps(work(), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(said)
        status = 0
    os._exit(status)


def shares(whole: Sequence[Part], number: int) -> list[Sequence[Part]]:
    """A sequence in so many runs of nearly the same length."""
    ends = [len(whole) * share // number for share in range(number + 1)]
    return [whole[start:end] for start, end in pairwise(ends)]
