"""The verbs of the ledger itself: copied to another database, and put back from a backup."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from feeds.cli.options import Verbs, command, group
from feeds.cli.report import print_json
from feeds.errors import DeliveryError, Fault, Place
from feeds.terminal import counted, progress, say

if TYPE_CHECKING:
    from feeds.delivery.ledger.copying import Proof


def add(verbs: Verbs) -> None:
    """Make these verbs known."""
    ledger = group(verbs, "ledger", "Look after the ledger of subscribers and of what was sent.")
    copying = command(ledger, copy, nested=True)
    copying.add_argument("source", metavar="FROM", help="sqlite:FILE, or postgresql://user@host/database")
    copying.add_argument("target", metavar="TO", help="the same, where no ledger is yet; see PGPASSWORD")
    command(ledger, restored, nested=True)


def copy(options: argparse.Namespace) -> int:
    """Copy a ledger from one database to another, and prove that both hold the same."""
    try:
        from feeds.delivery.ledger import copying
    except ModuleNotFoundError as missing:
        if missing.name != "sqlalchemy":
            raise
        problem = "needs SQLAlchemy; install feeds[send]"
        raise DeliveryError(Fault(Place("the ledger"), problem)) from None
    with progress("Copying") as tick:
        proofs = copying.copy(options.source, options.target, tick)
    if options.json:
        print_json([_table(proof) for proof in proofs])
    for proof in () if options.json else proofs:
        print(f"{proof.table}: {counted(proof.rows, 'row')}")
    say("Both hold the same: every row of every table was read again, and all their hashes are equal.")
    say("Now let FEEDS_LEDGER name the new one everywhere, and put the old one away: never send from both.")
    return 0


def _table(proof: Proof) -> dict[str, object]:
    """A proof as a program reads it; a hash of the secret would let anybody try passwords."""
    told = {"table": proof.table, "rows": proof.rows}
    return told if proof.table == "secret" else {**told, "sha256_sum": proof.digest}


def restored(options: argparse.Namespace) -> int:
    """Say that a backup of the ledger was put back: nothing that may have gone out goes out again."""
    from feeds.job import sending

    with sending.mailrooms(options.folder, None) as rooms:
        closed = sum(room.close_old() for room in rooms)
    say(f"{counted(closed, 'issue')} closed. What is sent from now on is new.")
    return 0
