"""Where a process may be made to die, so that tests can prove that nothing is lost when it does."""

from __future__ import annotations

import os
import signal
from collections import Counter

ARMED = "FEEDS_FAULT"
"""The environment variable `point:n`: the n-th time the point is reached, the process kills itself."""

_reached: Counter[str] = Counter()


def fault(point: str) -> None:
    """Die here by SIGKILL where a test has asked for it; else nothing."""
    if armed := os.environ.get(ARMED):
        name, _, number = armed.partition(":")
        if name == point:
            _reached[point] += 1
            if _reached[point] == int(number or 1):
                os.kill(os.getpid(), signal.SIGKILL)
