"""The verb that asks the sources: fetch."""

from __future__ import annotations

import argparse
import os
import sys

from feeds.cli.options import Verbs, command
from feeds.cli.report import as_table, print_json, report
from feeds.terminal import counted, progress, say


def add(verbs: Verbs) -> None:
    """Make the verb known."""
    made = command(verbs, fetch)
    made.add_argument("names", nargs="*", metavar="NAME", help="the sources (default: all of feeds.toml)")
    made.add_argument(
        "--keep-going", action="store_true", help="of a database, leave out the rows that have faults"
    )


def fetch(options: argparse.Namespace) -> int:
    """Bring what the sources of feeds.toml have now, for the next build: feeds, lists of feeds, databases."""
    from pathlib import Path

    from feeds.gathering import Wish, gather
    from feeds.network import fetching
    from feeds.publication import load

    settings = load(options.folder).settings
    wish = Wish(options.now, fetching.fetch, os.environ, options.keep_going)
    with progress("Fetching") as tick:
        found = list(gather(Path(options.folder), settings, options.names, wish, tick))
    faults = [fault for one in found for fault in one.faults]
    if options.json:
        table = [
            {"source": one.name, "articles": one.kept, "new": one.new, "failed": one.failed} for one in found
        ]
        print_json({"sources": table, "faults": [as_table(fault) for fault in faults]})
    report(faults, False, sys.stderr)
    for one in found:
        told = f"{counted(one.kept, 'article')}, {one.new:,} of them new or changed."
        say(f"{one.name}: {'nothing is written.' if one.failed else told}")
    return 1 if any(not fault.warning for fault in faults) else 0
