"""The verb that prints what others need to serve and to run a project: servers, containers, services."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from feeds.cli.options import Verbs, command

SERVERS = ("nginx", "caddy", "apache", "headers")
DEPLOYMENTS = ("container", "compose", "systemd", "kubernetes", "grafana", "environment")


def add(verbs: Verbs) -> None:
    """Make the verb known."""
    made = command(verbs, hosting)
    made.add_argument("what", metavar="WHAT", choices=SERVERS + DEPLOYMENTS, help=_HELP)


_HELP = f"for a web server {', '.join(SERVERS)}; to run it {', '.join(DEPLOYMENTS)}"


def hosting(options: argparse.Namespace) -> int:
    """Print what a web server needs to serve the feeds well, or a machine to run the newsletters."""
    from feeds.publication import load

    settings = load(options.folder).settings
    if options.what in SERVERS:
        from feeds.hosting import snippet

        made = snippet(options.what, settings, settings.publication.compress)
    else:
        from feeds.hosting.deployments import deployment

        made = deployment(options.what, settings, Path(options.folder))
    sys.stdout.write(made.content.decode())
    return 0
