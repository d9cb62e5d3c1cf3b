"""One contract for every transport: the mail server, the outbox, the memory and the four providers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from feeds.delivery.transports import ConnectionLost, Envelope, Reply, Transport
from feeds.delivery.transports.memory import Memory
from feeds.delivery.transports.outbox import Outbox
from feeds.delivery.verdicts import verdict
from tests.delivery_messages.conftest import relay
from tests.delivery_messages.sink import USUAL, Sink, Step, drop, say
from tests.providers.conftest import HURRIED, NAMES, Stand, letter, standing
from tests.providers.fake import Behaviour, Says

WAYS = ("smtp", "memory", "outbox", *NAMES)
FAILING = tuple(way for way in WAYS if way != "outbox")


@dataclass
class Way:
    """A transport, how many messages it has handed over, and how to make it fail."""

    transport: Transport
    count: Callable[[], int]
    lose: Callable[[], None] = lambda: None
    """The next message is taken, and nobody says so."""
    put_off: Callable[[], None] = lambda: None
    """The next message is refused for now."""
    safe: bool = False
    """Whether what was lost may be sent again."""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def make(name: str, stack: ExitStack, folder: Path) -> Way:
    if name == "memory":
        memory = Memory()
        later = Reply(451, "4.3.0", "later", "dot")
        return Way(
            memory,
            lambda: len(memory.sent),
            lambda: memory.will([ConnectionLost("after-dot")]),
            lambda: memory.will([later]),
        )
    if name == "outbox":
        return Way(Outbox(folder), lambda: len(list(folder.glob("*.eml"))))
    if name == "smtp":
        script: dict[str, list[Step]] = {}
        sink = stack.enter_context(Sink(script).running())

        def at_the_dot(step: Step) -> None:
            script["dot"] = [say(USUAL["dot"])] * sink.seen.get("dot", 0) + [step]

        return Way(
            relay(sink),
            lambda: len(sink.taken),
            lambda: at_the_dot(drop),
            lambda: at_the_dot(say("451 4.3.0 later")),
        )
    stand = stack.enter_context(standing(name))
    return Way(
        stand.transport,
        lambda: len(stand.taken.content),
        lambda: stand.fake.will.append("drop"),
        lambda: stand.fake.will.append(Says(503, {"message": "later"})),
        safe=stand.transport.provider.repeatable,
    )


@pytest.mark.parametrize("name", WAYS)
def test_one_connection_takes_many_messages(name: str, stack: ExitStack, tmp_path: Path) -> None:
    way = make(name, stack, tmp_path)
    connection = way.transport.open()
    for number in (1, 2, 3):
        reply = connection.send(letter(number))
        assert reply.accepted
        assert reply.text
        assert bool(reply.number) == (name in NAMES)
        assert verdict(reply).state == "sent"
    assert way.count() == 3
    connection.close()
    connection.close()


@pytest.mark.parametrize("name", FAILING)
def test_E14_lost_after_all_was_sent(name: str, stack: ExitStack, tmp_path: Path) -> None:
    way = make(name, stack, tmp_path)
    connection = way.transport.open()
    assert connection.send(letter(1)).accepted
    way.lose()
    with pytest.raises(ConnectionLost) as lost:
        connection.send(letter(2))
    outcome = verdict(lost.value)
    assert (outcome.state, outcome.counted) == ("retry" if way.safe else "doubt", False)
    with pytest.raises(ConnectionLost):  # of no more use
        connection.send(letter(3))
    connection.close()
    again = way.transport.open()
    assert again.send(letter(3)).accepted
    again.close()


@pytest.mark.parametrize("name", FAILING)
def test_put_off_the_connection_goes_on(name: str, stack: ExitStack, tmp_path: Path) -> None:
    way = make(name, stack, tmp_path)
    connection = way.transport.open()
    way.put_off()
    outcome = verdict(connection.send(letter(1)))
    assert (outcome.state, outcome.counted, outcome.wider) == ("retry", True, "")
    assert connection.send(letter(1)).accepted
    connection.close()


@pytest.mark.parametrize("name", WAYS)
def test_a_closed_connection_sends_nothing(name: str, stack: ExitStack, tmp_path: Path) -> None:
    if name == "outbox":  # which has nothing to close
        assert make(name, stack, tmp_path).transport.open().send(letter(1)).accepted
        return
    way = make(name, stack, tmp_path)
    connection = way.transport.open()
    connection.close()
    with pytest.raises(ConnectionLost, match="closed"):
        connection.send(letter(1))
    assert way.count() == 0


@pytest.mark.parametrize("name", NAMES)
def test_nobody_at_the_door(name: str) -> None:
    with standing(name) as stand:
        way = stand.transport
    with pytest.raises(ConnectionLost) as lost:
        way.open()
    assert (lost.value.stage, verdict(lost.value).wider) == ("connect", "rest all")


def heavy() -> Envelope:
    """More than any buffer between us holds, so that a hang-up is noticed in the middle."""
    head = b"From: news@example.org\r\nSubject: x\r\n\r\n"
    return replace(letter(), content=head + (b"x" * 900 + b"\r\n") * 10_000)


@pytest.mark.parametrize(
    ("behaviour", "stage"), [("hang up early", "request"), ("silence", "answer"), ("gibberish", "answer")]
)
def test_how_far_it_got_decides(stand: Stand, behaviour: Behaviour, stage: str) -> None:
    stand.patience = HURRIED
    envelope = heavy() if stage == "request" else letter()
    with stand.talking() as connection:
        stand.fake.will.append(behaviour)
        with pytest.raises(ConnectionLost) as lost:
            connection.send(envelope)
    safe = stage == "request" or stand.transport.provider.repeatable
    assert lost.value.stage == ("dot" if safe else "after-dot"), lost.value
    assert len(stand.taken.content) == (0 if stage == "request" else 1)


def test_repeated_by_resend_it_is_one_message() -> None:
    with standing("resend") as stand:
        stand.fake.will.append("drop")
        with stand.talking() as connection, pytest.raises(ConnectionLost) as lost:
            connection.send(letter())
        assert verdict(lost.value).state == "retry"
        with stand.talking() as connection:
            reply = connection.send(letter())
        assert reply.accepted
        assert len(stand.fake.asked) == 2
        assert list(stand.taken.content) == [reply.text]


def envelope_of(recipient: str) -> Envelope:
    made = letter()
    return Envelope(made.sender, recipient, made.content)


def test_E07_an_address_beyond_ascii_is_not_given_away(stand: Stand) -> None:
    with stand.talking() as connection:
        reply = connection.send(envelope_of("ü@example.net"))
    assert (reply.code, reply.enhanced) == (553, "5.6.7")
    assert stand.fake.asked == []
