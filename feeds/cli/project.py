"""The verbs of a project: init, check, build, diff, schema."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from feeds.cli.options import Verbs, command, port
from feeds.cli.report import build_sentences, build_table, print_json, report, standstill_sentences
from feeds.errors import Fault, Place
from feeds.terminal import counted, progress, say


def add(verbs: Verbs) -> None:
    """Make these verbs known."""
    making = command(verbs, init, folder=False)
    making.add_argument("folder", help="the folder to make")
    making.add_argument(
        "--from", dest="site", metavar="DIR", help="for the site of another generator, read where it is"
    )
    checking = command(verbs, check)
    checking.add_argument(
        "what", nargs="?", help="anybody's feed, as a file or an address, instead of the project"
    )
    checking.add_argument("--newsletter", metavar="NAME", help="the next issue, as it would be sent")
    checking.add_argument("--online", action="store_true", help="with --newsletter: do its links answer?")
    building = command(verbs, build)
    building.add_argument(
        "--keep-going", action="store_true", help="leave out what has faults, publish the rest"
    )
    building.add_argument(
        "--locked", action="store_true", help="refuse if feeds.lock is not up to date (for CI)"
    )
    differing = command(verbs, diff)
    differing.add_argument(
        "--against", metavar="PLACE", help="what was published: a folder or address (default: the output)"
    )
    differing.add_argument(
        "--fail-on", action="append", default=[], choices=KINDS, help="exit with 1 if there is any such"
    )
    command(verbs, schema)
    command(verbs, publish_ping, name="publish-ping")
    previewing = command(verbs, preview)
    previewing.add_argument("--port", type=port, default=0, help="the port (default: any that is free)")
    previewing.add_argument("--no-open", action="store_true", help="open no browser")


KINDS = ("new", "updated", "reshown", "vanished", "reordered", "missed")
"""What can become of an entry in somebody's reader."""


def init(options: argparse.Namespace) -> int:
    """Make a small project that builds; or the settings for a site of another generator."""
    if options.site:
        return _init_from(options.site, Path(options.folder))
    from feeds.starter import start

    for path in start(Path(options.folder), options.now):
        print(path)
    say(f"A project that builds. Next: cd {options.folder} && feeds build")
    return 0


def _init_from(site: str, folder: Path) -> int:
    from feeds.sources import survey

    found = survey.survey(survey.located(site))
    path = survey.start(found, folder)
    for sentence in survey.sentences(found):
        say(sentence)
    print(path)
    say(f"The site stays as it is. Next: cd {folder} && feeds build")
    return 0


def check(options: argparse.Namespace) -> int:
    """Name every fault of content, settings, templates and output; or of anybody's feed."""
    from feeds.publication import load
    from feeds.verdict import of_anybody

    if options.what:
        faults = of_anybody(options.what, options.now)
    elif options.newsletter:
        faults = load(options.folder).check_newsletter(options.newsletter, options.now, links=options.online)
    else:
        with progress("Checking") as tick:
            faults = load(options.folder).check(options.now, tick)
    report(faults, options.json, sys.stdout)
    wrong = sum(not fault.warning for fault in faults)
    say(f"{counted(wrong, 'fault')} to mend." if wrong else "Everything is in order.")
    return 1 if wrong else 0


def build(options: argparse.Namespace) -> int:
    """Write the feeds and the next digest."""
    from feeds import standstill

    gc.disable()  # all that is read is wanted to the end; looking for what is not takes a third of the time
    if not options.json and (found := standstill.unchanged(options.folder, options.now)):
        told = [Fault(Place(file, line, field), said, True) for file, line, field, said in found.warnings]
        report(told, False, sys.stderr)
        for sentence in standstill_sentences(found):
            say(sentence)
        return 0
    from feeds.publication import load

    publication = load(options.folder)
    with progress("Building") as tick:
        made = publication.build(
            options.now, keep_going=options.keep_going, locked=options.locked, progress=tick
        )
    report(made.faults, False, sys.stderr)
    if options.json:
        print_json(build_table(made))
    for path in () if options.json else made.published.written:
        print(publication.output / path)
    for sentence in build_sentences(made):
        say(sentence)
    return 1 if any(not fault.warning for fault in made.faults) else 0


def diff(options: argparse.Namespace) -> int:
    """Show what subscribers would see of the next build: new, updated, shown again, vanished."""
    from feeds.publication import load

    found = load(options.folder).diff(options.now, options.against)
    if options.json:
        print_json([one.as_table() for one in found])
    for one in () if options.json else found:
        for line in one.lines():
            print(line)
    say("" if found else "Nothing has been published yet, or nothing would change.")
    return 1 if any(getattr(one, kind) for one in found for kind in options.fail_on) else 0


def schema(options: argparse.Namespace) -> int:
    """Write JSON Schemas of articles and of feeds.toml into schema/."""
    from feeds.publishing import replace_file
    from feeds.schema import schemas

    for document in schemas():
        path = Path(options.folder, document.path)
        replace_file(path, document.content)
        print(path)
    return 0


def publish_ping(options: argparse.Namespace) -> int:
    """Tell the WebSub hub which feeds have changed, once they are where everybody can read them."""
    from feeds.publication import load

    pings = load(options.folder).publish_ping(options.now)
    told = [ping.topic for ping in pings if ping.arrived]
    if options.json:
        print_json([{"topic": ping.topic, "arrived": ping.arrived} for ping in pings])
    for topic in () if options.json else told:
        print(topic)
    report(sorted({fault for ping in pings for fault in ping.faults}), False, sys.stderr)
    say(f"{counted(len(told), 'feed')} told to the hub, {len(pings) - len(told)} to be told again.")
    return 1 if len(told) < len(pings) else 0


def preview(options: argparse.Namespace) -> int:
    """Show every newsletter and feed in a browser, anew with each change."""
    import webbrowser

    from feeds.web.preview import preview as serve

    def ready(address: str) -> None:
        print(address, flush=True)
        say("The preview is at this address; Ctrl-C ends it.")
        if not options.no_open:
            webbrowser.open(address)

    serve(options.folder, options.now, options.port, ready)
    return 0
