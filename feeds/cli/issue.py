"""The verbs of newsletters' issues: what the next one carries and why, freezing it, approving it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from feeds.cli.options import Verbs, command, group
from feeds.cli.report import print_json, report
from feeds.terminal import counted, say

if TYPE_CHECKING:
    from feeds.newsletter.why import Verdict


def add(verbs: Verbs) -> None:
    """Make these verbs known."""
    issue = group(verbs, "issue", "Show, freeze and approve the next issue of a newsletter.")
    for verb, argument in (
        (next_, "newsletter"),
        (why, "article"),
        (draft, "newsletter"),
        (approve, "newsletter"),
    ):
        made = command(issue, verb, name=verb.__name__.strip("_"), nested=True)
        made.add_argument(argument, help=_HELP[argument])
    made.add_argument("number", type=int, nargs="?", help="which issue (default: the open draft)")
    made.add_argument("--by", help="who approves it")


_HELP = {"newsletter": "its name in feeds.toml", "article": "its file, its id or its address"}


def next_(options: argparse.Namespace) -> int:
    """Show what the next issue would carry, and why each article is in or out."""
    from feeds.publication import load

    desk = load(options.folder).desk(options.newsletter, options.now)
    verdicts = desk.verdicts()
    if options.json:
        print_json({"number": desk.number, "variants": list(desk.variants), "articles": _tables(verdicts)})
    for verdict in () if options.json else verdicts:
        print(verdict)
    report(desk.faults(), False, sys.stderr)
    articles = counted(sum(verdict.included for verdict in verdicts), "article")
    say(f"{desk.name} {desk.number} carries {articles} in {counted(len(desk.variants), 'variant')}.")
    return 0


def why(options: argparse.Namespace) -> int:
    """Tell for each newsletter what becomes of an article."""
    from feeds.publication import load

    verdicts = load(options.folder).why(options.article, options.now)
    if options.json:
        print_json(_tables(verdicts))
    for verdict in () if options.json else verdicts:
        print(f"{verdict.newsletter}: {verdict.reason}{' of the next issue' * verdict.included}")
    return 0


def draft(options: argparse.Namespace) -> int:
    """Freeze the next issue in a file; it replaces a draft that nobody has approved."""
    from feeds.publication import load

    made, file = load(options.folder).draft(options.newsletter, options.now)
    told = {"file": str(file), "sha256": made.issue.sha256, "changes": made.changes}
    print_json(told) if options.json else print(file)
    for change in made.changes:
        say(change)
    same = made.replaces and not made.changes
    say("As before." if same else f"Look at it, then: feeds issue approve {options.newsletter}")
    return 0


def approve(options: argparse.Namespace) -> int:
    """Approve a drafted issue: exactly these bytes go out."""
    from feeds.publication import load

    issue, file = load(options.folder).approve(options.newsletter, options.now, options.number, options.by)
    told = {"file": str(file), "number": issue.number, "sha256": issue.sha256, "by": options.by}
    print_json(told) if options.json else print(file)
    say(f"{issue.name} is approved: {counted(len(issue.variants), 'variant')}, sha256 {issue.sha256[:12]}…")
    return 0


def _tables(verdicts: tuple[Verdict, ...]) -> list[dict[str, object]]:
    return [
        {
            "newsletter": verdict.newsletter,
            "file": verdict.article.file,
            "id": verdict.article.id,
            "included": verdict.included,
            "reason": verdict.reason,
        }
        for verdict in verdicts
    ]
