"""The verbs that send newsletters: once, or whenever it is time."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from feeds.cli.options import Verbs, command
from feeds.cli.report import print_json
from feeds.terminal import agreed, counted, meter, say

if TYPE_CHECKING:
    from feeds.delivery.engine import Delivered, Progress
    from feeds.delivery.ledger import Mailing
    from feeds.job.sending import Mailroom, Plan

DONE = {"done": 0, "waiting": 0, "paused": 1, "cancelled": 1}
"""The exit status for how a run ended; for a signal it is 128 more than the signal."""


def add(verbs: Verbs) -> None:
    """Make these verbs known."""
    made = command(verbs, send)
    made.add_argument("newsletter", nargs="?", help="its name in feeds.toml, where there are several")
    way = made.add_mutually_exclusive_group()
    way.add_argument("--test", metavar="ADDRESS", help="send it to this address alone, and record nothing")
    way.add_argument(
        "--dry-run",
        nargs="?",
        const="outbox",
        metavar="FOLDER",
        help="write each message to a folder (default: outbox)",
    )
    way.add_argument("--if-due", action="store_true", help="only if its time has come; for cron")
    made.add_argument("--variant", metavar="KEY", help="with --test: which variant, such as fr or en,space")
    made.add_argument(
        "--wait",
        type=float,
        default=900.0,
        metavar="SECONDS",
        help="for what is to be tried again later (default: 900); the next run goes on with the rest",
    )
    made.add_argument("--yes", action="store_true", help="do not ask")
    made.add_argument("--by", help="who approves it")
    command(verbs, run)
    command(verbs, worker)


def send(options: argparse.Namespace) -> int:
    """Send the next issue of a newsletter to its subscribers, or go on with one that was begun."""
    from feeds.job import sending
    from feeds.newsletter.frozen import EmptyIssueError

    with sending.mailroom(options.folder, options.newsletter) as found:
        room = _of_the_fleet(found)
        if options.if_due:
            return _if_due(room, options)
        try:
            plan = room.plan(options.now)
        except EmptyIssueError as empty:
            say(f"{empty}. Nothing is sent.")
            return 0
        if options.test:
            return _test(room, plan, options)
        return _rehearse(room, plan, options) if options.dry_run else _send(room, plan, options)


def _of_the_fleet(room: Mailroom) -> Mailroom:
    """The mailroom, which leaves the sending to the workers where there are any."""
    from feeds.job import fleet
    from feeds.job.shift import enqueueing

    engine = fleet.engine_at_work(room.ledger)
    return enqueueing(room, engine) if engine else room


def _send(room: Mailroom, plan: Plan, options: argparse.Namespace) -> int:
    for line in _told(room, plan):
        say(line)
    if not plan.recipients:
        say("There is nobody to send it to; see `feeds subscribers`.")
        return 0
    if not (options.yes or agreed(f"Send {plan.name} to {counted(plan.recipients, 'subscriber')}?")):
        say("Nothing is sent. Say yes on a terminal, or --yes where there is none.")
        return 1
    mailing = room.freeze(plan, options.now, options.by)
    return tell(deliver(room, mailing, options.wait), room, plan.name, options.json)


def _if_due(room: Mailroom, options: argparse.Namespace) -> int:
    from feeds.job import rounds

    def late(slot: str, missed: str) -> bool:
        return options.yes or agreed(f"{slot} of {room.newsletter} was due {missed}. Send it now?")

    rounds.settle_reports([room])
    made = rounds.go_round(room, options.now, partial(deliver, wait=options.wait), late)
    say(made.told)
    if not made.delivered:
        return int(made.missed)
    return tell(made.delivered, room, made.newsletter, options.json)


def run(options: argparse.Namespace) -> int:
    """Send every newsletter when its time comes, until you stop it; for systemd or a container."""
    from threading import Event

    from feeds.job import running

    caught = running.run(options.folder, lambda: datetime.now(UTC), deliver, say, Event())
    return 128 + caught if caught else 0


def worker(options: argparse.Namespace) -> int:
    """Share the work with others on other machines, until you stop it; the ledger is in PostgreSQL."""
    from threading import Event

    from feeds.job import fleet

    caught = fleet.work(options.folder, lambda: datetime.now(UTC), say, Event())
    return 128 + caught if caught else 0


def deliver(room: Mailroom, mailing: Mailing, wait: float = 900.0) -> Delivered:
    """Send what is left of an issue, or have the workers do it; with a bar for whoever watches."""
    with meter(room.newsletter) as update:

        def tick(seen: Progress) -> None:
            done = seen.sent + seen.refused + seen.doubt
            update(done, done + seen.left, _words(seen))

        if room.engine is None:
            return room.deliver(mailing, tick, wait)
        from feeds.job import fleet

        return fleet.watch(room, mailing, tick, wait)


def tell(delivered: Delivered, room: Mailroom, name: str, as_json: bool) -> int:
    """Say how a run ended; the exit status."""
    seen = delivered.progress
    if as_json:
        counts = {"sent": seen.sent, "deferred": seen.deferred, "refused": seen.refused}
        print_json({"state": delivered.state, **counts, "in_doubt": seen.doubt, "left": seen.left})
    say(f"{name}: {_ENDS[delivered.state]} {_words(seen)}.")
    if room.engine and delivered.state in ("stopped", "waiting"):
        say("The workers go on with it; see `feeds status`, and `feeds pause` to stop them.")
    elif seen.left and delivered.state != "cancelled":
        say("Go on with `feeds send`; what was sent is not sent again.")
    return 128 + delivered.signal if delivered.signal else DONE.get(delivered.state, 1)


_ENDS = {
    "done": "done,",
    "waiting": "some are to be tried again later,",
    "paused": "paused (see why with `feeds status`),",
    "cancelled": "cancelled,",
    "stopped": "stopped,",
    "failed": "failed,",
}


def _words(seen: Progress) -> str:
    parts = [f"{seen.sent:,} sent"]
    parts += [
        f"{count:,} {what}"
        for count, what in (
            (seen.deferred, "deferred"),
            (seen.refused, "refused"),
            (seen.doubt, "in doubt"),
            (seen.left, "left"),
        )
        if count
    ]
    if seen.left and seen.seconds:
        parts.append(f"{seen.rate:,.0f} a second, {timedelta(seconds=round(seen.seconds))} to go")
    return ", ".join(parts)


def _told(room: Mailroom, plan: Plan) -> Iterator[str]:
    """What will go to how many, and how."""
    if plan.issue:
        first = next(iter(plan.issue.variants.values()))
        yield f"{plan.name}: “{first.subject}”"
        yield from (f"  {key}: {counted(count, 'subscriber')}" for key, count in plan.audiences.items())
    if plan.mailing:
        yield f"{plan.name} is {plan.mailing.state}: {plan.mailing.reason or 'it goes on where it was'}"
    signed = ", ".join(signer.kind for signer in room.signers)
    yield f"  by {room.way}, {f'signed ({signed})' if signed else 'not signed: that is left to the relay'}"


def _test(room: Mailroom, plan: Plan, options: argparse.Namespace) -> int:
    reply = room.test(plan, options.test, options.variant)
    print(reply)
    return 0 if reply.accepted else 1


def _rehearse(room: Mailroom, plan: Plan, options: argparse.Namespace) -> int:
    folder = Path(options.folder) / options.dry_run
    with meter(f"{plan.name}, to {folder}") as update:
        replies = Counter[bool]()
        for reply in room.rehearse(plan, folder):
            replies[reply.accepted] += 1
            update(replies.total(), plan.recipients, "")
    print(folder)
    say(f"{counted(replies[True], 'message')} written, and none sent.")
    return 1 if replies[False] else 0
