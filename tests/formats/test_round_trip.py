"""Hostile text, written and read again by feedparser: what goes in comes out."""

from __future__ import annotations

import html
import json
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.article import Article, Person
from tests.conftest import make_article
from tests.formats.samples import HOSTILE, document, found, texts

# feedparser takes such a character for the second byte of UTF-8 that was read as Latin-1.
SECOND_BYTES = "".join(map(chr, range(0x80, 0xC0)))
# Any text that passes the gate, and much that has broken feeds.
PIECES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(
        st.characters(exclude_categories=("C", "Z"), exclude_characters=SECOND_BYTES), min_size=1, max_size=8
    ),
    st.just(" "),
)
LINES = st.lists(PIECES, min_size=1, max_size=6).map("".join).map(str.strip).filter(bool)
# It looks for e-mail addresses in names, whatever the format.
NAMES = LINES.filter(lambda name: not set(name) & set("@()<>"))
AUTHORS = st.builds(lambda name: (Person(name=name),), NAMES)
TAGS = st.lists(LINES, max_size=3, unique=True).map(tuple)
ARTICLES = st.builds(make_article, title=LINES, teaser=LINES, body=LINES, authors=AUTHORS, tags=TAGS)


def read(made: bytes) -> Any:
    """The one entry that feedparser finds, as it stands there."""
    parsed = feedparser.parse(made, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.bozo_exception
    (entry,) = parsed.entries
    return entry


@settings(max_examples=60, deadline=None)
@given(ARTICLES)
def test_atom_round_trips(article: Article) -> None:
    entry = read(document("atom", article))
    assert entry.title == article.title
    assert entry.summary in (article.teaser, html.escape(article.teaser or "", quote=False))
    assert [author.name for author in entry.authors] == [article.authors[0].name]
    assert [tag.term for tag in entry.get("tags", ())] == list(article.tags)
    if article.html:
        assert entry.content[0].value == article.html
        assert entry.content[0].type == "text/html"


@settings(max_examples=60, deadline=None)
@given(ARTICLES)
def test_rss_round_trips(article: Article) -> None:
    made = document("rss", article)
    entry = read(made)
    assert entry.title == article.title
    assert html.unescape(entry.summary) == article.teaser
    assert [author.name for author in entry.authors] == [article.authors[0].name]
    assert [tag.term for tag in entry.get("tags", ())] == list(article.tags)
    assert texts(found(ElementTree.fromstring(made), "channel/item"), "title") == [article.title]
    if article.html:
        assert entry.content[0].value == article.html


@settings(max_examples=60, deadline=None)
@given(ARTICLES)
def test_json_round_trips(article: Article) -> None:
    (item,) = json.loads(document("json", article))["items"]
    assert item["title"] == article.title
    assert item["summary"] == article.teaser
    assert item["authors"] == [{"name": article.authors[0].name}]
    assert item.get("tags", []) == list(article.tags)
    assert item.get("content_html", "") == article.html


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_indentation_adds_nothing_to_a_text(form: str) -> None:
    body = "    code\n\n        more\n\n- a\n  - b"
    article = make_article(body=body)
    assert read(document(form, article)).content[0].value == article.html
