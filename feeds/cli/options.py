"""What the commands have in common: how one is named and described, and the arguments all of them take."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

Verb = Callable[[argparse.Namespace], int]
"""A command: it is given the options, and gives back the exit status."""
Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where commands are added; argparse has no public name for it."""


def command(
    verbs: Verbs, verb: Verb, *, name: str = "", folder: bool = True, nested: bool = False
) -> argparse.ArgumentParser:
    """A command named and described as its function is, with what all commands take.

    `folder=False` is for the one whose folder is an argument; `nested` for a command of a group,
    which must not overwrite what was said before its name.
    """
    says = (verb.__doc__ or "").strip().partition("\n")[0]
    made = verbs.add_parser(name or verb.__name__, help=says, description=says, allow_abbrev=False)
    made.set_defaults(verb=verb)
    _common(made, folder, nested)
    return made


def group(verbs: Verbs, name: str, says: str, verb: Verb | None = None) -> Verbs:
    """A command that has commands of its own, and a verb for when none of them is named."""
    made = verbs.add_parser(name, help=says, description=says, allow_abbrev=False)
    _common(made, True, False)
    if verb:
        made.set_defaults(verb=verb)
    return made.add_subparsers(title="commands", metavar="COMMAND", required=verb is None)


def _common(made: argparse.ArgumentParser, folder: bool, nested: bool) -> None:
    def default(value: object) -> object:
        return argparse.SUPPRESS if nested else value

    if folder:
        made.add_argument(
            "-C", "--folder", default=default("."), help="the project's folder (default: this one)"
        )
    made.add_argument(
        "--now",
        type=moment,
        default=default(None),
        help="the moment to act at, such as 2026-11-22T08:00+01:00",
    )
    made.add_argument(
        "--json", action="store_true", default=default(False), help="print what a program would read"
    )


def moment(text: str) -> datetime:
    """A moment of the command line; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no moment; write 2026-11-22T08:00+01:00") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def port(text: str) -> int:
    """A port of the command line; 0 is any that is free."""
    if not text.isdecimal() or int(text[:6]) > 65535:
        raise argparse.ArgumentTypeError(f"“{text}” is no port; write a number from 0 to 65535")
    return int(text)


def address(text: str) -> str:
    """A web address of the command line."""
    from feeds import values

    try:
        return values.address(text)
    except ValueError as refusal:
        raise argparse.ArgumentTypeError(str(refusal)) from None


class Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """Print it, and stop."""
        from importlib.metadata import version

        print(f"feeds {version('feeds')}")
        parser.exit()
