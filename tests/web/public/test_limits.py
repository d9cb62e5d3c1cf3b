"""Whose mailbox it is, however it is written; and which network a client belongs to."""

from __future__ import annotations

import pytest

from feeds.web.public.limits import keys, network, one_mailbox

SECRET = b"s" * 32


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann@Example.org", "ann@example.org"),
        ("ann+news@example.org", "ann@example.org"),
        ("a.n.n@gmail.com", "ann+x@googlemail.com"),
    ],
)
def test_H09_one_mailbox_has_many_names(one: str, other: str) -> None:
    assert one_mailbox(one) == one_mailbox(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.nn@example.org", "ann@example.org"), ("+ann@example.org", "+bob@example.org")],
)
def test_two_mailboxes_are_two(one: str, other: str) -> None:
    assert one_mailbox(one) != one_mailbox(other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:0:1::1", "2001:db8:0:ff:ffff::1", True),
        ("2001:db8:0:100::1", "2001:db8:0:200::1", False),
        ("::ffff:192.0.2.1", "192.0.2.7", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "testclient", True),
    ],
)
def test_H09_a_network_is_24_bits_or_56(one: str, other: str, same: bool) -> None:
    assert (network(SECRET, one) == network(SECRET, other)) is same


def test_what_is_counted_tells_nobody_who_it_was() -> None:
    told = " ".join(keys(SECRET, "confirm", "weekly", "ann@example.org", network(SECRET, "192.0.2.1")))
    assert "ann" not in told
    assert "192.0.2" not in told
