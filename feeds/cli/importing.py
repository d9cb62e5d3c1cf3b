"""The verb that brings somebody's posts in: import."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from feeds.cli.options import Verbs, command
from feeds.cli.report import as_table, print_json, report
from feeds.errors import one_line
from feeds.terminal import counted, progress, say

if TYPE_CHECKING:
    from feeds.importing import Imported

MOST = 20
"""Kinds of what was left out or changed that are told."""


def add(verbs: Verbs) -> None:
    """Make the verb known."""
    made = command(verbs, bring_in, name="import")
    made.add_argument(
        "source",
        metavar="FROM",
        help="an export of WordPress, Ghost, Substack or Buttondown, a feed or an OPML list: a file, folder "
        "or an address",
    )
    made.add_argument("--into", metavar="FOLDER", default="", help="the folder below the content folder")
    made.add_argument("--site", metavar="ADDRESS", help="where the posts stand, if the export does not say")
    made.add_argument("--all", action="store_true", help="of a list of feeds, import every one")
    made.add_argument("--dry-run", action="store_true", help="say what would be written, and write nothing")


def bring_in(options: argparse.Namespace) -> int:
    """Turn an export or a feed into articles, with their ids, dates and addresses."""
    from feeds.importing import Wish, bring_in
    from feeds.publication import load

    publication = load(options.folder).settings.publication
    wish = Wish(_address(options.site), publication.url, options.all)
    with progress("Importing") as tick:
        made = bring_in(
            options.source,
            Path(options.folder),
            publication,
            wish,
            into=options.into,
            dry_run=options.dry_run,
            progress=tick,
        )
    if options.json:
        print_json(_table(made))
    else:
        for line in (*made.files, *(made.feeds if not options.all else ())):
            print(line)
        report(made.faults, False, sys.stderr)
    _tell(made, options.dry_run)
    return 1 if made.faults else 0


def _address(site: str | None) -> str:
    from feeds import values
    from feeds.errors import Fault, Place, SettingsError

    try:
        return values.address(site) if site else ""
    except ValueError as refusal:
        raise SettingsError(Fault(Place("--site"), str(refusal))) from None


def _tell(made: Imported, dry_run: bool) -> None:
    there = f", {made.there:,} there already" if made.there else ""
    written = "would be written" if dry_run else "written"
    say(f"{made.kind}: {counted(len(made.files), 'article')} {written}{there}.")
    if made.changed:
        say(f"Changed: {_counts(made.changed)}.")
    if made.left_out:
        say(f"Left out: {_counts(made.left_out)}.")
    if made.faults:
        say(f"{counted(len(made.faults), 'fault')}: what has one was left out; mend it and import again.")
    for advice in made.advice:
        say(advice[:1].upper() + advice[1:] + ".")


def _counts(kinds: Mapping[str, int]) -> str:
    """The most frequent first; who wrote the export chose some of the words, so they stay on one line."""
    ordered = sorted(kinds.items(), key=lambda one: (-one[1], one[0]))
    told = [f"{one_line(what)} ({number:,})" for what, number in ordered[:MOST]]
    rest = len(ordered) - MOST
    return ", ".join([*told, f"and {rest} more kinds"] if rest > 0 else told)


def _table(made: Imported) -> dict[str, object]:
    return {
        "kind": made.kind,
        "files": [str(path) for path in made.files],
        "there": made.there,
        "left_out": dict(made.left_out),
        "changed": dict(made.changed),
        "faults": [as_table(fault) for fault in made.faults],
        "feeds": list(made.feeds),
        "advice": list(made.advice),
    }
