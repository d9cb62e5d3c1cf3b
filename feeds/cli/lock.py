"""The verbs of feeds.lock: what became of every article, and what only a person can decide."""

from __future__ import annotations

import argparse

from feeds.cli.options import Verbs, command, group
from feeds.cli.report import print_json
from feeds.terminal import counted, say


def add(verbs: Verbs) -> None:
    """Make these verbs known."""
    lock = group(verbs, "lock", "Show what became of every article, and settle what is not certain.", show)
    for verb, arguments in ((same, ("file", "old")), (new, ("file",)), (withdraw, ()), (adopt, ("feed",))):
        made = command(lock, verb, nested=True)
        for argument in arguments:
            made.add_argument(argument, help=_HELP[argument])


_HELP = {
    "file": "the article's file, such as content/2026/a.md",
    "old": "the file that it had, or its id",
    "feed": "the feed that readers have subscribed to: a file or an address",
}


def show(options: argparse.Namespace) -> int:
    """Show what became of every article since the last build."""
    from feeds.publication import load

    settlement = load(options.folder).collect(options.now).settlement
    lines = {
        "new": [record.file for record in settlement.new],
        "moved": [f"{old.file} → {new.file}, {new.url}" for old, new in settlement.moved],
        "updated": [record.file for record in settlement.updated],
        "withdrawn": [record.file for record in settlement.withdrawn],
        "open": [str(fault) for fault in settlement.doubts],
    }
    if options.json:
        print_json(lines)
    for kind, files in () if options.json else lines.items():
        for file in files:
            print(f"{kind}: {file}")
    say(f"{counted(len(settlement.lock), 'article')} in feeds.lock after the next build.")
    return 1 if settlement.doubts else 0


def same(options: argparse.Namespace) -> int:
    """Say that an article is a published one, moved and edited: it keeps its id."""
    from feeds.publication import load

    load(options.folder).decide_same(options.file, options.old, options.now)
    say(f"{options.file} keeps the id that it had as {options.old}.")
    return 0


def new(options: argparse.Namespace) -> int:
    """Say that an article is a new one, whatever it looks like: it gets an id of its own."""
    from feeds.publication import load

    load(options.folder).decide_new(options.file, options.now)
    say(f"{options.file} is a new article.")
    return 0


def withdraw(options: argparse.Namespace) -> int:
    """Say that the articles whose files are gone are meant to be gone."""
    from feeds.publication import load

    gone = load(options.folder).decide_withdrawn(options.now)
    say(f"{counted(len(gone), 'article')} withdrawn; their ids are never used again.")
    return 0


def adopt(options: argparse.Namespace) -> int:
    """Take the ids over from an existing feed, so that its readers see no old post again."""
    from feeds.publication import load

    adoption = load(options.folder).adopt(options.feed, options.now)
    for left in adoption.unmatched:
        print(f"no article: {left.entry.title or left.entry.id}: {left.reason}")
    say(f"{counted(len(adoption.matched), 'article')} keep the id that readers know.")
    return 0
