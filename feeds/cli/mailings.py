"""The verbs that watch and steer what is being sent: status, why, pause, cancel, resend."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from feeds.cli.options import Verbs, command
from feeds.cli.report import print_json
from feeds.terminal import counted, say

if TYPE_CHECKING:
    from feeds.delivery.ledger import Mailing, Status, Story, Worker
    from feeds.delivery.ledger.values import Chapter

DOMAINS = 10
"""How many domains a person is shown; a program gets all."""


def add(verbs: Verbs) -> None:
    """Make these verbs known."""
    for verb in (status, pause, cancel):
        made = command(verbs, verb)
        made.add_argument("newsletter", nargs="?", help="its name in feeds.toml, where there are several")
    again = command(verbs, resend)
    again.add_argument("newsletter", help="its name in feeds.toml")
    again.add_argument("address", nargs="*", help="whom (default: all of whom nobody knows)")
    story = command(verbs, why)
    story.add_argument("address", help="a subscriber's e-mail address")


def status(options: argparse.Namespace) -> int:
    """Tell how the latest issue stands: sent, waiting, refused and why, in doubt by name."""
    from feeds.job import sending

    with sending.mailrooms(options.folder, options.newsletter) as rooms:
        found = [room.ledger.status(last.id) for room in rooms if (last := room.latest())]
        workers = [worker for room in rooms[:1] for worker in room.ledger.workers()]  # they have one ledger
    if options.json:
        print_json([{**_table(status), "workers": [asdict(one) for one in workers]} for status in found])
    lines = [*(line for status in found for line in _lines(status)), *map(_worker, workers)]
    for line in () if options.json else lines:
        print(line)
    if not found:
        say("Nothing has been sent yet.")
    return 0


def why(options: argparse.Namespace) -> int:
    """Tell the story of one subscriber: what they agreed to, and what became of each issue."""
    from feeds.job import sending
    from feeds.job.enrolment import typed

    address = typed(options.address).address
    with sending.mailrooms(options.folder, None) as rooms:
        stories = {room.newsletter: room.ledger.why(room.newsletter, address) for room in rooms}
    if options.json:
        print_json({name: asdict(story) for name, story in stories.items()})
    for name, story in () if options.json else stories.items():
        for line in _story(name, story):
            print(line)
    return 0


def pause(options: argparse.Namespace) -> int:
    """Begin no further message of the issue that is being sent, until `feeds send` goes on."""
    return _steer(options, "pause")


def cancel(options: argparse.Namespace) -> int:
    """Never send what is left of the issue that is being sent."""
    return _steer(options, "cancel")


def _steer(options: argparse.Namespace, verb: str) -> int:
    from feeds.job import sending

    with sending.mailroom(options.folder, options.newsletter) as room:
        mailing = room.current()
        if mailing is None:
            say(f"Nothing of {room.newsletter} is being sent.")
            return 0
        made = (
            room.ledger.cancel(mailing.id) if verb == "cancel" else room.ledger.pause(mailing.id, "by hand")
        )
    say(f"{_name(made)} is {made.state}.")
    return 0


def resend(options: argparse.Namespace) -> int:
    """Send once more what may or may not have been taken, with the same Message-ID."""
    from feeds.job import sending
    from feeds.job.enrolment import typed

    wanted = [typed(address).address for address in options.address]
    with sending.mailroom(options.folder, options.newsletter) as room:
        last = room.latest()
        count = room.ledger.resend(last.id, wanted or None) if last else 0
    say(f"{counted(count, 'message')} will be sent once more: go on with `feeds send {options.newsletter}`.")
    return 0


def _table(status: Status) -> dict[str, object]:
    return {"name": _name(status.mailing), **asdict(status)}


def _name(mailing: Mailing) -> str:
    return f"{mailing.newsletter} {mailing.slot.rpartition('/')[2]}"


def _lines(status: Status) -> Iterator[str]:
    mailing = status.mailing
    reason = f" ({mailing.reason})" if mailing.reason else ""
    yield f"{_name(mailing)}: {mailing.state}{reason}, {counted(mailing.recipients, 'recipient')}"
    yield from (f"  {state:11}{count:>10,}" for state, count in status.states.items() if count)
    if status.rate:
        yield f"  {status.rate:,.1f} a second"
    for domain in status.domains[:DOMAINS]:
        counts = ", ".join(f"{count:,} {state}" for state, count in domain.states.items())
        yield f"  {domain.domain}: {counts}"
    for refusal in status.refusals:
        yield f"  {refusal.state} {refusal.code}: {refusal.count:,}, such as “{refusal.example}”"
    yield from (f"  in doubt: {address}" for address in status.doubts)


def _worker(worker: Worker) -> str:
    from feeds.delivery.subscribers import moment

    return f"worker {worker.name}, since {moment(worker.since):%Y-%m-%d %H:%M} UTC: {worker.doing or 'waits'}"


def _story(name: str, story: Story) -> Iterator[str]:
    who = story.subscriber
    if who is None:
        yield f"{name}: not on the list" + (f"; {story.suppressed}" if story.suppressed else "")
        return
    from feeds.delivery.subscribers import moment

    since = f" on {moment(who.consent.at):%Y-%m-%d}" if who.consent.at else ""
    yield f"{name}: {who.state}, consent “{who.consent.how}”{since}"
    if story.suppressed:
        yield f"  nothing is sent to them: {story.suppressed}"
    for chapter in story.chapters:
        yield f"  {chapter.slot}: {_chapter(chapter)}"


def _chapter(chapter: Chapter) -> str:
    from feeds.delivery.subscribers import moment

    at = f" {moment(chapter.last_at):%Y-%m-%d %H:%M} UTC" if chapter.last_at else ""
    said = f", {chapter.code} {chapter.reply}".rstrip() if chapter.code or chapter.reply else ""
    return f"{chapter.state}{at}, variant {chapter.variant}{said}"
