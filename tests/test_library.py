"""Choosing from the library: what is out, in which order, for whom."""

from __future__ import annotations

import pickle
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feeds.article import Article, Image, Person
from feeds.config import FeedSettings, NewsletterSettings, PublicationSettings, Selection, Sender
from feeds.library import EPOCH, Library, chosen, newest_first
from tests.conftest import NOW, make_article

PUBLICATION = PublicationSettings(title="News", url="https://example.org/")
SENDER = Sender(name="News", email="news@example.org")


def numbered(number: int, **fields: Any) -> Article:
    """An article that was published `number` days ago."""
    return make_article(
        id=f"urn:x:{number}",
        url=f"https://example.org/{number}/",
        published=NOW - timedelta(days=number),
        **fields,
    )


def library(*articles: Article) -> Library:
    """A library of these."""
    return Library(PUBLICATION, newest_first(articles))


def test_an_article_that_was_printed_can_be_told_to_another_process() -> None:
    article = numbered(1)
    article.once("atom", threading.Lock)  # what nothing can tell
    assert pickle.loads(pickle.dumps(article)) == article


def test_drafts_the_future_and_the_expired_stay_out() -> None:
    articles = (
        numbered(1),
        numbered(2, draft=True),
        numbered(-1),
        numbered(3, expires=NOW),
        numbered(4, expires=NOW + timedelta(seconds=1)),
    )
    assert [article.id for article in library(*articles).at(NOW).articles] == ["urn:x:1", "urn:x:4"]


def test_the_next_due_is_the_earliest_of_the_future() -> None:
    due = library(numbered(-3), numbered(-1), numbered(-2, draft=True), numbered(1)).next_due(NOW)
    assert due is not None
    assert due.id == "urn:x:-1"
    assert library(numbered(1)).next_due(NOW) is None


def test_equal_moments_have_one_order() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    twins = [make_article(id=f"urn:{letter}", published=moment) for letter in "bca"]
    assert [article.id for article in newest_first(twins)] == ["urn:a", "urn:b", "urn:c"]
    assert newest_first(twins) == newest_first(reversed(twins))


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"tag": "space"}, [1, 3]),
        ({"tag": ["SPACE", "trade"]}, [1, 2, 3]),
        ({"language": "en"}, [1, 2]),
        ({"tag": "space", "language": "en"}, [1]),
        ({"author": "ann"}, [2]),
        ({"tag": "nothing"}, []),
    ],
)
def test_a_selection_takes_any_value_of_all_keys(selection: dict[str, Any], expected: list[int]) -> None:
    articles = (
        numbered(1, tags=("Space",), language="en-GB"),
        numbered(2, tags=("trade",), authors=(Person(name="Ann"),)),
        numbered(3, tags=("space",), language="eng"),
    )
    found = chosen(newest_first(articles), Selection.model_validate(selection))
    assert [article.id for article in found] == [f"urn:x:{number}" for number in expected]


def test_a_feed_is_the_newest_up_to_its_limit() -> None:
    feed = library(*(numbered(number) for number in range(5))).feed("news", FeedSettings(limit=2))
    assert [entry.id for entry in feed.entries] == ["urn:x:0", "urn:x:1"]
    assert feed.updated == NOW
    assert feed.address("atom") == "https://example.org/news/atom.xml"


def test_an_empty_feed_does_not_ask_the_clock() -> None:
    assert library().feed("news", FeedSettings()).updated == EPOCH


def test_a_feed_of_one_language_says_so() -> None:
    french = FeedSettings(select=Selection(language=("fr",)))
    assert library().feed("news", french).language == "fr"


def test_the_lead_is_the_newest_with_an_image() -> None:
    picture = Image(src="https://example.org/p.png")
    articles = (numbered(1), numbered(2, image=picture), numbered(3, image=picture))
    issue = library(*articles).issue("weekly", NewsletterSettings(sender=SENDER))
    assert issue is not None
    assert [article.id for article in issue.articles] == ["urn:x:2", "urn:x:1", "urn:x:3"]
    assert issue.date == NOW - timedelta(days=1)


def test_an_issue_carries_what_no_earlier_one_has() -> None:
    issue = library(numbered(1), numbered(2)).issue("weekly", NewsletterSettings(sender=SENDER), {"urn:x:1"})
    assert issue is not None
    assert [article.id for article in issue.articles] == ["urn:x:2"]


def test_nothing_to_tell_is_no_issue() -> None:
    assert library().issue("weekly", NewsletterSettings(sender=SENDER)) is None
