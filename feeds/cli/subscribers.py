"""The verbs of a newsletter's subscribers: import, export, add, remove, show, erase, stats.

No address goes to stderr, which cron mails around and services keep.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from feeds.cli.options import Verb, Verbs, command, group
from feeds.cli.reading import source
from feeds.cli.report import as_table, print_json
from feeds.errors import DeliveryError, Fault, Place
from feeds.terminal import counted, say

if TYPE_CHECKING:
    from feeds.delivery.ledger import Ledger
    from feeds.delivery.roll import Imported
    from feeds.delivery.subscribers import Subscriber

SHOWN = 1_000
"""Refused rows that the JSON of an import names; stderr has every one of them."""


def add(verbs: Verbs) -> None:
    """Make these verbs known."""
    subscribers = group(verbs, "subscribers", "Keep the list of who gets a newsletter.")
    importing = _command(subscribers, import_, "import")
    importing.add_argument("file", help="CSV or JSON lines; - is standard input")
    importing.add_argument("--how", type=_words, help="how those agreed whose row does not say")
    exporting = _command(subscribers, export)
    exporting.add_argument("--format", choices=("csv", "json"), default="csv", help="json is JSON lines")
    _describe(_command(subscribers, enter, "add"))
    for verb in (remove, show, erase):
        _command(subscribers, verb).add_argument("address", help=_ADDRESS)
    _command(subscribers, stats)


_ADDRESS = "their e-mail address"


def _describe(adding: argparse.ArgumentParser) -> None:
    adding.add_argument("address", help=_ADDRESS)
    adding.add_argument("--how", type=_words, required=True, help="how they agreed, such as “by phone”")
    adding.add_argument("--language", default="", help="one of the newsletter's languages")
    adding.add_argument("--topic", action="append", default=[], help="one of its topics; may be repeated")
    adding.add_argument(
        "--again", action="store_true", help="they agreed anew: it undoes whatever was before"
    )


def _command(verbs: Verbs, verb: Verb, name: str = "") -> argparse.ArgumentParser:
    made = command(verbs, verb, name=name, nested=True)
    if verb is not erase:
        made.add_argument("--newsletter", metavar="NAME", help="which one, where there are several")
    return made


def import_(options: argparse.Namespace) -> int:
    """Put the rows of a file on the list; who is on it already stays as they are."""
    refused: list[Fault] = []

    def tell(fault: Fault) -> None:
        print(fault, file=sys.stderr)
        if len(refused) < SHOWN:
            refused.append(fault)

    newsletter, done = _imported(options, tell)
    counts = asdict(done.enrolled) | {"refused": done.refused}
    if options.json:
        print_json(counts | {"faults": [as_table(fault) for fault in refused]})
    say(f"{newsletter}: {', '.join(f'{count:,} {what}' for what, count in counts.items())}.")
    return 1 if done.refused else 0


def _imported(options: argparse.Namespace, tell: Callable[[Fault], None]) -> tuple[str, Imported]:
    from feeds.delivery.intake import entries
    from feeds.delivery.roll import import_rows

    with source(options.file, "Importing") as (stream, name), _list(options) as (ledger, newsletter):
        rows = entries(stream, name, options.how or f"imported from {name}")
        return newsletter, import_rows(ledger, newsletter, rows, tell)


def export(options: argparse.Namespace) -> int:
    """Print the list as a file that `import` reads."""
    from feeds.delivery.roll import export_csv, export_json

    write = export_json if options.json or options.format == "json" else export_csv
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # it is a file, whatever the terminal speaks
    with _list(options) as (ledger, newsletter):
        count = write(ledger, newsletter, sys.stdout)
    say(f"{newsletter}: {counted(count, 'subscriber')}.")
    return 0


def enter(options: argparse.Namespace) -> int:
    """Put somebody on the list who has agreed to it."""
    from feeds.delivery.subscribers import Consent, micros
    from feeds.job.choosing import chosen
    from feeds.job.enrolment import applicant

    _, settings = chosen(options.folder, options.newsletter)
    consent = Consent(options.how, micros(options.now))
    entry = applicant(settings, options.address, consent, options.topic, options.language)
    with _list(options) as (ledger, newsletter):
        if not options.again:
            _admit(ledger, entry.address)
        before = ledger.find(newsletter, entry.address)
        found = ledger.add(newsletter, entry, again=options.again)
    _tell(found, options.json)
    if before == found:
        say("On the list already, and left as it was; --again puts down what they say now.")
    return 0


def remove(options: argparse.Namespace) -> int:
    """Unsubscribe somebody: nothing is sent to them from now on."""
    with _list(options) as (ledger, newsletter):
        found = ledger.unsubscribe(_found(ledger, newsletter, options.address).id)
    assert found
    _tell(found, options.json)
    return 0


def show(options: argparse.Namespace) -> int:
    """Show what is kept about somebody."""
    with _list(options) as (ledger, newsletter):
        _tell(_found(ledger, newsletter, options.address), options.json)
    return 0


def erase(options: argparse.Namespace) -> int:
    """Forget an address in every newsletter; what is left is a keyed hash, by which it stays forgotten."""
    from feeds.job.choosing import newsletters
    from feeds.job.enrolment import typed
    from feeds.job.opening import opened

    address = typed(options.address).address
    newsletters(options.folder)  # or a folder that is mistyped would get a ledger
    with opened(options.folder) as ledger:
        count = ledger.erase(address)
    if options.json:
        print_json({"erased": count})
    say(f"Erased from {counted(count, 'list')}. Nothing is ever sent there again.")
    return 0


def stats(options: argparse.Namespace) -> int:
    """Show the list in numbers; languages and topics are those of the active."""
    with _list(options) as (ledger, newsletter):
        found = ledger.stats(newsletter)
    if options.json:  # field by field: asdict() breaks a Counter
        print_json({"newsletter": newsletter} | {name: getattr(found, name) for name in found.__slots__})
        return 0
    print(f"suppressed: {found.suppressed:,}")
    for kind, counts in (("", found.states), ("language ", found.languages), ("topic ", found.topics)):
        for name, count in counts.items():
            print(f"{kind}{name or 'of the newsletter'}: {count:,}")
    return 0


@contextmanager
def _list(options: argparse.Namespace) -> Iterator[tuple[Ledger, str]]:
    """The ledger, and the newsletter that is meant."""
    from feeds.job.choosing import chosen
    from feeds.job.opening import opened

    newsletter, _ = chosen(options.folder, options.newsletter)
    with opened(options.folder) as ledger:
        yield ledger, newsletter


def _admit(ledger: Ledger, address: str) -> None:
    if reason := ledger.suppressed(address):
        raise _refused(f"nothing may be sent to it ({reason}); --again says that they agreed anew")


def _found(ledger: Ledger, newsletter: str, address: str) -> Subscriber:
    from feeds.job.enrolment import typed

    address = typed(address).address
    if found := ledger.find(newsletter, address):
        return found
    reason = ledger.suppressed(address)
    raise _refused(
        f"is not on the list of {newsletter}"
        + (f", and nothing may be sent to it ({reason})" if reason else "")
    )


def _refused(problem: str) -> DeliveryError:
    return DeliveryError(Fault(Place("ADDRESS"), problem))


def _tell(one: Subscriber, as_json: bool) -> None:
    from feeds.delivery.roll import table

    told = {"newsletter": one.newsletter, **table(one)}
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        if value:
            print(f"{name.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}")


def _words(text: str) -> str:
    """How somebody agreed, as it can stand in a file."""
    from feeds.values import line

    try:
        return line(text)
    except ValueError as refusal:
        raise argparse.ArgumentTypeError(f"it {refusal}") from None
