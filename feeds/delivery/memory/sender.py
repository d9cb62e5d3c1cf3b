"""A lane of the ledger in memory: claim, step, release."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from feeds.delivery.addresses import redacted
from feeds.delivery.ledger.values import (
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
from feeds.delivery.memory.dispatch import Dispatch, Message
from feeds.delivery.memory.ledger import MemoryLedger
from feeds.delivery.rates import MINUTE, OVERALL, USUAL, Due, Rate, Terms, plan, relieved, rested, slower
from feeds.delivery.transports.base import ConnectionLost, Reply
from feeds.delivery.verdicts import UNTRIED, Outcome, verdict

LOOKED_AT = 50
_tokens = count(1)


@dataclass
class MemorySender:
    """One lane."""

    ledger: MemoryLedger
    owner: str = ""

    def claim(self, issue: int, wanted: int, terms: Terms = USUAL) -> Claim:
        """Take at most so many messages that are due."""
        with self.ledger.lock:
            dispatch = self.ledger.dispatches.get(issue)
            state = dispatch.mailing.state if dispatch else "cancelled"
            if not dispatch or state != "sending":
                return Claim(issue, "", (), state)
            now = self.ledger.clock()
            waiting = sorted((m.due_at, m.subscriber) for m in _unfinished(dispatch) if m.due_at is not None)
            due = [dispatch.messages[who] for at, who in waiting if at <= now][: max(wanted, LOOKED_AT)]
            if not waiting:
                return Claim(issue, "", (), self.ledger.move(issue, ("sending",), "done").state)
            if not due:
                return Claim(issue, "", (), "sending", waiting[0][0] - now)
            return self._take(dispatch, due, now, wanted, terms)

    def _take(self, dispatch: Dispatch, due: list[Message], now: int, wanted: int, terms: Terms) -> Claim:
        known = {key: rate for key, rate in self.ledger.rates.items() if key == OVERALL or self._in(due, key)}
        asked = (Due(m.subscriber, m.domain, m.state) for m in due)
        made = plan(asked, known, terms, now, wanted)
        token = f"{self.owner}.{next(_tokens)}"
        for who in made.taken:
            message = dispatch.messages[who]
            message.state, message.claim, message.due_at = "claimed", token, now + terms.lease
        for who in made.held:
            message = dispatch.messages[who]
            message.state, message.due_at = "held", None
        for who, until in made.parked:
            dispatch.messages[who].due_at = until
        self.ledger.rates |= {rate.key: rate for rate in made.rates}
        jobs = tuple(self._job(dispatch, dispatch.messages[who], known) for who in made.taken)
        return Claim(dispatch.mailing.id, token, jobs, "sending", made.wait, terms.lease)

    @staticmethod
    def _in(due: list[Message], domain: str) -> bool:
        return any(message.domain == domain for message in due)

    def _job(self, dispatch: Dispatch, message: Message, known: dict[str, Rate]) -> Job:
        one = self.ledger.people.get(message.subscriber)
        keys = (OVERALL, message.domain)
        return Job(
            issue=dispatch.mailing.id,
            subscriber=message.subscriber,
            address=message.address,
            domain=message.domain,
            variant=message.variant,
            epoch=one.epoch if one else 0,
            attempts=message.attempts,
            refusals=message.refusals,
            first_at=message.first_at,
            troubled=tuple(key for key in keys if key in known and known[key].rests),
        )

    def step(self, claim: Claim, answers: Sequence[Answer], following: Sequence[Job] = ()) -> Stepped:
        """Results and intents, at once."""
        with self.ledger.lock:
            now = self.ledger.clock()
            outcomes = tuple(verdict(answer, history(job, now)) for job, answer in answers)
            dispatch = self.ledger.dispatch(claim.issue)
            for (job, _), outcome in zip(answers, outcomes, strict=True):
                _record(dispatch.messages[job.subscriber], claim, outcome, now)
                self._count(dispatch, outcome, now)
            for (job, _), outcome in zip(answers, outcomes, strict=True):
                self._spread(job, outcome)
            if any(outcome.refusal for outcome in outcomes):
                self._raise_alarm(dispatch, now)
            begun = tuple(job for job in following if self._begin(dispatch, claim, job, now + claim.lease))
            return Stepped(begun, outcomes)

    def _begin(self, dispatch: Dispatch, claim: Claim, job: Job, until: int) -> bool:
        now, message = self.ledger.clock(), dispatch.messages[job.subscriber]
        if message.claim != claim.token or message.state not in ("claimed", "sending"):
            return False
        if not self.ledger.is_open(job.subscriber):
            if message.state == "claimed":
                message.state, message.due_at = "suppressed", None
            return False
        if dispatch.mailing.state != "sending" or message.due_at is None or message.due_at <= now:
            return False
        message.state, message.due_at, message.last_at = "sending", until, now
        return True

    def _count(self, dispatch: Dispatch, outcome: Outcome, now: int) -> None:
        minute = now // MINUTE
        dispatch.tally[minute, "sent"] += outcome.state == "sent"
        dispatch.tally[minute, "answers"] += outcome is not UNTRIED
        dispatch.tally[minute, "refusals"] += outcome.refusal

    def _spread(self, job: Job, outcome: Outcome) -> None:
        if outcome.address:
            self.ledger.penalise(job.issue, job.subscriber, outcome.address, outcome.code)
        if outcome.state == "sent":
            for key in job.troubled:
                self._change(key, relieved)
        elif outcome.wider:
            self._widen(job.issue, job.domain, outcome)

    def _widen(self, issue: int, domain: str, outcome: Outcome) -> None:
        if outcome.wider == "pause":
            self._pause(issue, pause_reason(outcome))
        elif outcome.wider == "slow":
            self._change(domain, slower)
        elif outcome.wider:
            self._change(OVERALL if outcome.wider == "rest all" else domain, rested)

    def _raise_alarm(self, dispatch: Dispatch, now: int) -> None:
        since = (now - WINDOW) // MINUTE
        recent = [(what, n) for (minute, what), n in dispatch.tally.items() if minute > since]
        refusals = sum(n for what, n in recent if what == "refusals")
        if is_alarming(refusals, sum(n for what, n in recent if what == "answers")):
            self._pause(dispatch.mailing.id, pause_reason(None))

    def _pause(self, issue: int, reason: str) -> None:
        if self.ledger.mailing(issue).state == "sending":
            self.ledger.pause(issue, reason)

    def _change(self, key: str, how: Callable[[Rate, int], Rate]) -> None:
        before = self.ledger.rates.get(key, Rate(key))
        self.ledger.rates[key] = how(before, self.ledger.clock())

    def release(self, claim: Claim) -> None:
        """Give back what was claimed and not begun."""
        with self.ledger.lock:
            messages = self.ledger.dispatch(claim.issue).messages if claim.jobs else {}
            for job in claim.jobs:
                message = messages[job.subscriber]
                if message.claim == claim.token and message.state == "claimed":
                    message.give_back()

    def trouble(self, claim: Claim, reply: Reply | ConnectionLost) -> Outcome:
        """No connection can be had: rest or pause, and release the claim."""
        outcome = verdict(reply)
        with self.ledger.lock:
            self._widen(claim.issue, "", outcome)
            self.release(claim)
        return outcome


def _unfinished(dispatch: Dispatch) -> list[Message]:
    return [message for message in dispatch.messages.values() if message.due_at is not None]


def _record(message: Message, claim: Claim, outcome: Outcome, now: int) -> None:
    if message.claim != claim.token or message.state not in ("sending", "held"):
        return
    message.state = "sending" if outcome.state == "doubt" else outcome.state
    message.due_at = due_at(outcome, now)
    message.attempts += outcome.counted and outcome.state == "retry"
    message.refusals += outcome.refusal
    message.code, message.last_at = outcome.code, now
    message.reply = "" if outcome.state == "sent" else redacted(outcome.reply, message.address)
    if outcome.state != "ready" and message.first_at is None:
        message.first_at = now
