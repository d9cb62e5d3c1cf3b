"""What each reply means: the table of delivery, row by row."""

from __future__ import annotations

import pytest

from feeds.delivery.transports.base import ConnectionLost, Reply, Stage
from feeds.delivery.verdicts import HOUR, MINUTE, PATIENCE, UNTRIED, History, Outcome, verdict

SENT = "sent", "", ""
LATER = "retry", "", ""
RESTS = "retry", "", "rest"
ALL_REST = "ready", "", "rest all"
SLOWER = "retry", "", "slow"
NOBODY = "failed", "suppress", ""
TROUBLE = "failed", "strike", ""
OUR_FAULT = "ready", "", "pause"
REFUSED = "retry", "", ""
OURS = "failed", "", ""

TABLE: list[tuple[str, Stage, tuple[str, str, str]]] = [
    ("250 2.0.0", "dot", SENT),
    ("250", "dot", SENT),
    ("421", "banner", ALL_REST),
    ("421 4.3.2", "ehlo", ALL_REST),
    ("421", "mail", RESTS),
    ("421 4.7.0", "rcpt", RESTS),
    ("421", "data", RESTS),
    ("421", "dot", RESTS),
    ("450", "rcpt", LATER),
    ("450 4.2.0", "rcpt", LATER),
    ("451", "dot", LATER),
    ("452", "rcpt", LATER),
    ("452 4.2.2", "rcpt", LATER),
    ("451 4.2.1", "dot", LATER),
    ("431 4.3.1", "mail", LATER),
    ("450 4.7.1", "rcpt", SLOWER),
    ("451 4.7.0", "dot", SLOWER),
    ("454", "rcpt", SLOWER),
    ("550 5.1.1", "rcpt", NOBODY),
    ("550 5.1.2", "rcpt", NOBODY),
    ("553 5.1.3", "rcpt", NOBODY),
    ("551 5.1.6", "rcpt", NOBODY),
    ("556 5.1.10", "rcpt", NOBODY),
    ("550 5.1.1", "dot", NOBODY),
    ("550 5.2.1", "rcpt", TROUBLE),
    ("552 5.2.2", "rcpt", TROUBLE),
    ("552 5.2.2", "dot", TROUBLE),
    ("550", "rcpt", TROUBLE),
    ("550 5.0.0", "rcpt", TROUBLE),
    ("552", "rcpt", TROUBLE),
    ("552 5.2.3", "dot", TROUBLE),
    ("554 5.4.14", "dot", TROUBLE),
    ("550 5.7.1", "rcpt", REFUSED),
    ("550 5.7.26", "dot", REFUSED),
    ("550 5.7.515", "dot", REFUSED),
    ("554", "dot", REFUSED),
    ("554", "rcpt", REFUSED),
    ("554 5.7.1", "mail", REFUSED),
    ("530 5.7.0", "mail", OUR_FAULT),
    ("530", "auth", OUR_FAULT),
    ("535 5.7.8", "auth", OUR_FAULT),
    ("538", "auth", OUR_FAULT),
    ("454 4.7.0", "starttls", OUR_FAULT),
    ("000", "starttls", OUR_FAULT),
    ("554", "banner", OUR_FAULT),
    ("554 5.7.1", "banner", OUR_FAULT),
    ("550", "ehlo", OUR_FAULT),
    ("552", "mail", OUR_FAULT),
    ("552", "dot", OUR_FAULT),
    ("552 5.3.4", "mail", OUR_FAULT),
    ("554 5.3.4", "dot", OUR_FAULT),
    ("454 4.7.0", "auth", ALL_REST),
    ("000", "rcpt", OURS),
]


def told(code: str, stage: Stage) -> Reply:
    """A reply by its codes."""
    number, _, enhanced = code.partition(" ")
    return Reply(int(number), enhanced, "words", stage)


@pytest.mark.parametrize(("code", "stage", "meant"), TABLE)
def test_E13_what_a_reply_means(code: str, stage: Stage, meant: tuple[str, str, str]) -> None:
    outcome = verdict(told(code, stage))
    assert (outcome.state, outcome.address, outcome.wider) == meant
    assert (outcome.code, outcome.reply) == (code, "" if meant == SENT else "words")


@pytest.mark.parametrize(
    ("stage", "meant"),
    [
        ("connect", ALL_REST),
        ("banner", ALL_REST),
        ("ehlo", ALL_REST),
        ("starttls", ALL_REST),
        ("auth", ALL_REST),
        ("mail", RESTS),
        ("rcpt", RESTS),
        ("data", RESTS),
        ("dot", RESTS),
        ("after-dot", ("doubt", "", "")),
    ],
)
def test_E14_a_lost_connection_is_a_doubt_only_after_the_dot(
    stage: Stage, meant: tuple[str, str, str]
) -> None:
    outcome = verdict(ConnectionLost(stage, "reset"), History(age=99 * HOUR if stage == "connect" else 0))
    assert (outcome.state, outcome.address, outcome.wider) == meant
    assert not outcome.counted


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 5), (1, 10), (2, 20), (3, 40), (4, 67), (5, 67), (40, 67)]
)
def test_how_long_a_deferral_waits(attempts: int, minutes: int) -> None:
    outcome = verdict(told("450", "rcpt"), History(attempts))
    assert (outcome.wait, outcome.counted) == (minutes * MINUTE, True)


@pytest.mark.parametrize("code", ["421", "450 4.7.1", "454"])
def test_a_reply_that_is_not_about_the_message_does_not_count(code: str) -> None:
    outcome = verdict(told(code, "rcpt"), History(attempts=7))
    assert (outcome.wait, outcome.counted) == (5 * MINUTE, False)


@pytest.mark.parametrize("code", ["450", "421", "450 4.7.1", "550 5.7.1"])
def test_nothing_is_tried_for_more_than_two_days(code: str) -> None:
    assert verdict(told(code, "rcpt"), History(age=PATIENCE)).state == "expired"
    assert verdict(told(code, "rcpt"), History(age=PATIENCE - HOUR)).state == "retry"


def test_a_refusal_of_us_is_tried_once_more_and_suppresses_nobody() -> None:
    first = verdict(told("550 5.7.1", "dot"))
    assert (first.state, first.wait, first.refusal) == ("retry", HOUR, True)
    second = verdict(told("550 5.7.1", "dot"), History(refusals=1))
    assert (second.state, second.refusal, second.address) == ("failed", True, "")


def test_an_enhanced_code_of_another_class_is_not_believed() -> None:
    assert verdict(told("450 5.1.1", "rcpt")).state == "retry"
    assert verdict(told("550 4.7.1", "rcpt")).state == "failed"


def test_what_was_never_tried_is_ready() -> None:
    assert verdict(None) == UNTRIED == Outcome("ready", counted=False)
