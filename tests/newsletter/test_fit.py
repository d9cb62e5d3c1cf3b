"""Every issue fits: by as little as is needed, the same way each time, and it is said."""

from __future__ import annotations

import random
import re

import pytest

from feeds.errors import TemplateError
from feeds.newsletter import Digest, compose
from feeds.newsletter.fit import MOST, Layout, fit
from feeds.newsletter.plural import counted
from feeds.wording import wording
from tests.newsletter.examples import last_mentions, make_issue, make_story, seen, text_links


def long_issue(count: int, words: int = 60, **fields: object) -> Digest:
    items = tuple(make_story(n, teaser="word " * words) for n in range(1, count))
    return compose(make_issue(count, items=items, **fields))


def kinds(digest: Digest) -> tuple[int, int]:
    """How many stories there are as cards, and how many as rows."""
    page = seen(digest.html)
    cards = len(page.all("h3"))
    return cards, len(re.findall(r'<a class="ink"[^>]*font-weight:bold', digest.html))


def test_what_fits_stays_as_it_is() -> None:
    digest = long_issue(40)
    assert kinds(digest) == (39, 0)
    assert digest.fitted == ""


@pytest.mark.no_cover  # hundreds of digests by the same lines
@pytest.mark.parametrize("language", ["en", "fr", "de", "ar"])
def test_cards_become_rows_as_few_as_needed(language: str) -> None:
    digest = long_issue(80, language=language)
    cards, rows = kinds(digest)
    assert cards + rows == 79
    assert MOST - 2_000 < digest.size <= MOST
    assert f"now there are {cards} further stories with their summaries, {rows} on one line each" in (
        digest.fitted
    )
    assert f": {digest.size:,} bytes" in digest.fitted
    assert long_issue(80, language=language) == digest


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", r"(\d+) more stories on the web →"),
        ("fr", r"(\d+) autres articles sur le web →"),
        ("de", r"(\d+) weitere Meldungen im Web →"),
        ("ar", r"(\d+) مقال(?:ًا)? آخر على الويب ←"),
    ],
)
def test_rows_give_way_to_a_number_with_a_link(language: str, words: str) -> None:
    digest = long_issue(260, language=language)
    cards, rows = kinds(digest)
    found = re.search(">" + words, digest.html)
    assert found
    assert (cards, rows) == (0, 259 - int(found[1]))
    assert digest.size <= MOST
    assert found[0][1:-2] + ":\nhttps://example.org/all/\n" in digest.text
    assert f"{found[1]} only as a number that leads to the web" in digest.fitted


@pytest.mark.parametrize("count", [80, 260])
def test_the_text_follows(count: int) -> None:
    digest = long_issue(count)
    page = seen(digest.html)
    assert last_mentions(text_links(digest.text)) == last_mentions(page.links)
    assert re.findall(r"^Story \d+", digest.text, re.M) == re.findall(
        r"Story \d+(?=</a>(?:</h|&))", digest.html.replace("\u00a0", "&")
    )


def test_a_lead_story_that_is_too_long_is_shortened() -> None:
    link = "https://example.org/" + "x" * 30_000
    digest = compose(make_issue(3, lead=make_story(0, body=f"First.\n\n[a]({link})\n\n" * 4)))
    assert digest.size <= MOST
    assert "First." in digest.html
    assert "the lead story shortened" in digest.fitted


def test_what_never_fits_names_the_template() -> None:
    with pytest.raises(TemplateError, match=r"^templates/digest\.mjml: makes 1\d\d,\d\d\d bytes of HTML"):
        compose(make_issue(imprint="x" * 120_000))


def test_the_largest_layout_is_found_whatever_the_sizes() -> None:
    chance = random.Random(7)
    for _ in range(500):
        count, blocks = chance.randrange(60), chance.randrange(1, 6)
        card, row, block, most = (chance.randrange(1, 400) for _ in range(4))

        def size(
            shown: Layout, card: int = card, row: int = row, block: int = block, blocks: int = blocks
        ) -> int:
            kept = blocks if shown.blocks is None else shown.blocks
            return shown.cards * (card + row) + shown.rows * row + bool(shown.left) + kept * block

        every = [
            Layout(count),
            *(Layout(n, count - n) for n in reversed(range(count))),
            *(Layout(0, n, count - n) for n in reversed(range(count))),
            *(Layout(0, 0, count, n) for n in reversed(range(blocks))),
        ]
        best = next((layout for layout in every if size(layout) <= most), None)
        assert fit(count, blocks, size, most) == best


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", {1: "1 more story on the web", 2: "2 more stories on the web"}),
        ("fr", {1: "1 autre article sur le web", 1_000_000: "1000000 autres articles sur le web"}),
        ("de", {1: "1 weitere Meldung im Web", 10: "10 weitere Meldungen im Web"}),
        ("ar", {1: "مقال واحد آخر على الويب", 2: "مقالان آخران على الويب", 3: "3 مقالات أخرى على الويب"}),
        ("ar", {11: "11 مقالًا آخر على الويب", 100: "100 مقال آخر على الويب"}),
        ("pl", {1: "1 more story on the web", 5: "5 more stories on the web"}),
    ],
)
def test_numbers_are_counted_as_the_language_does(language: str, expected: dict[int, str]) -> None:
    words = wording(language)
    one, many = "{count} more story on the web", "{count} more stories on the web"
    assert {n: counted(words, one, many, n) for n in expected} == expected
    assert counted(words, "{count} x", "{count} xs", 2) == "2 xs"
