"""The verb of what comes back: delivery reports and complaints, from standard input or a Maildir."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from feeds.cli.options import Verbs, command
from feeds.cli.reading import STANDARD_INPUT, source
from feeds.cli.report import print_json, report
from feeds.errors import FeedsError
from feeds.terminal import counted, progress, say

if TYPE_CHECKING:
    from feeds.job.returned import Settled

TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the mail server that gave us a message keeps it, and comes again."""
_PIECE = 1 << 16


def add(verbs: Verbs) -> None:
    """Make this verb known."""
    made = command(verbs, bounces)
    made.add_argument("mailbox", nargs="?", help="a Maildir (default: one message on standard input)")


def bounces(options: argparse.Namespace) -> int:
    """Note which messages came back and which were complained of; what nothing proves changes nothing."""
    if options.mailbox is not None:
        _tell(_settled(options), options.json)
        return 0
    try:
        _tell(_settled(options), options.json)
    except FeedsError as refusal:
        report(refusal.faults, options.json, sys.stderr)
        return TRY_AGAIN
    return 0


def _settled(options: argparse.Namespace) -> Counter[Settled]:
    from feeds.job.choosing import newsletters
    from feeds.job.opening import opened
    from feeds.job.returned import paths_of, settle_maildir, settle_stream

    found = newsletters(options.folder)
    with opened(options.folder) as ledger:
        paths = paths_of(ledger, found)
        if options.mailbox is not None:
            with progress("Reading what came back") as tick:
                return settle_maildir(ledger, Path(options.mailbox), paths, tick)
        with source(STANDARD_INPUT, "") as (stream, _):
            counts = settle_stream(ledger, stream, paths)
            while stream.read(_PIECE):  # a mail server would take a closed pipe for a failure
                pass
            return counts


def _tell(counts: Counter[Settled], as_json: bool) -> None:
    from feeds.job.returned import SETTLED

    if as_json:
        print_json({what: counts[what] for what in SETTLED})
    for what in () if as_json else SETTLED:
        if counts[what]:
            print(f"{_MEANS[what]}: {counts[what]:,}")
    left = f", of which {counts['foreign']:,} changed nothing" if counts["foreign"] else ""
    say(f"{counted(counts.total(), 'message')} read{left}.")


_MEANS: dict[Settled, str] = {
    "nobody": "no such mailbox",
    "trouble": "not delivered this time",
    "complaint": "complaints",
    "nothing": "of no consequence",
    "known": "known already",
    "foreign": "not about a message of ours",
}
