"""A worker to be started on a host of its own: `python -m tests.fleet.hand FOLDER`, with its environment.

At a pace between life's and the tests': a lease of 20 seconds, so that a host can be cut off for longer.
"""

from __future__ import annotations

import sys
from pathlib import Path

from feeds.job.engines import Pace
from tests.fleet.crew import Hand

PACE = Pace(turn=10, beat=1, dead=6, poll=0.5, lease=20_000_000, tick="* * * * * */5", sweep="* * * * * */2")

if __name__ == "__main__":
    Hand(Path(sys.argv[1]), {}, Path(sys.argv[1], "now"), PACE)()
