"""What RSS 2.0 and its Best Practices Profile ask for, and where each thing that an article has goes."""

from __future__ import annotations

import pytest

from feeds.article import Person
from tests.conftest import make_article
from tests.formats.samples import SPACES, found, item, links, rich_article, rss, texts


def test_a_channel_has_all_that_it_can_have() -> None:
    channel = rss(make_article(), rights="CC BY", logo="https://example.org/logo.png")
    assert texts(channel, "title") == ["Example news"]
    assert texts(channel, "description") == ["What is new"]
    assert texts(channel, "language") == ["en"]
    assert texts(channel, "copyright") == ["CC BY"]
    assert texts(channel, "docs") == ["https://www.rssboard.org/rss-specification"]
    assert texts(channel, "dc:creator") == ["The newsroom"]
    assert [(child.tag, child.text) for child in found(channel, "image")] == [
        ("url", "https://example.org/logo.png"),
        ("title", "Example news"),
        ("link", "https://example.org/"),
    ]


def test_a_channel_without_a_logo_has_no_image() -> None:
    assert texts(rss(icon="https://example.org/icon.png"), "image") == []


def test_an_editor_with_an_address_is_the_managing_editor() -> None:
    channel = rss(authors=(Person(name="Newsroom", email="news@example.org"),))
    assert texts(channel, "managingEditor") == ["news@example.org (Newsroom)"]
    assert texts(channel, "dc:creator") == []


def test_a_guid_is_a_permalink_only_if_it_is_the_address() -> None:
    assert found(item(make_article()), "guid").attrib == {"isPermaLink": "false"}
    same = make_article(id="https://example.org/a/")
    assert found(item(same), "guid").attrib == {"isPermaLink": "true"}


def test_the_change_of_an_item_is_told_in_atoms_words() -> None:
    assert texts(item(make_article()), "atom:updated") == ["2026-11-01T09:00:00+00:00"]


def test_several_authors_are_creators() -> None:
    made = item(rich_article())
    assert (texts(made, "dc:creator"), texts(made, "author")) == (["Zoë", "Bo Li"], [])


@pytest.mark.parametrize("name", ["Zoë (desk)", "Zoë :)", "Zoë \\"])
def test_a_name_that_would_break_the_mailbox_is_a_creator(name: str) -> None:
    made = item(make_article(authors=(Person(name=name, email="z@example.org"),)))
    assert (texts(made, "dc:creator"), texts(made, "author")) == ([name], [])


def test_tags_are_categories() -> None:
    assert texts(item(rich_article()), "category") == ["espace", "droit & loi"]


def test_an_item_says_its_language_where_it_is_another() -> None:
    assert texts(item(rich_article()), "dc:language") == ["fr"]
    assert texts(item(rich_article(), language="fr"), "dc:language") == []


def test_a_description_is_html_because_readers_take_it_so() -> None:
    assert texts(item(rich_article()), "description") == ["Un &amp; deux &lt; trois."]


def test_a_feed_of_summaries_has_a_description_only() -> None:
    made = item(rich_article(), full=False)
    assert texts(made, "content:encoded") == []
    assert texts(made, "description") == ["Un &amp; deux &lt; trois."]


def test_further_files_are_media_after_the_lead_image() -> None:
    media = [element.attrib for element in item(rich_article()).findall("media:content", SPACES)]
    assert [content["url"].rpartition("/")[2] for content in media] == ["i.jpg", "b.pdf"]
    assert media[1]["medium"] == "document"


def test_alternates_stand_in_rss_only_where_there_are_translations() -> None:
    assert links(item(make_article()), "alternate", "atom:link") == []
    found = links(item(rich_article()), "alternate", "atom:link")
    assert found[0]["href"] == found[-1]["href"] == "https://example.org/a/"


def test_dates_have_english_names_four_digits_and_gmt() -> None:
    assert texts(rss(make_article()), ".//pubDate") == ["Sun, 01 Nov 2026 09:00:00 GMT"] * 2
