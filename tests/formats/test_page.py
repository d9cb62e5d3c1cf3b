"""The page beside the feeds, in a real browser: what it says, in whose language, and for whom."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from feeds.article import Article
from feeds.config import PublicationSettings
from feeds.errors import TemplateError
from feeds.formats.page import RESERVED, page
from feeds.library import Feed
from feeds.templating import packaged
from tests.browser import ask, axe, foreign, served, shoot
from tests.conftest import make_article
from tests.formats.samples import HOSTILE, make_feed

ARABIC = "أخبار الفضاء"


def publication(**fields: Any) -> PublicationSettings:
    given = {"title": "Example news", "url": "https://example.org/", "timezone": "Europe/Luxembourg"}
    return PublicationSettings.model_validate({**given, **fields})


def entries(*titles: str, language: str = "en") -> list[Article]:
    return [
        make_article(
            title=title,
            language=language,
            url=f"https://example.org/{number}/",
            published=datetime(2026, 11, 19, 23, 30, tzinfo=UTC),
        )
        for number, title in enumerate(titles)
    ]


ENGLISH_FEED = make_feed(*entries("One", "Two", "Three", "Four"))
FRENCH_FEED = make_feed(
    *entries("Un", language="fr"), name="fr", title="Nouvelles", language="fr", files={"rss": "fr/rss.xml"}
)
ARABIC_FEED = make_feed(*entries(ARABIC, language="ar"), name="ar", title=ARABIC, language="ar")
EVERY = (ENGLISH_FEED, FRENCH_FEED, ARABIC_FEED, make_feed(name="empty", title="Empty", full=False))


def source(*feeds: Feed, **fields: Any) -> str:
    return page(publication(**fields), feeds)[0].content.decode()


@pytest.fixture(scope="module", params=["en", "ar"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The page in a publication of each direction, served."""
    with served(page(publication(language=request.param, accent="#ffd400"), EVERY)) as base:
        yield f"{base}feeds/"


@pytest.fixture(scope="module")
def english() -> Iterator[str]:
    with served(page(publication(), EVERY)) as base:
        yield f"{base}feeds/"


def texts(address: str, selector: str) -> list[str]:
    found: list[str] = ask(
        address, f"[...document.querySelectorAll({selector!r})].map((e) => e.value ?? e.textContent.trim())"
    )
    return found


def test_where_it_stands() -> None:
    documents = page(publication(), [ENGLISH_FEED])
    assert {document.path: document.media_type for document in documents} == {
        "feeds/index.html": "text/html",
        "feeds/style.css": "text/css",
    }
    assert {document.path.partition("/")[0] for document in documents} == RESERVED


def test_it_lists_every_feed_with_its_newest_three(english: str) -> None:
    assert texts(english, "section.feed > :is(h2, h3)[id]") == ["Example news", "Empty", "Nouvelles", ARABIC]
    assert texts(english, "section[aria-labelledby=feed-news] .newest a") == ["One", "Two", "Three"]
    assert texts(english, "section[aria-labelledby=feed-news] time") == ["November 20, 2026"] * 3
    assert texts(english, "section[aria-labelledby=feed-empty] > .quiet") == [
        "Summaries · In English",
        "No articles yet",
    ]


def test_formats_and_the_address_to_copy(english: str) -> None:
    assert texts(english, "section[aria-labelledby=feed-news] .formats a") == ["Atom", "RSS", "JSON Feed"]
    assert texts(english, "#address-news") == ["https://example.org/news/atom.xml"]
    assert texts(english, "#address-fr") == ["https://example.org/fr/rss.xml"]


def test_an_address_is_copied_by_keyboard_alone(english: str) -> None:
    """Masthead, OPML, address: a browser selects what is in a field that Tab comes to."""
    focused = "[document.activeElement.id, getSelection().toString()]"
    assert ask(english, focused, keys=["Tab", "Tab", "Tab"]) == [
        "address-news",
        "https://example.org/news/atom.xml",
    ]
    assert ask(english, "getComputedStyle(document.activeElement).outlineStyle", keys=["Tab"]) == "solid"


def test_lines_for_pages_of_ones_own(english: str) -> None:
    (copied,) = texts(english, "textarea")
    lines = copied.splitlines()
    assert lines[0] == (
        '<link rel="alternate" type="application/atom+xml" title="Example news"'
        ' href="https://example.org/news/atom.xml">'
    )
    assert len(lines) == len(EVERY)
    told = ask(english, "[...document.head.querySelectorAll('[rel=alternate]')].map((e) => e.outerHTML)")
    assert told == lines


def test_every_part_is_in_its_own_language(english: str) -> None:
    assert texts(english, "section.part[lang=fr] label") == ["Adresse du flux"]
    assert texts(english, "section.part[lang=fr] time") == ["20 novembre 2026"]
    assert texts(english, "section.part > h2")[:2] == ["Français", "العربية"]
    assert ask(english, "getComputedStyle(document.querySelector('[lang=ar] label')).direction") == "rtl"


def test_a_language_without_words_is_marked_in_the_publications() -> None:
    italian = make_feed(
        *entries("Uno", language="it"), title="Notizie", description="Le nuove", language="it"
    )
    text = source(italian)
    assert '<h2 id="feed-news" lang="it" dir="ltr">Notizie</h2>' in text
    assert '<p class="about" lang="it" dir="ltr">Le nuove</p>' in text
    assert 'lang="it" dir="ltr">Uno</a>' in text
    assert "Whole articles · In Italian" in text
    assert '<html lang="en" dir="ltr">' in source(italian, language="it")


def test_an_entry_in_another_language_is_marked() -> None:
    text = source(make_feed(*entries("One"), *entries(ARABIC, language="ar")))
    assert f'lang="ar" dir="rtl">{ARABIC}</a>' in text
    assert "In English and Arabic" in text


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(address: str, dark: bool) -> None:
    assert axe(address, dark) == []
    assert axe(address, dark, width=320) == []


@pytest.mark.parametrize("width", [320, 375, 600, 1280])
def test_nothing_is_wider_than_the_screen(address: str, width: int) -> None:
    assert ask(address, "document.documentElement.scrollWidth", width=width) == width


def test_text_is_seen_in_both_schemes(address: str) -> None:
    light, dark = shoot(address, 375), shoot(address, 375, dark=True)
    assert light.startswith(b"\x89PNG")
    assert len(light) > 20_000
    assert light != dark


def test_nothing_comes_from_elsewhere_and_nothing_runs(english: str) -> None:
    assert foreign(english) == []
    assert "<script" not in source(*EVERY)


def test_direction(address: str) -> None:
    language, direction = ask(address, "[document.documentElement.lang, document.documentElement.dir]")
    assert (language, direction) in [("en", "ltr"), ("ar", "rtl")]
    fields = ask(address, "[...document.querySelectorAll('input, textarea')].map((e) => e.dir)")
    assert set(fields) == {"ltr"}


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    feed = make_feed(*entries(text), title=text, description=text)
    written = source(feed, title=text)
    assert "<script" not in written
    assert "<b>" not in written
    assert f">{html.escape(text, quote=False)}<" in written.replace("&#34;", '"')


def test_pages_of_archives_are_not_shown() -> None:
    assert source(ENGLISH_FEED, make_feed(name="old", title="Page 7", archive=True)).count("Page 7") == 0


def test_it_is_the_same_every_time() -> None:
    assert page(publication(), EVERY) == page(publication(), EVERY)


def test_without_feeds_it_still_stands() -> None:
    text = source()
    assert "<h1>Feeds</h1>" in text
    assert "<textarea" not in text


def test_a_project_overrides_a_block(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    own = '{% extends "package/web/feeds.html" %}{% block intro %}<p>Ours.</p>{% endblock %}'
    (tmp_path / "web/feeds.html").write_text(own, "utf-8")
    made = page(publication(), [ENGLISH_FEED], templates=tmp_path)[0].content.decode()
    assert "<p>Ours.</p>" in made
    assert "without an account" not in made
    (tmp_path / "web/feeds.html").write_text("{{ nothing }}", "utf-8")
    with pytest.raises(TemplateError, match=r"feeds\.html:1"):
        page(publication(), [ENGLISH_FEED], templates=tmp_path)


def catalogue(language: str) -> dict[str, str]:
    with (packaged() / "locale" / f"{language}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_every_catalogue_says_what_our_pages_say() -> None:
    folder = packaged() / "web"
    said: Sequence[str] = [
        phrase
        for file in (folder / "feeds.html", folder / "_feed.html")
        for phrase in re.findall(r'say\("([^"]+)"\)', file.read_text("utf-8"))
    ]
    assert len(said) >= 8
    for language in ("en", "fr", "de", "ar"):
        assert [phrase for phrase in said if not catalogue(language).get(phrase)] == []


def test_arabic_says_all_that_english_says() -> None:
    assert set(catalogue("ar")) >= set(catalogue("en"))
