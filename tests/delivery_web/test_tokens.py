"""Tokens: good for what they were made for, and in one spelling only."""

from __future__ import annotations

import random
import string
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.delivery.tokens import LENGTH, Named, Tokens, address, base, links
from feeds.errors import DeliveryError

KEY = bytes(range(32))
OURS = Tokens("weekly", (KEY,))
WEEK = 7 * 24 * 3600
ALPHABET = string.ascii_letters + string.digits + "-_"


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**32 - 1), st.sampled_from(["choose", "unsubscribe"]))
def test_it_names_whom_it_was_made_for(number: int, epoch: int, purpose: str) -> None:
    token = OURS.make(purpose, number, epoch)  # type: ignore[arg-type]
    assert len(token) == LENGTH
    assert set(token) <= set(ALPHABET)
    assert OURS.read(purpose, token, 2**40) == Named(number, epoch)  # type: ignore[arg-type]


def test_it_serves_one_purpose_one_newsletter_and_one_key() -> None:
    token = OURS.make("choose", 7, 1)
    assert OURS.read("unsubscribe", token) is None
    assert OURS.read("confirm", token) is None
    assert Tokens("daily", (KEY,)).read("choose", token) is None
    assert Tokens("weekly", (KEY[::-1],)).read("choose", token) is None


def test_a_confirmation_ends_after_seven_days_and_nothing_else_does() -> None:
    token = OURS.make("confirm", 7, 1, now=1_000)
    assert OURS.read("confirm", token, 1_000 + WEEK) == Named(7, 1)
    assert OURS.read("confirm", token, 1_001 + WEEK) == Named(7, 1, ended=True)
    assert OURS.make("unsubscribe", 7, 1, now=1_000) == OURS.make("unsubscribe", 7, 1)


def test_an_older_key_still_verifies() -> None:
    token = OURS.make("unsubscribe", 7, 1)
    newer = Tokens("weekly", (KEY[::-1], KEY))
    assert newer.read("unsubscribe", token) == Named(7, 1)
    assert newer.make("unsubscribe", 7, 1) != token


def test_H05_ten_thousand_forgeries_are_all_refused() -> None:
    chance = random.Random(5)
    good = OURS.make("choose", 7, 1)
    forged = {*_respelled(good), *(_changed(good, chance) for _ in range(10_000))} - {good}
    assert len(forged) > 9_000
    assert [text for text in forged if OURS.read("choose", text)] == []


def test_H05_no_bit_may_change() -> None:
    raw = urlsafe_b64decode(OURS.make("choose", 7, 1))
    for bit in range(len(raw) * 8):
        turned = bytearray(raw)
        turned[bit // 8] ^= 1 << bit % 8
        assert OURS.read("choose", urlsafe_b64encode(bytes(turned)).decode()) is None


def test_H07_a_guess_has_128_bits_to_hit() -> None:
    """So many guesses that counting them is the front server's business, and not ours."""
    seals = {urlsafe_b64decode(OURS.make("choose", number, 1))[-16:] for number in range(10_000)}
    assert len(seals) == 10_000
    ones = sum(int.from_bytes(seal, "big").bit_count() for seal in seals) / len(seals)
    assert 63 < ones < 65  # of 128, each as likely as not


def test_numbers_out_of_range_make_no_token() -> None:
    for number, epoch in ((-1, 0), (2**48, 0), (1, -1), (1, 2**32)):
        with pytest.raises(DeliveryError):
            OURS.make("choose", number, epoch)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(DeliveryError):
        Tokens("weekly", (b"short",))
    with pytest.raises(DeliveryError):
        Tokens("weekly", ())


def test_links_stand_beside_the_page_to_unsubscribe() -> None:
    assert base("https://example.org/unsubscribe") == "https://example.org/"
    assert base("https://example.org/news/leave?list=1") == "https://example.org/news/"
    found = links("https://example.org/news/", "weekly", 7, 1, KEY)
    assert found.unsubscribe == address(
        "https://example.org/news/", "weekly", "unsubscribe", OURS.make("unsubscribe", 7, 1)
    )
    assert found.preferences.startswith("https://example.org/news/newsletters/weekly/choose/")
    assert "@" not in found.unsubscribe + found.preferences


def _respelled(good: str) -> list[str]:
    """What a lax decoder would take for the same."""
    return [
        *(good[:-1] + other for other in ALPHABET),
        *(good[:end] for end in range(LENGTH)),
        *(good + more for more in ("=", "==", "A", "%00", "\0", "\n", " ", "/", ".")),
        good.swapcase(),
        good.replace("-", "+").replace("_", "/") + "=",
        "+" + good[1:],
        " " + good[1:],
        good[:-1] + "=",
        good[:-1] + "\n",
        "٧" * LENGTH,
        "\ud800" * LENGTH,
        "-1",
        "0" + good[1:],
        "' OR 1=1 --".ljust(LENGTH),
        "A" * 5_000,
        "",
    ]


def _changed(good: str, chance: random.Random) -> str:
    letters = list(good)
    for _ in range(chance.randint(1, 4)):
        letters[chance.randrange(LENGTH)] = chance.choice(ALPHABET)
    return "".join(letters)
