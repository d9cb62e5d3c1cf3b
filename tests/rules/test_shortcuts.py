"""What the rules wave through unread, for speed, is what they would have found nothing in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.rules import addresses, atom, html, rss
from feeds.rules.base import Element

PIECES = (
    "<p>",
    "</p>",
    "<br/>",
    "<br />",
    '<a href="https://x.org/1">',
    '<a href="x">',
    "</a>",
    "&amp;",
    "&nosuch;",
    "&#146;",
    '<img src="https://x.org/i" alt="a b" width="1">',
    '<img src="https://x.org/i" onclick="x">',
    "<blinq>",
    "<",
    ">",
    "&",
    '<a href="javascript:x">',
    "<!--",
    "-->",
    "<script>",
    "<p x>",
    '"',
    "words",
    "</>",
    "<h7>",
    "<p",
    '<a href="http:x">',
)


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.booleans())
def test_a_text_of_usual_tags_has_no_flaw(text: str, relative: bool) -> None:
    assert list(html.flaws(text, relative=relative)) == list(html._each_once(text, relative))


@pytest.mark.parametrize(
    ("pattern", "element"),
    [(addresses._EVERYDAY, rss.LINK), (addresses._TIDY, atom.ID), (re.compile(r"[^<&]+"), rss.TITLE)],
)
@given(data=st.data())
def test_what_is_usual_passes_every_test(
    data: st.DataObject, pattern: re.Pattern[str], element: Element
) -> None:
    text = data.draw(st.from_regex(pattern, fullmatch=True)).strip()
    if element.usual is not None and element.usual(text):
        assert [kind.test(text) for kind in element.kinds or ()] == [None] * len(element.kinds or ())


def test_most_links_ids_and_titles_are_usual() -> None:
    for element, text in (
        (rss.LINK, "https://www.example.org/2024/05/a-title.html?page=2#top"),
        (atom.ID, "tag:example.org,2024-05-31:/2024/a-title/"),
        (atom.ID, "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a"),
        (rss.TITLE, "A title"),
    ):
        assert element.usual is not None
        assert element.usual(text)
