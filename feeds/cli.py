"""The command line: parse, call, print. Results go to stdout, talk goes to stderr.

argparse is the standard library's, and the quickest to start: `feeds --help` needs nothing else.
Exit status: 0 done, 1 faults in what was given, 2 usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from feeds.errors import Fault, FeedsError
from feeds.terminal import counted, progress, say

if TYPE_CHECKING:
    from feeds.publication import Build

EXAMPLES = """\
examples:
  feeds init news            make a small project in the folder news
  feeds check                name every fault in content, settings and templates
  feeds build                write feeds and the next digest into public/
  feeds build --keep-going   leave out the articles with faults, publish the others
  feeds schema               write JSON Schemas by which your editor completes and checks
"""


def main(arguments: Sequence[str]) -> int:
    """Run one command; the return value is the exit status."""
    options = _parser().parse_args(arguments)
    options.now = options.now or datetime.now(UTC)
    verb: Callable[[argparse.Namespace], int] = options.verb
    try:
        return verb(options)
    except FeedsError as refusal:
        _report(refusal.faults, options.json, sys.stderr)
        return 1


def init(options: argparse.Namespace) -> int:
    """Make a small project that builds."""
    from feeds.starter import start

    for path in start(Path(options.folder), options.now):
        print(path)
    say(f"A project that builds. Next: cd {options.folder} && feeds build")
    return 0


def check(options: argparse.Namespace) -> int:
    """Name every fault of content, settings and templates; write nothing."""
    from feeds.publication import load

    with progress("Checking") as tick:
        faults = load(options.folder).check(options.now, tick)
    _report(faults, options.json, sys.stdout)
    wrong = sum(not fault.warning for fault in faults)
    say(f"{counted(wrong, 'fault')} to mend." if wrong else "Everything is in order.")
    return 1 if wrong else 0


def build(options: argparse.Namespace) -> int:
    """Write the feeds and the next digest."""
    from feeds.publication import load

    publication = load(options.folder)
    with progress("Building") as tick:
        made = publication.build(
            options.now, keep_going=options.keep_going, locked=options.locked, progress=tick
        )
    _report(made.faults, False, sys.stderr)
    written = (publication.output / path for path in made.published.written)
    for line in [_as_json(made)] if options.json else written:
        print(line)
    for sentence in _told(made):
        say(sentence)
    return 1 if any(not fault.warning for fault in made.faults) else 0


def schema(options: argparse.Namespace) -> int:
    """Write JSON Schemas of articles and of feeds.toml into schema/."""
    from feeds.publishing import replace_file
    from feeds.schema import schemas

    for document in schemas():
        path = Path(options.folder, document.path)
        replace_file(path, document.content)
        print(path)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="feeds",
        description="One validated collection of articles, delivered as feeds and as an email digest.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _command(verbs, init, default=None)
    _command(verbs, check)
    building = _command(verbs, build)
    building.add_argument(
        "--keep-going", action="store_true", help="leave out what has faults, publish the rest"
    )
    building.add_argument(
        "--locked", action="store_true", help="refuse if feeds.lock is not up to date (for CI)"
    )
    _command(verbs, schema)
    return parser


def _command(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    verb: Callable[[argparse.Namespace], int],
    default: str | None = ".",
) -> argparse.ArgumentParser:
    """A command named and described as its function is, with what all commands take."""
    says = (verb.__doc__ or "").strip()
    command = verbs.add_parser(verb.__name__, help=says, description=says, allow_abbrev=False)
    command.set_defaults(verb=verb)
    optional: dict[str, Any] = {"nargs": "?", "default": default} if default else {}
    command.add_argument(
        "folder", help="the project's folder" + (" (default: this one)" * bool(default)), **optional
    )
    command.add_argument(
        "--now", type=_moment, default=None, help="the moment to act at, such as 2026-11-22T08:00+01:00"
    )
    command.add_argument("--json", action="store_true", help="print what a program would read")
    return command


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"feeds {version('feeds')}")
        parser.exit()


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no moment; write 2026-11-22T08:00+01:00") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _report(faults: Iterable[Fault], as_json: bool, stream: TextIO) -> None:
    if as_json:
        print(json.dumps([_fault(fault) for fault in faults], indent=2, ensure_ascii=False))
        return
    for fault in faults:
        print(fault, file=stream)


def _fault(fault: Fault) -> dict[str, object]:
    where = fault.where
    return {
        "file": where.file,
        "line": where.line or None,
        "field": where.field or None,
        "problem": fault.problem,
        "warning": fault.warning,
    }


def _as_json(made: Build) -> str:
    due = made.next_due
    report = {
        **{name: list(paths) for name, paths in asdict(made.published).items()},
        "articles": len(made.library.articles),
        "faults": [_fault(fault) for fault in made.faults],
        "next_due": due and {"title": due.title, "published": due.published.isoformat()},
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _told(made: Build) -> Iterator[str]:
    result = made.published
    yield (
        f"{counted(len(made.library.articles), 'article')}: {counted(len(result.written), 'file')} written, "
        f"{len(result.unchanged)} unchanged, {len(result.removed)} removed."
    )
    for path in result.kept:
        yield f"{path} no longer belongs, but somebody has changed it, so it stays."
    if due := made.next_due:
        yield f"Next is “{due.title}”, on {due.published:%Y-%m-%d at %H:%M %Z}: build again then."
