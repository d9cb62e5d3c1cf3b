"""SMTP against a server that does everything wrong: each reply, each silence, each lost connection."""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from feeds.delivery.faultpoints import ARMED
from feeds.delivery.message import template
from feeds.delivery.transports import ConnectionLost, Envelope, Refused, Reply
from feeds.delivery.transports.base import Stage
from feeds.errors import DeliveryError
from tests.delivery_messages.conftest import (
    CONTENT,
    SHORT,
    hurried,
    make_digest,
    make_envelope,
    make_personal,
    relay,
    sent,
    talking,
)
from tests.delivery_messages.sink import (
    Line,
    Sink,
    Step,
    dribble,
    drop,
    late,
    raw,
    reset,
    say,
    silence,
    then_drop,
    wait_until,
)

PLAIN_OFFERS = ("8BITMIME",)
OFFERS = (("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"), PLAIN_OFFERS)
Script = Mapping[str, Step | Sequence[Step]]


def answered(
    script: Script, offers: Sequence[str] = OFFERS[0], short: Sequence[Stage] = ()
) -> tuple[Reply | ConnectionLost, Sink]:
    """What becomes of one message, with little patience at some stages."""
    with Sink(script, offers).running() as sink:
        connection = relay(sink, hurried(*short)).open()
        try:
            return connection.send(make_envelope()), sink
        except ConnectionLost as lost:
            return lost, sink
        finally:
            connection.close()


@pytest.mark.parametrize("offers", OFFERS, ids=["pipelining", "in turn"])
def test_a_message_is_taken_and_the_connection_kept(offers: Sequence[str]) -> None:
    with Sink(offers=offers).running() as sink:
        connection = relay(sink).open()
        for number in range(3):
            reply = connection.send(make_envelope(f"reader{number}@example.net"))
            assert reply == Reply(250, "2.0.0", "taken", "dot")
            assert reply.accepted
        connection.close()
        connection.close()
    assert sink.taken == [CONTENT] * 3
    assert len(sink.links) == 1
    assert sink.log[1:5] == [
        "MAIL FROM:<bounce@example.org>",
        "RCPT TO:<reader0@example.net>",
        "DATA",
        ".",
    ]
    assert sink.log[-1] == "QUIT"


# Every row of the table of replies: what was said, at which command.
ROWS = [
    ("mail", "421 4.3.2 going down", 421, "4.3.2"),
    ("rcpt", "421 4.7.0 too many", 421, "4.7.0"),
    ("data", "421 no more", 421, ""),
    ("mail", "450 4.2.1 try later", 450, "4.2.1"),
    ("rcpt", "450 4.2.0 greylisted", 450, "4.2.0"),
    ("rcpt", "451 4.3.0 local error", 451, "4.3.0"),
    ("rcpt", "452 4.2.2 mailbox full", 452, "4.2.2"),
    ("rcpt", "454 4.7.1 rate", 454, "4.7.1"),
    ("rcpt", "550 5.1.1 no such user", 550, "5.1.1"),
    ("rcpt", "553 5.1.3 bad address", 553, "5.1.3"),
    ("rcpt", "550 5.2.1 disabled", 550, "5.2.1"),
    ("rcpt", "552 5.2.2 full", 552, "5.2.2"),
    ("mail", "530 5.7.0 log in first", 530, "5.7.0"),
    ("mail", "552 5.3.4 too large", 552, "5.3.4"),
    ("data", "554 5.5.1 no valid recipients", 554, "5.5.1"),
    ("dot", "421 4.3.0 going down", 421, "4.3.0"),
    ("dot", "450 4.7.1 later", 450, "4.7.1"),
    ("dot", "550 5.7.1 policy", 550, "5.7.1"),
    ("dot", "552 5.3.4 too large", 552, "5.3.4"),
    ("dot", "554 5.7.0 spam", 554, "5.7.0"),
]


@pytest.mark.parametrize("offers", OFFERS, ids=["pipelining", "in turn"])
@pytest.mark.parametrize(("stage", "said", "code", "enhanced"), ROWS, ids=[f"{r[0]} {r[1]}" for r in ROWS])
def test_E13_every_refusal_is_told_with_its_code_and_stage(
    stage: str, said: str, code: int, enhanced: str, offers: Sequence[str]
) -> None:
    step = then_drop(say(said)) if code == 421 else say(said)
    with Sink({stage: [step]}, offers).running() as sink:
        connection = relay(sink).open()
        reply = connection.send(make_envelope())
        assert (reply.code, reply.enhanced, reply.stage) == (code, enhanced, stage)
        assert not reply.accepted
        assert sink.taken.count(CONTENT) == (stage == "dot")  # what was refused before is not sent
        if code == 421:
            with pytest.raises(ConnectionLost):
                connection.send(make_envelope())
        else:
            assert connection.send(make_envelope("next@example.net")).accepted
            assert sink.taken[-1] == CONTENT
        connection.close()


DROPS: list[tuple[str, Stage]] = [
    ("mail", "mail"),
    ("rcpt", "rcpt"),
    ("data", "data"),
    ("dot", "after-dot"),
]


@pytest.mark.parametrize("offers", OFFERS, ids=["pipelining", "in turn"])
@pytest.mark.parametrize("how", [drop, reset, silence, raw(b"25")], ids=["drop", "reset", "silence", "half"])
@pytest.mark.parametrize(("verb", "stage"), DROPS, ids=[verb for verb, _ in DROPS])
def test_E14_a_lost_connection_is_named_by_its_stage(
    verb: str, stage: Stage, how: Step, offers: Sequence[str]
) -> None:
    found, sink = answered({verb: how}, offers, [stage])
    assert isinstance(found, ConnectionLost)
    # A reset may take answers with it that had come already: then the stage is an earlier one.
    assert found.stage == stage or (how is reset and found.stage in ("mail", "rcpt", "data"))
    assert sink.taken.count(CONTENT) == (stage == "after-dot")  # in doubt, and only then


@pytest.mark.parametrize("stage", ["banner", "ehlo"])
@pytest.mark.parametrize("how", [drop, silence, say("nonsense")], ids=["drop", "silence", "nonsense"])
def test_a_connection_that_never_begins_is_named_by_its_stage(stage: str, how: Step) -> None:
    with Sink({stage: how}).running() as sink, pytest.raises(ConnectionLost) as lost:
        relay(sink, hurried("banner", "ehlo")).open()
    assert lost.value.stage == stage


@pytest.mark.parametrize(
    ("stage", "said", "code"),
    [
        ("banner", "554 5.7.1 not from you", 554),
        ("banner", "421 4.7.0 too many connections", 421),
        ("ehlo", "550 who are you?", 550),
        ("ehlo", "502 what?", 502),
    ],
)
def test_E13_a_door_that_stays_shut_is_a_refusal(stage: str, said: str, code: int) -> None:
    with Sink({stage: say(said)}).running() as sink, pytest.raises(Refused) as refusal:
        relay(sink).open()
    assert (refusal.value.reply.code, refusal.value.reply.stage) == (code, stage)


def test_nobody_there_is_lost_at_connect() -> None:
    with Sink().running() as sink:
        pass
    with pytest.raises(ConnectionLost, match="refused") as lost:
        relay(sink).open()
    assert lost.value.stage == "connect"
    with pytest.raises(ConnectionLost):
        relay(sink, host="nowhere.invalid").open()


@pytest.mark.parametrize("verb", ["banner", "ehlo", "mail", "dot"])
def test_one_byte_at_a_time_does_not_outlive_our_patience(verb: str) -> None:
    step = dribble(b"250 " + b"x" * 1000, 0.05)
    stage: Stage = "after-dot" if verb == "dot" else cast(Stage, verb)
    with Sink({verb: step}).running() as sink, pytest.raises(ConnectionLost, match="timed out") as lost:
        began = time.monotonic()
        with talking(sink, patience=hurried(stage)) as connection:
            connection.send(make_envelope())
    assert lost.value.stage == stage
    assert time.monotonic() - began < 10  # at that pace the whole reply takes fifty seconds


def test_a_slow_answer_in_time_is_an_answer() -> None:
    found, _ = answered({"dot": dribble(b"250-2.0.0 ta\r\n250 2.0.0 ken\r\n", 0.005)})
    assert found == Reply(250, "2.0.0", "ta ken", "dot")


BROKEN = [
    b"x" * 5000 + b"\r\n",
    b"x" * 50_000,
    b"250 " + b"x" * 5000 + b"\r\n",
    b"250-more\r\n" * 200,
    b"250-yes\r\n550 no\r\n",
    b"2505 what\r\n",
    b"25\r\n",
    b"\r\n",
    b"\0\0\0\r\n",
    b"999 what\r\n",
    b"150 what\r\n",
    "２５０ ok\r\n".encode(),
    b"-250 ok\r\n",
    b"250ok\r\n",
    b"354 go on\r\n",
]


@pytest.mark.parametrize("verb", ["mail", "dot"])
@pytest.mark.parametrize("reply", BROKEN, ids=[ascii(each[:20]) for each in BROKEN])
def test_a_broken_reply_loses_the_connection_and_after_the_dot_makes_doubt(reply: bytes, verb: str) -> None:
    found, _ = answered({verb: then_drop(raw(reply))})
    assert isinstance(found, ConnectionLost)
    assert found.stage == ("after-dot" if verb == "dot" else "mail")
    assert len(str(found)) < 700


def test_a_reply_is_one_printable_line_however_it_came() -> None:
    found, _ = answered(
        {"rcpt": say("550-5.1.1 no such\x1b[31m user\x07", "550-5.1.1 " + "x" * 3000, "550 5.1.1 naïve")}
    )
    assert isinstance(found, Reply)
    assert found.enhanced == "5.1.1"
    assert found.text.isprintable()
    assert found.text.startswith("no such\\x1b[31m user\\x07 x")
    assert len(found.text) <= 520


def test_an_enhanced_code_of_another_class_is_not_believed() -> None:
    found, _ = answered({"rcpt": say("450 5.1.1 confused")})
    assert found == Reply(450, "", "5.1.1 confused", "rcpt")


def test_E15_ten_minutes_after_the_dot_are_waited_for() -> None:
    from feeds.delivery.transports.wire import PATIENCE

    assert PATIENCE["after-dot"] >= 600  # RFC 5321 section 4.5.3.2.6
    found, _ = answered({"dot": late(SHORT * 2, say("250 2.0.0 at last"))}, short=["dot"])
    assert isinstance(found, Reply)
    assert found.accepted


def test_a_server_that_wants_content_for_nobody_gets_none() -> None:
    found, sink = answered({"rcpt": [say("550 5.1.1 no")], "dot": say("554 no recipients")})
    assert isinstance(found, Reply)
    assert (found.code, found.stage) == (550, "rcpt")
    assert sink.taken == [b"\r\n"]


def test_a_refusal_stands_even_if_the_connection_is_lost_after_it() -> None:
    found, _ = answered({"rcpt": then_drop(say("550 5.1.1 no"))})
    assert isinstance(found, Reply)
    assert found.code == 550


def test_a_refusal_in_the_middle_of_a_message_is_heard() -> None:
    def full(line: Line) -> None:
        line.link.sendall(b"354 go on\r\n")
        line.read(b"y")
        line.link.sendall(b"552 5.3.4 enough\r\n")
        line.stopped.wait(0.3)
        line.link.close()

    with Sink({"data": full}).running() as sink:
        connection = relay(sink).open()
        large = make_envelope(content=b"Subject: y\r\n\r\n" + (b"x" * 900 + b"\r\n") * 9000)
        try:
            found: Reply | ConnectionLost = connection.send(large)
        except ConnectionLost as lost:  # the reset can be faster than the words
            found = lost
        assert getattr(found, "code", 552) == 552
        assert found.stage in ("dot", "after-dot")
        connection.close()


def test_words_out_of_turn_are_not_taken_for_an_answer() -> None:
    found, sink = answered({"data": raw(b"354 go on\r\n250 2.0.0 taken already\r\n")})
    assert isinstance(found, ConnectionLost)
    assert found.stage == "data"
    assert not sink.taken


def test_an_idle_connection_that_was_closed_is_lost_before_mail() -> None:
    with Sink({"dot": [then_drop(raw(b"250 ok\r\n421 4.4.2 idle\r\n"))]}).running() as sink:
        with talking(sink) as connection:
            assert connection.send(make_envelope()).accepted
            try:
                assert connection.send(make_envelope()).code == 421
            except ConnectionLost as lost:
                assert lost.stage == "mail"
        assert len(sink.taken) == 1


def test_E07_an_address_beyond_ascii_needs_a_relay_that_takes_it() -> None:
    personal = make_personal(address="ü@bücher.example", name="")
    envelope = template(make_digest()).envelope(personal)
    with Sink().running() as sink:
        reply = sent(sink, envelope)
        assert (reply.code, reply.enhanced) == (553, "5.6.7")
        assert not any(line.startswith("MAIL") for line in sink.log)
    with Sink(offers=("PIPELINING", "8BITMIME", "SMTPUTF8")).running() as sink:
        assert sent(sink, envelope).accepted
        assert sink.log[1].endswith("> BODY=8BITMIME SMTPUTF8")
        assert sink.log[2] == "RCPT TO:<ü@xn--bcher-kva.example>"
        assert sent(sink, make_envelope()).accepted
        assert [line for line in sink.log if "SMTPUTF8" in line] == sink.log[1:2]


@pytest.mark.parametrize(
    "address", ["x@y>\r\nRCPT TO:<victim@example.com", "x@y.example\n", "", "x", "<x@y>"]
)
def test_E09_no_such_address_reaches_the_wire(address: str) -> None:
    with pytest.raises(DeliveryError):
        make_envelope(address)
    with pytest.raises(DeliveryError):
        Envelope(address or "a b@c", "x@example.org", CONTENT)


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: x\r\n\r\na\r.\rb\r\n",
        b"Subject: x\r\n\r\n\n.\nMAIL FROM:<x@y>\r\n",
        b"Subject: x\r\n\r\na\r\n.\nb\r\n",
        b"Subject: x\r\n\r\n" + b"x" * 999 + b"\r\n",
        b"Subject: x\r\n\r\nno end",
    ],
)
def test_E11_E12_what_could_smuggle_a_message_is_not_sent(content: bytes) -> None:
    with Sink().running() as sink:
        with pytest.raises(DeliveryError):
            sent(sink, make_envelope(content=content))
        assert not any(line.startswith("MAIL") for line in sink.log)


def test_dots_are_doubled_where_they_are_not_ready() -> None:
    with Sink().running() as sink:
        content = b"Subject: x\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n"
        assert sent(sink, make_envelope(content=content)).accepted
        assert sink.taken == [b"Subject: x\r\n\r\n..\r\n...\r\n..a\r\nb.\r\n"]
        made = template(make_digest(text=".\n..\n.a")).envelope(make_personal())
        assert sent(sink, made).accepted
        assert sink.taken[1] == made.content


def test_a_message_larger_than_the_relay_takes_is_not_offered() -> None:
    with Sink(offers=("SIZE 10",)).running() as sink:
        reply = sent(sink, make_envelope())
        assert (reply.code, reply.enhanced, reply.stage) == (552, "5.3.4", "mail")
        assert not any(line.startswith("MAIL") for line in sink.log)
    with Sink(offers=("SIZE",)).running() as sink:
        assert sent(sink, make_envelope()).accepted
        assert sink.log[1].endswith(f"> SIZE={len(CONTENT)}")


def test_hello_is_a_name_or_our_address() -> None:
    with Sink().running() as sink:
        relay(sink, hello="mail.example.org").open().close()
        relay(sink).open().close()
        names = [line for line in sink.log if line.startswith("EHLO")]
    assert names[0] == "EHLO mail.example.org"
    assert re.fullmatch(r"EHLO (\[127\.0\.0\.1\]|[\w-]+(\.[\w-]+)+)", names[1])


def login(line: Line) -> None:
    """AUTH LOGIN as a server speaks it."""
    line.link.sendall(b"334 VXNlcm5hbWU6\r\n")
    user = base64.b64decode(line.read(b"\r\n"))
    line.link.sendall(b"334 UGFzc3dvcmQ6\r\n")
    password = base64.b64decode(line.read(b"\r\n"))
    line.link.sendall(b"235 ok\r\n" if (user, password) == (b"me", b"secret") else b"535 5.7.8 no\r\n")


@pytest.mark.parametrize(("ways", "script"), [("PLAIN LOGIN", {}), ("LOGIN", {"auth": login})])
def test_logging_in_is_by_plain_or_login(ways: str, script: Script) -> None:
    with Sink(script, offers=(f"AUTH {ways}", "PIPELINING")).running() as sink:
        with talking(sink, user="me", password="secret") as connection:
            assert connection.send(make_envelope()).accepted
        if not script:
            assert sink.log[1] == "AUTH PLAIN " + base64.b64encode(b"\0me\0secret").decode()


@pytest.mark.parametrize(
    ("ways", "script", "code"),
    [
        ("PLAIN", {"auth": say("535 5.7.8 secret is wrong")}, 535),
        ("PLAIN", {"auth": say("454 4.7.0 later")}, 454),
        ("LOGIN", {"auth": login}, 535),
        ("CRAM-MD5", {}, 0),
        ("", {}, 0),
    ],
)
def test_E13_a_refused_login_is_told_without_the_password(ways: str, script: Script, code: int) -> None:
    password = "other" if script == {"auth": login} else "secret"
    with Sink(script, offers=(f"AUTH {ways}",)).running() as sink, pytest.raises(Refused) as refusal:
        relay(sink, user="me", password=password).open()
    assert (refusal.value.reply.code, refusal.value.reply.stage) == (code, "auth")
    assert "secret" not in str(refusal.value)


def test_a_login_that_ends_in_silence_or_nonsense_is_lost() -> None:
    for step in (silence, drop, say("250 fine")):
        with Sink({"auth": step}, offers=("AUTH PLAIN",)).running() as sink:
            with pytest.raises(ConnectionLost) as lost:
                relay(sink, hurried("auth"), user="me", password="secret").open()
            assert lost.value.stage == "auth"


KILLED = """
import sys
from feeds.delivery.transports import Envelope, transport
relay = transport(f"smtp+plain://127.0.0.1:{sys.argv[1]}").open()
print(relay.send(Envelope("b@example.org", "a@example.org", b"Subject: x\\r\\n\\r\\nHello.\\r\\n")))
"""


@pytest.mark.parametrize(
    ("point", "offers", "last", "taken"),
    [
        ("ehlo", OFFERS[0], "", 0),
        ("mail", OFFERS[0], "EHLO", 0),
        ("rcpt", PLAIN_OFFERS, "MAIL", 0),
        ("data", PLAIN_OFFERS, "RCPT", 0),
        ("dot", OFFERS[0], "DATA", 0),
        ("after-dot", OFFERS[0], ".", 1),
    ],
)
def test_a_process_killed_at_a_verb_has_sent_nothing_of_it(
    point: str, offers: Sequence[str], last: str, taken: int
) -> None:
    with Sink(offers=offers).running() as sink:
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(sink.port)],
            env={**os.environ, ARMED: f"smtp {point}:1"},
            capture_output=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL
        wait_until(lambda: len(sink.taken) == taken)
        assert [line.split(" ")[0] for line in sink.log][-1:] == ([last] if last else [])
