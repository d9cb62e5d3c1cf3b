"""The verb that hands an issue to a campaign service."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from feeds.cli.options import Verbs, command
from feeds.cli.report import print_json
from feeds.terminal import agreed, say

if TYPE_CHECKING:
    from feeds.newsletter.frozen import Frozen


def add(verbs: Verbs) -> None:
    """Make this verb known."""
    made = command(verbs, handover)
    made.add_argument("newsletter", nargs="?", help="its name in feeds.toml, where there are several")
    made.add_argument("--to", required=True, metavar="SERVICE", help="listmonk, buttondown or mailchimp")
    made.add_argument("--issue", type=int, metavar="NUMBER", help="which issue (default: the newest)")
    made.add_argument("--variant", metavar="KEY", help="which variant, such as fr, where there are several")
    made.add_argument(
        "--list",
        dest="lists",
        action="append",
        default=[],
        metavar="ID",
        help="the list or audience it is for: a number of listmonk's, an id of Mailchimp's",
    )
    made.add_argument("--template", type=int, metavar="ID", help="a template of listmonk's, for whole pages")
    made.add_argument("--send", action="store_true", help="have it sent, not only kept as a draft")
    made.add_argument("--yes", action="store_true", help="do not ask")


def handover(options: argparse.Namespace) -> int:
    """Hand a drafted issue to listmonk, Buttondown or Mailchimp, as a draft there unless --send."""
    from feeds.delivery import handover as handing
    from feeds.job.choosing import chosen

    newsletter, settings = chosen(options.folder, options.newsletter)
    service = handing.service(options.to, options.lists, options.template)
    issue = handing.chosen(Path(options.folder), newsletter, options.issue)
    key = handing.variant(issue, options.variant)
    handing.insist_on_approval(issue, always=settings.approval or options.send)
    if options.send and not (options.yes or _agreed(issue, service.name)):
        say("Nothing is sent. Say yes on a terminal, or --yes where there is none.")
        return 1
    done = handing.hand_over(Path(options.folder), issue, key, service, send=options.send)
    if options.json:
        told = {"service": options.to, "number": done.number, "created": done.created, "sent": done.sent}
        print_json({"issue": issue.name, "variant": key, **told})
    else:
        print(done.number)
    what = "is being sent" if done.sent else "is a draft there" if done.created else "is the same draft, anew"
    say(f"{issue.name} ({key}) is with {service.name}, and {what}.")
    return 0


def _agreed(issue: Frozen, service: str) -> bool:
    return agreed(f"Have {service} send {issue.name} to everybody on its list?")
