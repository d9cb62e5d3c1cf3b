"""An issue of 50 items takes a tenth of the time that npm's mjml takes for the same template.

Measured side by side, in one run: the whole of `compose` (choosing words, Jinja twice, the shield,
the engine, the text part) against one run of npm's mjml, which gets the MJML ready made.
`make bench` prints both, and what each takes once it is warm.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from statistics import median

from feeds.newsletter import compose, mjml
from tests.newsletter.examples import make_issue
from tests.newsletter.test_as_npm import HERE, shielded_digest

ITEMS = 50
ROUNDS = 3


def milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def test_fifty_items_take_a_tenth_of_npms_time() -> None:
    safe = shielded_digest(ITEMS)
    command = ["node", str(HERE / "render.mjs")]

    def run(rounds: int) -> list[float]:
        asked = json.dumps({"source": safe, "rounds": rounds}) + "\n"
        done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
        return list(json.loads(done.stdout)["times"])

    ours, engine, theirs = [], [], []
    for _ in range(ROUNDS):  # in turn, so that whatever else the machine does slows both
        ours.append(milliseconds(lambda: compose(make_issue(ITEMS))))
        engine.append(milliseconds(lambda: mjml._made(safe, safe)))
        theirs.append(milliseconds(lambda: run(1)))
    first, *warm = run(20)
    print(
        f"\n{ITEMS} items: compose {median(ours):.0f} ms (its engine {median(engine):.1f}), one run of npm's "
        f"mjml {median(theirs):.0f} ms; in a node that stays: first {first:.0f}, later {median(warm):.1f} ms"
    )
    assert median(ours) * 10 <= median(theirs)
