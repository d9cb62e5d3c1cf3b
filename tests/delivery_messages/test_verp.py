"""Return paths: only ours are read, in any case, and no other text means the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.delivery.transports import Envelope
from feeds.delivery.verp import Verp, Whose
from feeds.errors import DeliveryError

VERP = Verp("bounces.example.org", (b"a key of sixteen and more",))
ISSUES = st.integers(0, 2**32 - 1)
SUBSCRIBERS = st.integers(0, 2**48 - 1)


@given(ISSUES, SUBSCRIBERS)
def test_what_was_made_is_read(issue: int, subscriber: int) -> None:
    path = VERP.return_path(issue, subscriber)
    assert VERP.bounced(path) == VERP.bounced(f"<{path.upper()}>, x@y") == Whose(issue, subscriber)
    assert VERP.numbered(VERP.message_id(issue, subscriber)) == Whose(issue, subscriber)
    assert len(path.partition("@")[0]) <= 64
    assert Envelope(path, "x@example.org", b"").sender == path


@given(ISSUES, SUBSCRIBERS, st.data())
def test_any_other_token_is_nobodys(issue: int, subscriber: int, data: st.DataObject) -> None:
    path = VERP.return_path(issue, subscriber)
    place = data.draw(st.integers(len("bounce+"), path.index("@") - 1))
    letter = data.draw(st.sampled_from("0123456789abcdef-g+"))
    if path[place] != letter:
        assert VERP.bounced(path[:place] + letter + path[place + 1 :]) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.replace("+2f-", "+02f-"),  # a number written another way
        lambda path: path.replace("+2f-", "+２f-"),  # digits that are not ASCII
        lambda path: path.replace("@", "0@"),
        lambda path: path[: path.index("@") - 1] + path[path.index("@") :],
        lambda path: path.replace("bounces.example.org", "bounces.example.org.evil.example"),
        lambda path: path.replace("bounces.example.org", "example.org"),
        lambda path: "x" + path,
        lambda path: path.replace("bounce+", "bounce-"),
        lambda path: "bounce+" + "0" * 5000 + "@bounces.example.org",
        lambda path: VERP.message_id(47, 11).strip("<>").join(["bounce+", ""]),  # of another purpose
    ],
)
def test_forged_paths_are_nobodys(change: object) -> None:
    assert callable(change)
    assert VERP.bounced(VERP.return_path(47, 11)) == Whose(47, 11)
    assert VERP.bounced(change(VERP.return_path(47, 11))) is None


def test_an_old_key_still_reads_and_the_new_one_writes() -> None:
    old = VERP.return_path(1, 2)
    both = Verp(VERP.domain, (b"another key of sixteen", *VERP.keys))
    assert both.bounced(old) == Whose(1, 2)
    assert both.return_path(1, 2) != old
    assert VERP.bounced(both.return_path(1, 2)) is None
    assert "key of sixteen" not in repr(both)


def test_weak_keys_prefixes_and_numbers_are_refused() -> None:
    for keys, prefix in (((), "b"), ((b"short",), "b"), ((b"k" * 16,), "a b"), ((b"k" * 16,), "b" * 10)):
        with pytest.raises(DeliveryError):
            Verp("example.org", keys, prefix)
    for issue, subscriber in ((-1, 0), (2**32, 0), (0, -1), (0, 2**48)):
        with pytest.raises(DeliveryError, match="range"):
            VERP.return_path(issue, subscriber)
