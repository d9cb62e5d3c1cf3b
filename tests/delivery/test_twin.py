"""The twin in memory and SQLite, driven side by side: whatever happens, they say the same."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from feeds.delivery.ledger import Claim, Job, Ledger, Limits, Sender, Terms, open_ledger
from feeds.delivery.memory import MemoryLedger
from feeds.delivery.transports.base import ConnectionLost, Reply
from feeds.errors import DeliveryError
from tests.delivery.examples import OK, FakeClock, draft, person

NUMBERS = st.integers(0, 5)
ANSWERS = st.sampled_from(
    [
        OK,
        OK,
        Reply(450, "4.2.0", "later", "rcpt"),
        Reply(450, "4.7.0", "slow", "rcpt"),
        Reply(421, "4.3.2", "bye", "mail"),
        Reply(550, "5.1.1", "nobody", "rcpt"),
        Reply(552, "5.2.2", "full", "rcpt"),
        Reply(550, "5.7.1", "blocked", "dot"),
        Reply(535, "5.7.8", "login", "auth"),
        ConnectionLost("after-dot", "reset"),
        ConnectionLost("connect", "refused"),
        None,
    ]
)
TERMS = st.sampled_from(
    [
        Terms(),
        Terms(on_doubt="resend"),
        Terms(limits=Limits(overall=2)),
        Terms(limits=Limits(domains={"d0.example.org": 0.5})),
    ]
)


def address(number: int) -> str:
    """Six readers of two domains."""
    return f"r{number}@d{number % 2}.example.org"


def plain(value: Any) -> Any:
    """A claim without its token, which each ledger makes for itself."""
    return replace(value, token="") if isinstance(value, Claim) else value


class Twins(RuleBasedStateMachine):
    """Everything that can be asked of a ledger, asked of both."""

    @initialize()
    def open(self) -> None:
        """Two ledgers that are empty, with one clock and one key."""
        shared = Path("/dev/shm")
        self.folder = tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None)
        self.clock = FakeClock()
        key = "the same key for both"
        self.twins: list[Ledger] = [
            MemoryLedger(clock=self.clock, secret=key.encode()),
            open_ledger(f"{self.folder.name}/ledger.db", clock=self.clock, key=key),
        ]
        self.contexts = [twin.sender() for twin in self.twins]
        self.senders: list[Sender] = [context.__enter__() for context in self.contexts]
        self.claims: list[tuple[Claim, ...]] = []
        self.begun: list[Job] = []
        self.issues: list[int] = []

    def both(self, ask: Callable[[Ledger], Any]) -> Any:
        """The same answer from both, or the same refusal."""
        return self._same([partial(ask, twin) for twin in self.twins])

    def _same(self, asked: list[Callable[[], Any]]) -> Any:
        said: list[Any] = []
        for ask in asked:
            try:
                said.append(ask())
            except DeliveryError as refusal:
                said.append(f"refused: {refusal}")
        assert plain(said[0]) == plain(said[1])
        return said

    @rule(number=NUMBERS, state=st.sampled_from(["active", "pending"]), again=st.booleans())
    def add(self, number: int, state: str, again: bool) -> None:
        self.both(lambda twin: twin.add("weekly", person(address(number), state=state), again=again))

    @rule(numbers=st.lists(NUMBERS, max_size=6))
    def enrol(self, numbers: list[int]) -> None:
        self.both(lambda twin: twin.enrol("weekly", [person(address(number)) for number in numbers]))

    @rule(number=NUMBERS)
    def unsubscribe(self, number: int) -> None:
        if found := self.twins[0].find("weekly", address(number)):
            self.both(lambda twin: twin.unsubscribe(found.id))

    @rule(number=NUMBERS)
    def confirm(self, number: int) -> None:
        if found := self.twins[0].find("weekly", address(number)):
            self.both(lambda twin: twin.confirm(found.id))

    @rule(number=NUMBERS)
    def suppress(self, number: int) -> None:
        self.both(lambda twin: twin.suppress(address(number), "complaint"))

    @rule(number=NUMBERS)
    def erase(self, number: int) -> None:
        self.both(lambda twin: twin.erase(address(number)))

    @rule(slot=st.sampled_from("123"))
    def freeze(self, slot: str) -> None:
        made, _ = self.both(lambda twin: twin.freeze(draft(slot)))
        if made:
            self.issues.append(made.id)
            self.both(lambda twin: twin.begin(made.id))

    @precondition(lambda self: self.issues)
    @rule(verb=st.sampled_from(["begin", "begin", "begin", "pause", "resend", "cancel"]), data=st.data())
    def steer(self, verb: str, data: st.DataObject) -> None:
        issue = data.draw(st.sampled_from(self.issues))
        self.both(lambda twin: getattr(twin, verb)(issue))

    @precondition(lambda self: self.issues)
    @rule(data=st.data(), wanted=st.integers(1, 4), terms=TERMS)
    def claim(self, data: st.DataObject, wanted: int, terms: Terms) -> None:
        issue = data.draw(st.sampled_from(self.issues))
        made = self._same([partial(one.claim, issue, wanted, terms) for one in self.senders])
        if made[0].jobs:
            self.claims.append(tuple(made))

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), count=st.integers(1, 4))
    def send(self, data: st.DataObject, count: int) -> None:
        claims = data.draw(st.sampled_from(self.claims))
        jobs = claims[0].jobs[:count]
        begun = self._step(claims, [], jobs)
        answers = [(job, data.draw(ANSWERS)) for job in begun]
        if data.draw(st.booleans()):
            self._step(claims, answers, ())
        if data.draw(st.booleans()):
            self._same([partial(one.release, claim) for one, claim in zip(self.senders, claims, strict=True)])

    def _step(self, claims: tuple[Claim, ...], answers: list[Any], jobs: tuple[Job, ...]) -> tuple[Job, ...]:
        pairs = list(zip(self.senders, claims, strict=True))
        said = self._same([partial(one.step, claim, answers, jobs) for one, claim in pairs])
        begun: tuple[Job, ...] = said[0].begun
        return begun

    @precondition(lambda self: self.claims)
    @rule(
        data=st.data(),
        answer=st.sampled_from([ConnectionLost("connect", "no"), Reply(535, "", "no", "auth")]),
    )
    def trouble(self, data: st.DataObject, answer: Any) -> None:
        claims = data.draw(st.sampled_from(self.claims))
        pairs = zip(self.senders, claims, strict=True)
        self._same([partial(one.trouble, claim, answer) for one, claim in pairs])

    @precondition(lambda self: self.issues)
    @rule(data=st.data(), number=NUMBERS, kind=st.sampled_from(["nobody", "trouble", "complaint"]))
    def bounce(self, data: st.DataObject, number: int, kind: Any) -> None:
        issue = data.draw(st.sampled_from(self.issues))
        if found := self.twins[0].find("weekly", address(number)):
            self.both(lambda twin: twin.bounced(issue, found.id, kind))

    @rule(minutes=st.sampled_from([0.005, 1, 6, 16, 70, 60 * 49]))
    def turn(self, minutes: float) -> None:
        self.clock.turn(minutes)

    @invariant()
    def say_the_same(self) -> None:
        """All that can be seen is the same."""
        if not hasattr(self, "twins"):
            return
        for issue in self.issues:
            self._same([partial(twin.status, issue) for twin in self.twins])
        self.both(lambda twin: list(twin.subscribers("weekly")))
        self.both(lambda twin: twin.stats("weekly"))
        self.both(lambda twin: twin.why("weekly", address(0)))
        self.both(lambda twin: twin.carried("weekly"))

    def teardown(self) -> None:
        """Let go of the files."""
        if hasattr(self, "twins"):
            for context in self.contexts:
                context.__exit__(None, None, None)
            self.twins[1].close()
            self.folder.cleanup()


TestTwins = Twins.TestCase
TestTwins.settings = settings(
    max_examples=int(os.environ.get("TWIN_EXAMPLES", "12")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
