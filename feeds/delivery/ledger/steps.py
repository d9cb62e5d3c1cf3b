"""The step in SQL: one commit for what was answered, what follows from it, and what is sent next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from sqlalchemy import Integer, bindparam, case, exists, func, or_, select, update

from feeds.delivery.addresses import redacted
from feeds.delivery.ledger import queue, register
from feeds.delivery.ledger.database import Unit
from feeds.delivery.ledger.statements import insert_or_add, insert_or_nothing
from feeds.delivery.ledger.tables import delivery, issue, rate, strike, subscriber, suppression, tally
from feeds.delivery.ledger.values import (
    STRIKES,
    WINDOW,
    Answer,
    Claim,
    Job,
    Stepped,
    due_at,
    history,
    is_alarming,
    pause_reason,
)
from feeds.delivery.rates import MINUTE, OVERALL, Rate, relieved, rested, slower
from feeds.delivery.verdicts import UNTRIED, Outcome, verdict

_MAY_GET = exists().where(
    subscriber.c.id == delivery.c.subscriber,
    subscriber.c.state == "active",
    ~exists().where(suppression.c.address_key == subscriber.c.address_key),
)
_CLAIMED = (
    delivery.c.issue == bindparam("number"),
    delivery.c.subscriber.in_(bindparam("subscribers", expanding=True)),
    delivery.c.claim == bindparam("token"),
)
# `sending` is allowed, for a step that is made again because nobody knows whether it was committed.
_INTEND = (
    update(delivery)
    .where(
        *_CLAIMED,
        delivery.c.state.in_(("claimed", "sending")),
        delivery.c.due_at > bindparam("now"),
        exists().where(issue.c.id == delivery.c.issue, issue.c.state == "sending"),
        _MAY_GET,
    )
    .values(state="sending", due_at=bindparam("until"), last_at=bindparam("now"))
    .returning(delivery.c.subscriber)
)
_BAR = (
    update(delivery)
    .where(*_CLAIMED, delivery.c.state == "claimed", ~_MAY_GET)
    .values(state="suppressed", due_at=None)
)
# `held` is allowed: a sender that was stopped beyond its lease still knows how its message ended.
_UNFINISHED = or_(delivery.c.state == "sending", delivery.c.state == "held")
_SENT = (
    update(delivery)
    .where(*_CLAIMED, _UNFINISHED)
    .values(
        state="sent",
        due_at=None,
        code=bindparam("answer"),
        reply="",
        first_at=func.coalesce(delivery.c.first_at, bindparam("now")),
        last_at=bindparam("now"),
    )
)
_RESULT = (
    update(delivery)
    .where(
        delivery.c.issue == bindparam("number"),
        delivery.c.subscriber == bindparam("who"),
        delivery.c.claim == bindparam("token"),
        _UNFINISHED,
    )
    .values(
        state=bindparam("to"),
        due_at=bindparam("until"),
        attempts=delivery.c.attempts + bindparam("counted", type_=Integer),
        refusals=delivery.c.refusals + bindparam("refused", type_=Integer),
        code=bindparam("answer"),
        reply=bindparam("words"),
        first_at=case(
            (bindparam("to") == "ready", delivery.c.first_at),
            else_=func.coalesce(delivery.c.first_at, bindparam("now")),
        ),
        last_at=bindparam("now"),
    )
)
_PAUSE = (
    update(issue)
    .where(issue.c.id == bindparam("number"), issue.c.state == "sending")
    .values(state="paused", reason=bindparam("why"))
)
_RECENT = select(func.sum(tally.c.refusals), func.sum(tally.c.answers)).where(
    tally.c.issue == bindparam("number"), tally.c.minute > bindparam("since")
)
_KEY_OF = select(subscriber.c.address_key).where(subscriber.c.id == bindparam("who"))
_LAST_SENT = select(func.max(delivery.c.last_at)).where(
    delivery.c.issue.in_(select(issue.c.id)),
    delivery.c.subscriber == bindparam("who"),
    delivery.c.state == "sent",
)
_STRIKES = select(func.count()).where(
    strike.c.address_key == bindparam("key"), strike.c.at > bindparam("since")
)


def step(unit: Unit, lane: str, claim: Claim, answers: Sequence[Answer], following: Sequence[Job]) -> Stepped:
    """Settle the answers, then begin those of the following that may be begun."""
    outcomes = tuple(verdict(answer, history(job, unit.now)) for job, answer in answers)
    settled = [(job, outcome) for (job, _), outcome in zip(answers, outcomes, strict=True)]
    if settled:
        _record(unit, claim, settled)
        _count(unit, claim.issue, outcomes, lane)
        for job, outcome in settled:
            _spread(unit, job, outcome)
        if any(outcome.refusal for outcome in outcomes):
            _raise_alarm(unit, claim.issue)
    return Stepped(_begin(unit, claim, following) if following else (), outcomes)


def _record(unit: Unit, claim: Claim, settled: Sequence[tuple[Job, Outcome]]) -> None:
    """Write down the results: in one statement what was sent, which is nearly all of it."""
    sent: dict[str, list[int]] = defaultdict(list)
    for job, outcome in settled:
        if outcome.state == "sent":
            sent[outcome.code].append(job.subscriber)
    mine = {"number": claim.issue, "token": claim.token, "now": unit.now}
    for code, subscribers in sent.items():
        unit.connection.execute(_SENT, {**mine, "subscribers": subscribers, "answer": code})
    if left := [(job, outcome) for job, outcome in settled if outcome.state != "sent"]:
        _record_others(unit, claim, left)


def _record_others(unit: Unit, claim: Claim, settled: Sequence[tuple[Job, Outcome]]) -> None:
    rows = [
        {
            "number": claim.issue,
            "who": job.subscriber,
            "token": claim.token,
            "to": "sending" if outcome.state == "doubt" else outcome.state,
            "until": due_at(outcome, unit.now),
            "counted": int(outcome.counted and outcome.state == "retry"),
            "refused": int(outcome.refusal),
            "answer": outcome.code,
            "words": redacted(outcome.reply, job.address),
            "now": unit.now,
        }
        for job, outcome in settled
    ]
    unit.connection.execute(_RESULT, rows)


def _begin(unit: Unit, claim: Claim, following: Sequence[Job]) -> tuple[Job, ...]:
    numbers = [job.subscriber for job in following]
    mine = {"number": claim.issue, "subscribers": numbers, "token": claim.token}
    intended = {**mine, "now": unit.now, "until": unit.now + claim.lease}
    begun = set(unit.connection.scalars(_INTEND, intended))
    if len(begun) < len(numbers):
        unit.connection.execute(_BAR, mine)
    return tuple(job for job in following if job.subscriber in begun)


def _count(unit: Unit, number: int, outcomes: Sequence[Outcome], lane: str) -> None:
    row = {
        "issue": number,
        "minute": unit.now // MINUTE,
        "lane": lane,
        "sent": sum(outcome.state == "sent" for outcome in outcomes),
        "answers": sum(outcome is not UNTRIED for outcome in outcomes),
        "refusals": sum(outcome.refusal for outcome in outcomes),
    }
    unit.connection.execute(insert_or_add(unit, tally, "sent", "answers", "refusals"), row)


def _spread(unit: Unit, job: Job, outcome: Outcome) -> None:
    """What a reply means for others: the address, the domain, the issue."""
    if outcome.address:
        penalise(unit, job.issue, job.subscriber, outcome.address, outcome.code)
    if outcome.state == "sent":
        for key in job.troubled:
            _change(unit, key, relieved)
    elif outcome.wider:
        widen(unit, job.issue, job.domain, outcome)


def widen(unit: Unit, number: int, domain: str, outcome: Outcome) -> None:
    """Carry an outcome beyond the one message."""
    if outcome.wider == "pause":
        unit.connection.execute(_PAUSE, {"number": number, "why": pause_reason(outcome)})
    elif outcome.wider == "slow":
        _change(unit, domain, slower)
    elif outcome.wider:
        _change(unit, OVERALL if outcome.wider == "rest all" else domain, rested)


def penalise(unit: Unit, number: int, who: int, how: str, code: str) -> None:
    """Suppress an address, or note a strike against it and suppress it after three different issues."""
    key = unit.connection.scalar(_KEY_OF, {"who": who})
    if key is None:
        return
    if how == "strike":
        row = {"address_key": key, "issue": number, "at": unit.now}
        unit.connection.execute(insert_or_nothing(unit, strike), row)
        since = unit.connection.scalar(_LAST_SENT, {"who": who}) or 0
        if (unit.connection.scalar(_STRIKES, {"key": key, "since": since}) or 0) < STRIKES:
            return
    register.suppress(unit, key, f"failed: {code}".strip())


def bounced(unit: Unit, number: int, who: int, kind: str, reply: str) -> bool:
    """A message that was sent came back, or was complained of; False where none was sent."""
    mine = (delivery.c.issue == number, delivery.c.subscriber == who)
    sent = delivery.c.state.in_(("sent", "sending", "held"))
    address = unit.connection.scalar(select(delivery.c.address).where(*mine, sent))
    if address is None:
        return False
    if kind != "complaint":  # a complaint was delivered, and read
        values = {"state": "failed", "due_at": None, "code": f"bounced: {kind}"}
        said = redacted(reply, address)
        unit.connection.execute(update(delivery).where(*mine).values(**values, reply=said))
    penalise(unit, number, who, "strike" if kind == "trouble" else "suppress", kind)
    return True


def _raise_alarm(unit: Unit, number: int) -> None:
    since = (unit.now - WINDOW) // MINUTE
    refusals, answers = unit.connection.execute(_RECENT, {"number": number, "since": since}).one()
    if is_alarming(refusals or 0, answers or 0):
        unit.connection.execute(_PAUSE, {"number": number, "why": pause_reason(None)})


def _change(unit: Unit, key: str, how: Callable[[Rate, int], Rate]) -> None:
    unit.connection.execute(insert_or_nothing(unit, rate), {"key": key})
    before = queue.rates(unit, [key])[key]
    after = how(before, unit.now)
    if after != before:
        queue.remember(unit, [after])
