"""What a reply means, for one message and for all that are still to go: a table, and nothing else.

The first rule that fits is taken. Codes are RFC 5321 section 4.2, enhanced codes RFC 3463.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from feeds.delivery.transports.base import ConnectionLost, Reply

MINUTE = 60_000_000
HOUR = 60 * MINUTE
WAITS = (5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 67 * MINUTE)
"""How long after the first, second … deferral the next attempt comes; the last one ever after."""
PATIENCE = 48 * HOUR
"""How long a message is tried, from its first attempt on."""

State = Literal["sent", "retry", "failed", "expired", "ready", "doubt"]
Wider = Literal["", "rest", "rest all", "slow", "pause"]


@dataclass(frozen=True, slots=True)
class History:
    """What came before this reply."""

    attempts: int = 0
    """Earlier replies that counted."""
    refusals: int = 0
    """Earlier replies that said: not from you."""
    age: int = 0
    """Microseconds since the first attempt."""


NEW = History()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a message, of its address, and of others on their way."""

    state: State
    wait: int = 0
    """Microseconds until it is tried again."""
    counted: bool = True
    """Whether the wait after the next such reply is to be longer."""
    refusal: bool = False
    """Whether they refuse us, and not the address."""
    address: Literal["", "suppress", "strike"] = ""
    """`suppress`: never again; `strike`: never again after three different issues."""
    wider: Wider = ""
    """`rest`: the domain rests; `rest all`: everything does; `slow`: half the rate; `pause`: the issue."""
    code: str = ""
    reply: str = ""


UNTRIED = Outcome("ready", counted=False)
"""It was to be sent, and then was not: the sender had to stop, or lost its connection before."""


def verdict(reply: Reply | ConnectionLost | None, history: History = NEW) -> Outcome:
    """The outcome of a reply to one message with that history; None where it was never tried."""
    if reply is None:
        return UNTRIED
    if isinstance(reply, Reply) and reply.accepted:
        return _sent(_code(reply))
    if isinstance(reply, ConnectionLost):
        outcome = _lost(reply)
        said = replace(outcome, code="lost", reply=f"at {reply.stage}: {reply.reason}")
    else:
        outcome = next(rule for fits, rule in _RULES if fits(reply))(history)
        said = replace(outcome, code=_code(reply), reply=reply.text)
    if said.state == "retry" and history.age + said.wait > PATIENCE:
        return replace(said, state="expired", wait=0)
    return said


def _lost(lost: ConnectionLost) -> Outcome:
    if lost.stage == "after-dot":
        return Outcome("doubt", counted=False)
    return _rests_all() if lost.stage in _DOOR or lost.stage == "connect" else _rests()


_DOOR = ("banner", "ehlo", "starttls", "auth")
_OUR_LOGIN = (530, 534, 535, 538)
_NO_SUCH_ADDRESS = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")
_FULL_OR_OFF = ("5.2.1", "5.2.2")


@lru_cache(maxsize=1_000)
def _sent(code: str) -> Outcome:
    # What nearly every message comes to, so it is made once; the server's words are not kept.
    return Outcome("sent", code=code)


def _code(reply: Reply) -> str:
    return f"{reply.code:03d} {reply.enhanced}".rstrip()


def _settings(history: History | None = None) -> Outcome:
    return Outcome("ready", counted=False, wider="pause")


def _rests(history: History | None = None) -> Outcome:
    return Outcome("retry", WAITS[0], counted=False, wider="rest")


def _rests_all(history: History | None = None) -> Outcome:
    return Outcome("ready", counted=False, wider="rest all")


def _nobody(history: History) -> Outcome:
    return Outcome("failed", address="suppress")


def _trouble(history: History) -> Outcome:
    return Outcome("failed", address="strike")


def _refused(history: History) -> Outcome:
    if history.refusals:
        return Outcome("failed", refusal=True)
    return Outcome("retry", HOUR, refusal=True)


def _slower(history: History) -> Outcome:
    return Outcome("retry", WAITS[0], counted=False, wider="slow")


def _later(history: History) -> Outcome:
    return Outcome("retry", WAITS[min(history.attempts, len(WAITS) - 1)])


def _ours(history: History) -> Outcome:
    return Outcome("failed")


def _enhanced(reply: Reply) -> str:
    """The enhanced code, where it is of the reply's own class and says anything."""
    general = reply.enhanced[1:] in ("", ".0.0")
    return "" if general or reply.enhanced[0] != str(reply.code)[0] else reply.enhanced


def _is_too_large(reply: Reply) -> bool:
    if reply.enhanced == "5.3.4":
        return True
    return reply.code == 552 and not _enhanced(reply) and reply.stage != "rcpt"


def _is_policy(reply: Reply) -> bool:
    enhanced = _enhanced(reply)
    return enhanced.startswith("5.7.") or (reply.code == 554 and not enhanced)


_RULES: tuple[tuple[Callable[[Reply], bool], Callable[[History], Outcome]], ...] = (
    (lambda r: r.code in _OUR_LOGIN or _is_too_large(r), _settings),
    (lambda r: r.stage == "starttls", _settings),
    (lambda r: r.stage in _DOOR and not 400 <= r.code < 500, _settings),
    (lambda r: r.stage in _DOOR, _rests_all),
    (lambda r: r.code == 421, _rests),
    (lambda r: _enhanced(r) in _NO_SUCH_ADDRESS, _nobody),
    (lambda r: _enhanced(r) in _FULL_OR_OFF, _trouble),
    (_is_policy, _refused),
    (lambda r: _enhanced(r).startswith("4.7.") or r.code == 454, _slower),
    (lambda r: r.code >= 500, _trouble),
    (lambda r: r.code >= 100, _later),
    (lambda r: True, _ours),
)
