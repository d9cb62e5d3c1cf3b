"""What Atom 1.0 (RFC 4287) asks for, and where each thing that an article has goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.article import Person, Translation
from tests.conftest import make_article
from tests.formats.samples import LANG, SPACES, atom, entry, found, links, make_feed, rich_article, texts


def test_a_feed_has_all_that_it_can_have() -> None:
    images = {"icon": "https://example.org/icon.png", "logo": "https://example.org/logo.png"}
    feed = atom(make_article(), rights="CC BY", **images)
    assert texts(feed, "id") == ["https://example.org/news/atom.xml"]
    assert texts(feed, "title") == ["Example news"]
    assert texts(feed, "subtitle") == ["What is new"]
    assert texts(feed, "author/name") == ["The newsroom"]
    assert [*texts(feed, "icon"), *texts(feed, "logo")] == [*images.values()]
    assert texts(feed, "rights") == ["CC BY"]
    assert feed.get(LANG) == "en"
    assert links(feed, "alternate") == [{"href": "https://example.org/", "type": "text/html"}]
    assert links(feed, "self") == [
        {"href": "https://example.org/news/atom.xml", "type": "application/atom+xml"}
    ]


def test_what_a_feed_has_not_is_left_out() -> None:
    feed = atom()
    assert not {child.tag.rpartition("}")[2] for child in feed} & {"icon", "logo", "rights", "entry"}


def test_each_element_that_may_be_there_once_is_there_once() -> None:
    made = entry(rich_article())
    for name in ("id", "title", "updated", "published", "summary", "content"):
        assert len(texts(made, name)) == 1


def test_texts_are_plain_but_for_the_content() -> None:
    made = entry(rich_article())
    assert found(made, "summary").attrib == found(made, "title").attrib == {}
    assert texts(made, "summary") == ["Un & deux < trois."]
    assert texts(made, "content") == ["<p>Un &amp; <em>deux</em> &lt; trois.</p>"]


def test_every_author_is_named_with_address_and_page() -> None:
    made = entry(rich_article())
    assert texts(made, "author/name") == ["Zoë", "Bo Li"]
    assert texts(made, "author/email") == ["zoe@example.org"]
    assert texts(made, "author/uri") == ["https://example.org/zoe"]


def test_an_entry_without_authors_has_the_feeds() -> None:
    assert texts(atom(make_article(authors=())), ".//author/name") == ["The newsroom"]


def test_tags_are_categories() -> None:
    assert [category.attrib for category in entry(rich_article()).findall("category", SPACES)] == [
        {"term": "espace"},
        {"term": "droit & loi"},
    ]


def test_an_entry_says_its_language_where_it_is_another() -> None:
    assert entry(rich_article()).get(LANG) == "fr"
    assert entry(rich_article(), language="fr").get(LANG) is None


def test_the_lead_image_is_media_with_a_thumbnail_and_no_enclosure() -> None:
    made = entry(rich_article(attachments=()))
    size = {"width": "1200", "height": "675"}
    assert found(made, "media:content").attrib == {
        "url": "https://example.org/i.jpg",
        "medium": "image",
        "type": "image/jpeg",
        **size,
    }
    assert found(made, "media:thumbnail").attrib == {"url": "https://example.org/i.jpg", **size}
    assert texts(made, "media:content/media:description") == ["Un <phare>"]
    assert texts(made, "media:content/media:credit") == ["A. Photo"]
    assert links(made, "enclosure") == []


def test_the_lead_image_is_not_put_into_the_text() -> None:
    assert "i.jpg" not in str(texts(entry(rich_article()), "content"))


def test_the_full_article_is_related() -> None:
    assert links(entry(rich_article()), "related") == [
        {"href": "https://example.com/whole", "hreflang": "de"}
    ]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_no_two_alternates_have_one_type_and_language(language: str) -> None:
    doubled = (
        Translation(language=language, url="https://example.org/1"),
        Translation(language=language, url="https://example.org/2"),
    )
    found = links(entry(rich_article(translations=doubled)), "alternate")
    kinds = [(link.get("type"), link.get("hreflang")) for link in found]
    assert len(kinds) == len(set(kinds))


def test_the_articles_own_page_is_the_first_and_the_last_alternate() -> None:
    found = links(entry(rich_article()), "alternate")
    assert found[0] == {"href": "https://example.org/a/", "type": "text/html", "hreflang": "fr"}
    assert found[-1] == {"href": "https://example.org/a/"}
    assert len(links(entry(rich_article(translations=())), "alternate")) == 1


def test_a_feed_of_summaries_has_no_content() -> None:
    made = entry(rich_article(), full=False)
    assert texts(made, "content") == []
    assert texts(made, "summary") == ["Un & deux < trois."]


def test_an_article_without_a_text_has_no_content_either() -> None:
    made = entry(make_article(body=""))
    assert (texts(made, "content"), texts(made, "summary")) == ([], ["A title"])


def test_an_article_that_is_written_is_left_as_it_was() -> None:
    article = rich_article()
    feed = make_feed(article)
    entry(article)
    assert (article, feed) == (rich_article(), make_feed(rich_article()))
    assert replace(article, authors=(Person(name="B"),)) != article
