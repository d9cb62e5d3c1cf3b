"""The command line: parse, call, print. Results go to stdout, talk goes to stderr.

argparse is the standard library's, and the quickest to start: `feeds --help` needs nothing else.
Exit status: 0 done, 1 faults in what was given, 2 usage, 75 another process is at it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module

from feeds.cli.options import Verb, Version
from feeds.cli.report import report
from feeds.errors import BusyError, Fault, FeedsError, Place, unreadable

EXAMPLES = """\
examples:
  feeds init news            make a small project in the folder news
  feeds check                name every fault in content, settings and templates
  feeds check atom.xml       check anybody's feed, in a file or at an address
  feeds build                write feeds and the next digest into public/
  feeds import export.xml    bring posts in from WordPress, Ghost, Substack, a feed …
  feeds fetch                bring what the sources of feeds.toml have now
  feeds build --keep-going   leave out the articles with faults, publish the others
  feeds diff                 what subscribers would see of the next build
  feeds send --test me@example.org weekly   the next issue, to one address
  feeds schema               write JSON Schemas by which your editor completes and checks
"""

GROUPS = {
    "project": "init check build diff schema publish-ping preview",
    "hosting": "hosting",
    "publish": "publish",
    "importing": "import",
    "fetch": "fetch",
    "lock": "lock",
    "issue": "issue",
    "send": "send run worker",
    "handover": "handover",
    "mailings": "status pause cancel resend why",
    "ledger": "ledger",
    "subscribers": "subscribers",
    "bounces": "bounces",
    "serve": "serve",
    "dkim": "dkim",
}
"""The modules of verbs, and the verbs of each: only the one that is asked for is imported."""
TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: another process is at it."""


def main(arguments: Sequence[str]) -> int:
    """Run one command; the return value is the exit status."""
    options = parser(arguments[0] if arguments else "").parse_args(arguments)
    options.now = options.now or datetime.now(UTC)
    verb: Verb = options.verb
    try:
        return verb(options)
    except FeedsError as refusal:
        report(refusal.faults, options.json, sys.stderr)
        return TRY_AGAIN if isinstance(refusal, BusyError) else 1
    except OSError as refusal:
        if not refusal.filename:
            raise
        # What the system has against a name that somebody gave, such as one too long to be looked for.
        report([Fault(Place(str(refusal.filename)), unreadable(refusal))], options.json, sys.stderr)
        return 1


def parser(verb: str = "") -> argparse.ArgumentParser:
    """Every command with its arguments; or only those beside a verb, if there is such a one."""
    made = argparse.ArgumentParser(
        prog="feeds",
        description="One validated collection of articles, delivered as feeds and as an email digest.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--version", action=Version, nargs=0, help="print the version and stop")
    verbs = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in [name for name, known in GROUPS.items() if verb in known.split()] or GROUPS:
        import_module(f"feeds.cli.{name}").add(verbs)
    return made
