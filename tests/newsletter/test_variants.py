"""Variants: each reader gets what they chose, and each distinct variant is made once."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from feeds.errors import SettingsError
from feeds.newsletter.variants import variants
from tests.newsletter.desks import PUBLICATION, make_desk, make_settings, numbers, story

TOPICS = ("space", "trade", "law", "people", "money", "feeds")


def every_set(topics: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [chosen for size in range(len(topics) + 1) for chosen in combinations(topics, size)]


@pytest.mark.parametrize("seed", range(5))
def test_every_reader_gets_exactly_what_they_chose(seed: int) -> None:
    dice = random.Random(seed)
    articles = [
        story(n, *dice.sample(TOPICS, dice.randint(0, 2)), language=dice.choice(["en", "fr"]))
        for n in range(12)
    ]
    desk = make_desk(articles, languages=["en", "fr"], topics=TOPICS, items=6)
    issue = desk.draft().issue
    for language in ("en", "fr"):
        whole = issue.variants[language].articles
        about = {one.id: set(one.topics) for one in issue.articles}
        for chosen in every_set(TOPICS):
            wanted = {id for id in whole if not chosen or about[id] & set(chosen)}
            key = issue.variant_of(language, chosen)
            assert (set(issue.variants[key].articles) if key else set()) == wanted
    contents = [(made.language, made.articles) for made in issue.variants.values()]
    assert len(contents) == len(set(contents))
    assert {id for made in issue.variants.values() for id in made.articles} == {a.id for a in issue.articles}


def test_the_lead_of_a_part_is_the_issues_or_the_newest_with_an_image() -> None:
    articles = [story(0, "law", image=None), story(1, "space"), story(2, "law"), story(3, "law")]
    made = make_desk(articles, topics=["space", "law"], lead="3.md").variants
    assert {key: numbers(issue.articles) for key, issue in made.items()} == {
        "en": [3, 0, 1, 2],
        "en,space": [1],
        "en,law": [3, 0, 2],
    }
    made = make_desk(articles, topics=["space", "law"], lead="1.md").variants
    assert numbers(made["en,law"].articles) == [2, 0, 3]


def test_all_variants_bear_one_date_and_the_page_of_their_language() -> None:
    articles = [story(0, "law"), story(5, "space"), story(9, language="fr")]
    made = make_desk(articles, languages=["en", "fr"], topics=["space", "law"]).variants
    assert len({issue.date for issue in made.values()}) == 1
    assert {key: issue.web.rpartition("/")[2] for key, issue in made.items()} == {
        "en": "0001.html",
        "en,space": "0001.html",
        "en,law": "0001.html",
        "fr": "0001.fr.html",
    }


def test_a_language_with_too_little_waits_and_loses_nothing() -> None:
    articles = [story(0), story(1), story(2, language="fr")]
    issue = make_desk(articles, languages=["en", "fr"], least=2).draft().issue
    assert list(issue.variants) == ["en"]
    assert [one.title for one in issue.articles] == ["Story 0", "Story 1"]


def test_the_words_are_those_of_the_region() -> None:
    made = make_desk([story(0), story(1, language="fr")], language="en-GB", languages=["en", "fr"]).variants
    assert {key: issue.language for key, issue in made.items()} == {"en": "en-GB", "fr": "fr"}


@pytest.mark.parametrize(
    ("language", "topics", "key"),
    [
        ("fr", (), "fr"),
        ("fr-LU", (), "fr"),
        ("it", (), "en"),
        ("en", ("SPACE",), "en,space"),
        ("en", ("space", "law"), "en"),
        ("en", ("abolished",), None),
        ("fr", ("law",), None),
    ],
)
def test_a_reader_is_understood(language: str, topics: tuple[str, ...], key: str | None) -> None:
    articles = [story(0, "law"), story(1, "space"), story(2, "space", language="fr")]
    issue = make_desk(articles, languages=["en", "fr"], topics=["space", "law"]).draft().issue
    assert issue.variant_of(language, topics) == key


def test_too_many_variants_are_refused_in_one_line_and_at_once() -> None:
    topics = [f"t{n}" for n in range(40)]
    articles = [story(n, f"t{n}") for n in range(40)]
    with pytest.raises(SettingsError) as refusal:
        _ = make_desk(articles, topics=topics, items=40).variants
    assert str(refusal.value) == (
        "feeds.toml: newsletter.weekly.topics: "
        "make more than 200 variants of issue 1; name fewer topics, or fewer items"
    )


def test_nothing_to_tell_is_no_variant() -> None:
    desk = make_desk([])
    assert variants("weekly", make_settings(), desk.library) == {}
    assert desk.library.publication == PUBLICATION
