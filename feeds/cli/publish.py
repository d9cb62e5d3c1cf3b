"""The verb that puts what was built where a fleet serves it from."""

from __future__ import annotations

import argparse

from feeds.cli.options import Verbs, command
from feeds.cli.report import print_json
from feeds.terminal import counted, progress, say


def add(verbs: Verbs) -> None:
    """Make the verb known."""
    publishing = command(verbs, publish)
    publishing.add_argument("target", metavar="TARGET", help="a folder, or s3://bucket/prefix")


def publish(options: argparse.Namespace) -> int:
    """Put what was built into a folder or into object storage: only what changed, feeds after their files."""
    from dataclasses import asdict

    from feeds.hosting.headers import Headers
    from feeds.publication import load
    from feeds.storage import send_out

    publication = load(options.folder)
    settings = publication.settings
    headers = Headers(settings, frozenset(settings.publication.compress))
    with progress("Publishing") as tick:
        made = send_out(publication.output, options.target, headers, tick)
    if options.json:
        print_json({name: list(paths) for name, paths in asdict(made).items()})
    for path in () if options.json else made.written:
        print(path)
    for path in made.kept:
        say(f"{path} no longer belongs, but somebody has changed it, so it stays.")
    written, unchanged, removed = (len(paths) for paths in (made.written, made.unchanged, made.removed))
    say(f"{counted(written, 'file')} put there, {unchanged:,} unchanged, {removed:,} removed.")
    return 0
