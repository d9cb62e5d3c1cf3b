"""The verb that makes the keys by which mail is signed."""

from __future__ import annotations

import argparse
from pathlib import Path

from feeds.cli.options import Verbs, command, group
from feeds.cli.report import print_json
from feeds.terminal import say


def add(verbs: Verbs) -> None:
    """Make this verb known."""
    dkim = group(verbs, "dkim", "Make the keys that sign a newsletter's mail.")
    making = command(dkim, new, nested=True)
    which = making.add_mutually_exclusive_group()
    which.add_argument("domain", nargs="?", help="the domain of the sender's address")
    which.add_argument("--newsletter", metavar="NAME", help="take the domain of its sender")
    making.add_argument("--selector", default="feeds", help="what the records' names begin with")
    making.add_argument("--keys", metavar="FOLDER", help="where the keys go (default: .feeds/dkim)")


def new(options: argparse.Namespace) -> int:
    """Make an RSA and an Ed25519 key for a domain, and print their DNS records."""
    from feeds.job.keymaking import FOLDER, new_keys
    from feeds.publishing import private

    domain = options.domain or _sender_domain(options)
    folder = Path(options.keys) if options.keys else private(Path(options.folder)) / FOLDER
    made = new_keys(domain, options.selector, folder)
    if options.json:
        print_json([{**vars(key), "zone": key.zone} for key in made])
    for key in () if options.json else made:
        print(key.zone)
    say("Put these records into the DNS; what sends needs these in its environment:")
    for key in made:
        for variable, value in key.environment.items():
            say(f"  {variable}={value}")
    return 0


def _sender_domain(options: argparse.Namespace) -> str:
    from feeds.job.choosing import chosen

    _, settings = chosen(options.folder, options.newsletter)
    return settings.sender.email.rpartition("@")[2]
