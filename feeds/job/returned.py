"""What came back, settled in the ledger: each report once, and only what bears a proof of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Literal, get_args

from feeds.config import NewsletterSettings
from feeds.delivery.bounces import Bounce, consequence, discard, from_maildir, from_stream
from feeds.delivery.ledger import Ledger
from feeds.delivery.verp import Verp
from feeds.job.opening import return_paths

Settled = Literal["nobody", "trouble", "complaint", "nothing", "known", "foreign"]
"""`nobody`: there is no such mailbox; `trouble`: it failed this time; `complaint`: called spam;
`nothing`: late, refused by policy, an automatic answer; `known`: told before, or never sent; `foreign`:
without a proof of ours, so that nothing came of it."""
SETTLED: tuple[Settled, ...] = get_args(Settled)


def paths_of(ledger: Ledger, newsletters: Mapping[str, NewsletterSettings]) -> tuple[Verp, ...]:
    """The return paths of all newsletters, those of one domain once."""
    made = (return_paths(ledger, settings) for settings in newsletters.values())
    return tuple({verp.domain: verp for verp in made}.values())


def settle(ledger: Ledger, bounce: Bounce) -> Settled:
    """Do what follows from a bounce."""
    if bounce.issue is None or bounce.subscriber is None:
        return "foreign"
    kind = consequence(bounce)
    if kind is None:
        return "nothing"
    taken = ledger.bounced(bounce.issue, bounce.subscriber, kind, bounce.diagnostic)
    return kind if taken else "known"


def settle_stream(ledger: Ledger, stream: BinaryIO, paths: Sequence[Verp]) -> Counter[Settled]:
    """Settle the one message on a stream."""
    return Counter([settle(ledger, from_stream(stream, *paths))])


def settle_maildir(
    ledger: Ledger, folder: Path, paths: Sequence[Verp], progress: Callable[[int, int], None]
) -> Counter[Settled]:
    """Settle every message in a Maildir, and take out what is settled; what is foreign stays.

    Raises `DeliveryError` where the folder is no Maildir.
    """
    counts: Counter[Settled] = Counter()
    total = sum(1 for name in ("new", "cur") for _ in (folder / name).glob("*"))
    for key, bounce in from_maildir(folder, *paths):
        settled = settle(ledger, bounce)
        if settled != "foreign":
            discard(folder, key)  # after the commit: killed in between, it is `known` the next time
        counts[settled] += 1
        progress(counts.total(), total)
    return counts
