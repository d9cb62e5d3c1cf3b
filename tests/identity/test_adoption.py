"""Adoption: the feeds of other generators, as they write them, and what becomes of their ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.article import Article
from feeds.identity import Lock, lockfile, settle
from feeds.identity.adoption import Adoption, adopt
from feeds.sources.syndicated import SyndicatedEntry, read
from tests.conftest import NOW, make_article

LATER = NOW + timedelta(days=3)
ZONE = ZoneInfo("Europe/Luxembourg")


def post(name: str, **fields: Any) -> Article:
    """An article of ours, at an address of ours."""
    given: dict[str, Any] = {
        "id": f"tag:news.example.org,2026-11-01:/{name}/",
        "url": f"https://news.example.org/{name}/",
        "file": f"content/{name}.md",
        "title": f"About {name}",
        "body": f"All of {name}.",
        "published": datetime(2026, 11, 1, 0, tzinfo=ZONE),
        **fields,
    }
    return make_article(**given)


def entry(name: str, **fields: Any) -> SyndicatedEntry:
    """The same in the old feed, where nothing but the name is the same."""
    given: dict[str, Any] = {
        "id": f"https://old.example.net/?p={name}",
        "url": f"http://old.example.net/{name}",
        "title": f"ABOUT {name}",
        "published": datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
        "updated": datetime(2026, 11, 5, 9, 30, tzinfo=UTC),
        "summary": "",
        "html": "",
        **fields,
    }
    return SyndicatedEntry(**given)


def adopted(
    articles: Sequence[Article], entries: Sequence[SyndicatedEntry], lock: Lock | None = None
) -> Adoption:
    """What adopting does, and proof that nobody would see anything of it."""
    found = adopt(articles, lock or {}, entries, NOW)
    settlement = settle(articles, found.lock, LATER)
    ids = {article.file: article.id for article in settlement.articles}
    if not found.faults:
        assert all(ids[match.article.file] == match.entry.id for match in found.matched)
        assert not (settlement.updated or settlement.moved or settlement.withdrawn or settlement.doubts)
    return found


def ids(found: Adoption) -> dict[str, str]:
    """File of each adopted article to the id that it has now."""
    return {
        match.article.file.removeprefix("content/").removesuffix(".md"): match.entry.id
        for match in found.matched
    }


HUGO = """\
<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Posts on Old</title><link>https://old.example.net/posts/</link><generator>Hugo</generator>
<item><title>About fish</title><link>https://old.example.net/posts/fish/</link>
<pubDate>Sun, 01 Nov 2026 00:00:00 +0100</pubDate><guid>https://old.example.net/posts/fish/</guid>
<description>&lt;p&gt;All of fish.&lt;/p&gt;</description></item>
<item><title>About salt</title><link>https://old.example.net/posts/salt/</link>
<pubDate>Sat, 31 Oct 2026 00:00:00 +0100</pubDate><guid>https://old.example.net/posts/salt/</guid></item>
</channel></rss>"""

JEKYLL = """\
<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">
<generator uri="https://jekyllrb.com/" version="4.3.2">Jekyll</generator><id>https://old.example.net/feed.xml</id>
<title type="html">Old</title>
<entry><title type="html">About fish</title><link href="https://old.example.net/2026/11/01/fish.html"
 rel="alternate" type="text/html" title="About fish"/><published>2026-11-01T00:00:00+01:00</published>
<updated>2026-11-09T00:00:00+01:00</updated><id>https://old.example.net/2026/11/01/fish</id></entry>
</feed>"""

WORDPRESS = """\
<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old</title>
<generator>https://wordpress.org/?v=6.4</generator>
<item><title>Fish &#038; &#8216;chips&#8217; &#8211; an essay&#8230;</title>
<link>https://old.example.net/?p=812</link><dc:creator><![CDATA[Ana]]></dc:creator>
<pubDate>Sun, 01 Nov 2026 09:30:00 +0000</pubDate>
<guid isPermaLink="false">http://old.example.net/?p=812</guid></item>
<item><title>About salt</title><link>https://old.example.net/2026/10/salt/?utm_source=rss</link>
<pubDate>Sat, 31 Oct 2026 23:30:00 +0000</pubDate>
<guid isPermaLink="false">https://old.example.net/?p=7</guid></item>
</channel></rss>"""

GHOST = """\
<?xml version="1.0" encoding="UTF-8"?><rss version="2.0">
<channel><title><![CDATA[Old]]></title><generator>Ghost 5.8</generator>
<item><title><![CDATA[About fish]]></title><description><![CDATA[In brief]]></description>
<link>https://old.example.net/fish/</link><guid isPermaLink="false">5b7ada404f87d200b5b1f9c8</guid>
<pubDate>Sun, 01 Nov 2026 09:30:00 GMT</pubDate></item></channel></rss>"""

DRUPAL = """\
<rss version="2.0" xml:base="https://old.example.net/"><channel><title>Old</title>
<item><title>About fish</title><link>https://old.example.net/node/12</link>
<pubDate>Sun, 01 Nov 2026 09:30:00 +0000</pubDate>
<guid isPermaLink="false">12 at https://old.example.net</guid></item></channel></rss>"""


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        pytest.param(
            HUGO,
            {"fish": "https://old.example.net/posts/fish/", "salt": "https://old.example.net/posts/salt/"},
            id="hugo",
        ),
        pytest.param(JEKYLL, {"fish": "https://old.example.net/2026/11/01/fish"}, id="jekyll"),
        pytest.param(
            WORDPRESS,
            {"chips": "http://old.example.net/?p=812", "salt": "https://old.example.net/?p=7"},
            id="wordpress",
        ),
        pytest.param(GHOST, {"fish": "5b7ada404f87d200b5b1f9c8"}, id="ghost"),
        pytest.param(DRUPAL, {"fish": "12 at https://old.example.net"}, id="drupal"),
    ],
)
def test_the_feeds_of_others(feed: str, expected: dict[str, str], tmp_path: Path) -> None:
    articles = [
        post("fish"),
        post("chips", title="Fish & 'chips' -- an essay..."),
        post("2026-10-31-salt", title="Salt", published=datetime(2026, 10, 31, tzinfo=ZONE)),
        post("salt", title="About salt", published=datetime(2026, 11, 1, 0, 30, tzinfo=ZONE)),
    ]
    if "Hugo" in feed:  # its file names have the day
        articles = [articles[0], replace(articles[2], file="content/salt.md")]
    found = adopted(articles, read(feed.encode()).entries)
    assert ids(found) == expected
    assert not found.unmatched
    lockfile.write(found.lock, tmp_path / "feeds.lock")
    assert lockfile.read(tmp_path / "feeds.lock") == found.lock


@pytest.mark.parametrize(
    "url",
    [
        "http://old.example.net/a/%C3%BC-b",
        "https://OLD.example.net:8080/a/%c3%bc-b/?utm=1#top",
        "https://old.example.net/a/u\u0308-b/index.html",
        "//old.example.net/a/ü-b/",
    ],
)
def test_the_address_counts_without_what_a_move_changes(url: str) -> None:
    ours = post("x", url="https://news.example.org/a/%C3%BC-b/")
    found = adopted([ours], [entry("1", url=url, title="Other", published=None, updated=None)])
    assert [match.by for match in found.matched] == ["address"]


@pytest.mark.parametrize(
    ("theirs", "by"),
    [
        ({"url": "https://old.example.net/blog/2026/11/fish.html", "title": "Other"}, "name and day"),
        ({"url": "https://old.example.net/2026-11-01-FISH.php", "title": "Other"}, "name and day"),
        ({"url": "https://old.example.net/?p=3", "title": "“About”: fish"}, "title and day"),
        (
            {"url": "", "title": "about fish", "published": None, "updated": NOW.replace(day=1)},
            "title and day",
        ),
    ],
)
def test_name_and_title_count_on_the_same_day(theirs: dict[str, Any], by: str) -> None:
    [match] = adopted([post("fish")], [entry("1", **theirs)]).matched
    assert match.by == by
    later = {"published": NOW, "updated": NOW}
    [left] = adopted([post("fish")], [entry("1", **{**theirs, **later})]).unmatched
    assert left.reason == "no article stands at its address, or has its name or title and its day"


def test_the_day_is_the_publications_own() -> None:
    midnight = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)  # the first of November in Luxembourg
    found = adopted([post("fish")], [entry("1", title="About fish", url="", published=midnight)])
    assert len(found.matched) == 1


def test_the_surest_trait_wins_and_each_article_is_taken_once() -> None:
    by_address = entry("1", url="https://old.example.net/fish", title="Something else")
    by_title = entry("2", url="https://old.example.net/other", title="About fish")
    found = adopted([post("fish")], [by_title, by_address])
    assert ids(found) == {"fish": by_address.id}
    assert [left.entry for left in found.unmatched] == [by_title]


def test_where_several_fit_none_is_taken() -> None:
    twins = [entry("1", url="https://old.example.net/fish"), entry("2", url="http://old.example.net/fish/")]
    found = adopted([post("fish")], twins)
    assert not found.matched
    assert {left.reason for left in found.unmatched} == {"several fit: no telling which article is which"}
    weekly = [post("a/notes", title="Notes"), post("b/notes", title="Notes")]
    found = adopted(weekly, [entry("1", url="", title="Notes")])
    assert not found.matched


def test_plain_links_of_wordpress_do_not_all_fit_the_front_page() -> None:
    entries = [entry(str(n), url=f"https://old.example.net/?p={n}", title=f"About {n}") for n in range(3)]
    home = post("home", url="https://news.example.org/", title="Home")
    assert ids(adopted([home, post("2")], entries)) == {"2": entries[2].id}


def test_the_record_has_the_entrys_dates_and_the_articles_meaning() -> None:
    [match] = (found := adopted([post("fish")], [entry("fish")])).matched
    record = found.lock[match.entry.id]
    assert (record.published, record.updated) == (match.entry.published, match.entry.updated)
    assert (record.meaning, record.file, record.url) == (
        match.article.meaning,
        "content/fish.md",
        "https://news.example.org/fish/",
    )
    [seen] = settle([post("fish")], found.lock, LATER).articles
    assert (seen.id, seen.updated) == (match.entry.id, match.entry.updated)


def test_an_edit_after_adoption_is_an_edit() -> None:
    lock = adopted([post("fish")], [entry("fish")]).lock
    edited = settle([post("fish", body="Rewritten.")], lock, LATER)
    assert [record.id for record in edited.updated] == [entry("fish").id]


def test_drafts_keep_the_id_that_readers_know() -> None:
    found = adopted([post("fish", draft=True)], [entry("fish")])
    assert settle([post("fish")], found.lock, LATER).articles[0].id == entry("fish").id


def test_adopting_twice_is_adopting_once() -> None:
    articles, entries = [post("fish"), post("salt")], [entry("fish"), entry("salt")]
    once = adopted(articles, entries)
    moved = [replace(articles[0], file="content/b.md", url="https://news.example.org/b/"), articles[1]]
    for now in (articles, moved):
        twice = adopt(now, once.lock, entries, LATER)
        assert twice.lock == once.lock
        assert twice.known == tuple(entries)
        assert not (twice.matched or twice.unmatched or twice.faults)


def test_a_second_feed_adds_to_the_first() -> None:
    articles = [post("fish"), post("salt")]
    once = adopted(articles, [entry("fish")])
    both = adopted(articles, [entry("fish"), entry("salt")], once.lock)
    assert set(both.lock) == {entry("fish").id, entry("salt").id}


def test_what_we_published_under_another_id_is_refused() -> None:
    lock = settle([post("fish")], {}, NOW).lock
    moved = post("fish", file="content/moved.md")
    for article in (post("fish"), moved):
        [fault] = adopt([article], lock, [entry("fish")], LATER).faults
        assert str(fault) == (
            f"{article.file}: was published as {post('fish').id}, and readers would see it again as "
            f"{entry('fish').id}; if nobody has read it yet, delete its line in feeds.lock"
        )
    unread = settle([post("fish", published=LATER)], {}, NOW).lock
    assert not adopted([post("fish")], [entry("fish")], unread).faults


def test_an_id_in_the_file_must_be_the_one_that_readers_know() -> None:
    named = post("fish", id="urn:x:1", named=True)
    [fault] = adopt([named], {}, [entry("fish")], NOW).faults
    assert str(fault) == (
        f"content/fish.md: id: is urn:x:1, but readers know it as {entry('fish').id}; "
        "write that, or leave it out"
    )
    found = adopted([named, post("other")], [entry("other", id="urn:x:1")])
    assert [(match.article.id, match.by) for match in found.matched] == [("urn:x:1", "id")]


@pytest.mark.parametrize("id", ["", " a", "a\tb", "a\nb", "#a", "a\u2028b", "\x7f"])
def test_an_id_that_the_lock_cannot_hold_is_left_for_a_person(id: str) -> None:
    found = adopted([post("fish")], [entry("fish", id=id), entry("salt", id=id)])
    assert [left.reason for left in found.unmatched] == [
        "it has no id that a feed and feeds.lock can hold"
    ] * 2
    assert found.lock == {}


def test_an_entry_that_a_feed_has_twice_counts_once() -> None:
    newer, older = entry("fish"), entry("fish", updated=NOW - timedelta(days=99))
    assert adopted([post("fish")], [newer, older]).lock[newer.id].updated == newer.updated


MOMENTS = st.datetimes(datetime(2026, 10, 30), datetime(2026, 11, 3)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
NAMES = st.sampled_from(["a", "b", "c", "d/a", "d/b", "index"])
ARTICLES = st.lists(
    st.builds(
        lambda name, title, published, later, zone: post(
            name,
            title=title,
            published=published.astimezone(zone),
            updated=(published + later).astimezone(zone),
        ),
        NAMES,
        st.sampled_from(["One", "Two", "…"]),
        MOMENTS,
        st.sampled_from([timedelta(), timedelta(days=2)]),
        st.sampled_from([UTC, ZONE]),
    ),
    max_size=5,
    unique_by=lambda article: article.file,
)
ENTRIES = st.lists(
    st.builds(
        lambda id, name, title, published, updated: entry(
            id, url=f"https://old.example.net/{name}.html", title=title, published=published, updated=updated
        ),
        st.sampled_from("123456"),
        NAMES,
        st.sampled_from(["one", "Two!", "…", ""]),
        st.none() | MOMENTS,
        st.none() | MOMENTS,
    ),
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(ARTICLES, ENTRIES, ENTRIES)
def test_whatever_is_adopted_is_what_settle_gives(
    articles: list[Article], first: list[SyndicatedEntry], second: list[SyndicatedEntry]
) -> None:
    once = adopted(articles, first)
    assert len({match.article.file for match in once.matched}) == len(once.matched)
    assert len(once.matched) == len(once.lock)
    assert len(once.matched) + len(once.unmatched) == len({given.id for given in first})
    twice = adopt(articles, once.lock, [*first, *second], LATER)
    assert {id: twice.lock[id] for id in once.lock} == once.lock
    assert not any(fault.where.file == "" for fault in twice.faults)
    for match in once.matched:
        [seen] = [a for a in settle(articles, once.lock, LATER).articles if a.file == match.article.file]
        known = match.entry.updated or match.entry.published
        assert seen.updated == max(moment for moment in (known, match.article.updated) if moment)
