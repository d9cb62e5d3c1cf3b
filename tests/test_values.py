"""Values: the quick ways give what the careful ones give."""

from __future__ import annotations

from urllib.parse import quote, urljoin

from hypothesis import given
from hypothesis import strategies as st

from feeds import values

BASES = (
    "https://example.org/",
    "https://example.org/a/",
    "https://example.org/a",
    "https://example.org/?q=/",
)


@given(st.sampled_from(BASES), st.text("ab1/.~-_é: %?#", min_size=1, max_size=12))
def test_an_address_below_another_is_what_joining_them_gives(base: str, path: str) -> None:
    assert values.below(base, path) == urljoin(base, quote(path, safe="/~-._"))


@given(st.text())
def test_a_glance_never_misses_what_a_search_finds(text: str) -> None:
    if values.is_plainly_printable(text):
        assert not values._UNPRINTABLE.search(text)
        assert not values.NO_XML.search(text)


@given(st.text("a =?b\u202e\u2028\x85\xa0\n\t"))
def test_a_line_is_refused_or_kept_as_it_is(text: str) -> None:
    try:
        assert values.line(text) == text
    except ValueError:
        return
    assert text.strip()
    assert not values._LINE_BREAKS.search(text)
    assert not values._DIRECTION_CONTROLS.search(text)
