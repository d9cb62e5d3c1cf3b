"""A feed that somebody opens: the instruction that names its stylesheet, and what a browser makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds import formats
from feeds.config import PublicationSettings
from feeds.formats.stylesheet import address, stylesheets
from feeds.publishing import Document
from tests.browser import ask, served, shoot
from tests.conftest import NOW, SETTINGS, Project, make_article
from tests.formats.samples import document, make_feed, rich_article

XML = ("atom", "rss")
ARABIC = "أخبار الفضاء"
PUBLICATION = PublicationSettings(title="Example news", url="https://example.org/")
NOTICE = "getComputedStyle(document.querySelector('feed, channel'), '::before').content"

ENGLISH_FEED = make_feed(rich_article(title="Un & deux", language="en"), make_article(id="tag:b", title="B"))
ARABIC_FEED = make_feed(make_article(title=ARABIC), name="ar", title=ARABIC, language="ar")


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """Both feeds as application/xml, and as what they are."""
    feeds = {"en": ENGLISH_FEED, "ar": ARABIC_FEED}
    documents = [*stylesheets(PUBLICATION, feeds.values())]
    for name, feed in feeds.items():
        for form in XML:
            content = formats.render(feed, form).content
            documents.append(Document(f"{name}.{form}", content, "application/xml"))
            documents.append(Document(f"{name}.{form}.source", content, f"application/{form}+xml"))
    with served(documents) as base:
        yield base


def shown(url: str) -> list[str]:
    """The texts that can be seen, in the order of the document."""
    script = """[...document.querySelectorAll('*')]
        .filter((e) => !e.children.length && e.getClientRects().length && e.textContent.trim())
        .map((e) => e.localName + ': ' + e.textContent.trim())"""
    found: list[str] = ask(url, script)
    return found


def top(url: str, selector: str) -> float:
    return float(ask(url, f"document.querySelector('{selector}').getBoundingClientRect().top"))


@pytest.mark.parametrize("form", XML)
def test_the_instruction_stands_before_the_root(form: str) -> None:
    lines = document(form).decode().splitlines()
    assert lines[0].startswith("<?xml ")
    assert lines[1] == '<?xml-stylesheet type="text/css" href="/feeds/feed-en.css"?>'
    assert lines[2].startswith(("<feed ", "<rss "))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://example.org/a/b/", "/a/b/feeds/feed-en.css"),
        ("https://example.org/a&b/é/", "/a&b/%C3%A9/feeds/feed-en.css"),
    ],
)
def test_it_is_on_the_feeds_own_host(url: str, path: str) -> None:
    feed = make_feed(base=url)
    assert address(feed) == path
    assert f'href="{path.replace("&", "&amp;")}"'.encode() in formats.render(feed, "atom").content


def test_json_has_none() -> None:
    assert b"stylesheet" not in document("json")


def test_a_stylesheet_for_each_language() -> None:
    feeds = [make_feed(), make_feed(), make_feed(language="fr-LU")]
    made = stylesheets(PUBLICATION, feeds)
    assert [(one.path, one.media_type) for one in made] == [
        ("feeds/feed-en.css", "text/css"),
        ("feeds/feed-fr-LU.css", "text/css"),
    ]
    assert [f"/{one.path}" for one in made] == [address(feeds[0]), address(feeds[2])]
    assert "Ceci est un flux." in made[1].content.decode()


def test_a_language_without_words_has_english_ones() -> None:
    (made,) = stylesheets(PUBLICATION, [make_feed(language="it")])
    assert made.path == "feeds/feed-it.css"
    assert "This is a feed." in made.content.decode()


@pytest.mark.parametrize("form", XML)
def test_what_is_seen(base: str, form: str) -> None:
    seen = shown(f"{base}en.{form}")
    teaser = "summary: Un & deux < trois." if form == "atom" else "description: Un &amp; deux &lt; trois."
    assert ("subtitle" if form == "atom" else "description") + ": What is new" in seen
    assert teaser in seen
    assert [text for text in seen if text.startswith("title")] == [
        "title: Example news",
        "title: Un & deux",
        "title: B",
    ]
    hidden = ("content", "encoded", "id", "guid", "name", "category", "generator", "creator")
    assert not any(text.startswith(tuple(f"{name}: " for name in hidden)) for text in seen)


@pytest.mark.parametrize("form", XML)
def test_the_order_is_a_readers(base: str, form: str) -> None:
    url = f"{base}en.{form}"
    entry, date, text = (
        ("entry", "published", "summary") if form == "atom" else ("item", "pubDate", "description")
    )
    order = [f"{entry} > {name}" for name in (date, "title", text, "link")]
    places = [top(url, selector) for selector in (":is(feed, channel) > title", *order)]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("form", XML)
def test_it_says_what_it_is_in_the_feeds_language(base: str, form: str) -> None:
    assert "This is a feed." in ask(f"{base}en.{form}", NOTICE)
    assert "https://example.org/feeds/" in ask(f"{base}en.{form}", NOTICE)
    assert "هذه خلاصة" in ask(f"{base}ar.{form}", NOTICE)
    assert ask(f"{base}ar.{form}", "getComputedStyle(document.documentElement).direction") == "rtl"


@pytest.mark.parametrize("form", XML)
def test_light_dark_and_narrow(base: str, form: str) -> None:
    url = f"{base}en.{form}"
    light, dark = shoot(url, 600), shoot(url, 600, dark=True)
    assert len(light) > 10_000
    assert light != dark
    assert ask(url, "document.documentElement.scrollWidth", width=320) == 320


@pytest.mark.parametrize("form", XML)
def test_only_xml_that_is_called_xml_is_styled(base: str, form: str) -> None:
    """Why `feeds hosting` speaks of application/xml. Should this fail one day, browsers have learnt it."""
    assert ask(f"{base}en.{form}.source", "document.contentType") == "text/plain"


def test_words_stay_within_their_string(tmp_path: Path) -> None:
    (tmp_path / "locale").mkdir()
    said = 'a"b\\\\c</style>{}'
    (tmp_path / "locale/en.po").write_text(
        'msgid "This is a feed. To follow it, copy the address of this page into a feed reader."\n'
        f'msgstr "{said.replace(chr(34), chr(92) + chr(34))}"\n',
        "utf-8",
    )
    (made,) = stylesheets(PUBLICATION, [make_feed()], templates=tmp_path)
    assert '"a\\22 b\\5c c\\3c /style>{}"' in made.content.decode()


def test_it_is_the_same_every_time() -> None:
    assert stylesheets(PUBLICATION, [ENGLISH_FEED]) == stylesheets(PUBLICATION, [ENGLISH_FEED])


def test_no_feed_names_a_stylesheet_that_is_not_there(project: Project) -> None:
    """Two newsletters in a language of no feed: their issues' feeds share one."""
    issues = SETTINGS.partition("[newsletter.weekly]")[2] + 'languages = ["de"]\n'
    project.write("feeds.toml", f'{SETTINGS}languages = ["de"]\n[newsletter.daily]{issues}')
    project.article(head="language: de")
    publication = project.load()
    for name in publication.settings.newsletter:
        publication.draft(name, NOW)
        publication.approve(name, NOW, by="Ann")
    publication.build(NOW)
    feeds = list(publication.output.rglob("atom.xml"))
    named = {re.findall(r'<\?xml-stylesheet .*href="/(.*)"\?>', feed.read_text("utf-8"))[0] for feed in feeds}
    assert (len(feeds), named) == (3, {"feeds/feed-en.css", "feeds/feed-de.css"})
    assert all((publication.output / path).is_file() for path in named)
