"""What providers have reported, acted on: as bounces are, and by the same proof of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from feeds.delivery.bounces import Bounce
from feeds.delivery.ledger import Ledger
from feeds.delivery.ledger.inbox import Received
from feeds.delivery.verp import Verp
from feeds.job.returned import Settled, settle


def settle_inbox(ledger: Ledger, paths: Sequence[Verp]) -> Counter[Settled]:
    """Act on every report that waits; how many came to what.

    `paths` are the return paths of all newsletters, as `returned.paths_of` gives them. A report
    without a mark of ours changes nothing. Killed in between, it acts on some of them once more, which
    is the same as once.
    """
    counts: Counter[Settled] = Counter()
    for batch in _batches(ledger):
        reports = [one for one in batch if one.kind != "subscription"]
        counts.update(settle(ledger, _bounce(one, paths)) for one in reports)
        ledger.settle(one.number for one in reports)
    return counts


def _batches(ledger: Ledger) -> Iterator[tuple[Received, ...]]:
    after = 0
    while batch := ledger.received(after):
        yield batch
        after = batch[-1].number


def _bounce(report: Received, paths: Sequence[Verp]) -> Bounce:
    named = (verp.bounced(report.marks) or verp.numbered(report.marks) for verp in paths)
    whose = next(filter(None, named), None)
    kind = "none" if report.kind == "subscription" else report.kind
    if whose is None:
        return Bounce(None, None, "none")
    return Bounce(whose.issue, whose.subscriber, kind, report.status, report.diagnostic)
