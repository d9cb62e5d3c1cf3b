"""Independent readers see in our feeds what the articles say: the example's feeds, and hostile text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds import formats
from feeds.article import Article, Attachment, Person
from feeds.library import Feed
from feeds.publication import load
from feeds.values import headline
from tests.conftest import NOW, make_article
from tests.readers import READERS, Format, Reader, Seen

ROOT = Path(__file__).parent.parent
FORMATS: tuple[Format, ...] = ("atom", "rss", "json")


def told(article: Article, form: Format, feed: Feed) -> Seen:
    """An article as its feed ought to tell it."""
    return Seen(
        id=article.id,
        title=article.title,
        link=article.url,
        published=article.published,
        updated=article.updated,
        authors=tuple(author.name for author in article.authors),
        enclosures=tuple((item.url, item.type, item.length) for item in _enclosed(article, form)),
        content=article.html if feed.full else article.summary,
        language=feed.language if form == "rss" else article.language,
    )


def _enclosed(article: Article, form: Format) -> Sequence[Attachment]:
    return article.attachments[:1] if form == "rss" else article.attachments


def read(reader: Reader, form: Format, feeds: Sequence[Feed], folder: Path) -> list[list[Seen]]:
    """What the reader shows of each feed; of all at once, for a program takes long to start."""
    documents = [folder / f"{number}.{form}" for number, _ in enumerate(feeds)]
    for document, feed in zip(documents, feeds, strict=True):
        document.write_bytes(formats.render(feed, form).content)
    return reader.read(documents)


def cases() -> list[object]:
    """Each reader with each format that it reads."""
    return [
        pytest.param(reader, form, id=f"{reader.name}-{form}")
        for reader in READERS
        for form in FORMATS
        if form in reader.formats
    ]


@pytest.fixture(scope="module")
def example() -> list[Feed]:
    """Every feed of the example that has all of its articles' texts."""
    publication = load(ROOT)
    library = publication.collect(NOW).library.at(NOW)
    feeds = (library.feed(name, wanted) for name, wanted in publication.settings.feed.items())
    return [feed for feed in feeds if feed.full]


@pytest.mark.parametrize(("reader", "form"), cases())
def test_every_feed_of_the_example(reader: Reader, form: Format, example: list[Feed], tmp_path: Path) -> None:
    for feed, shown in zip(example, read(reader, form, example, tmp_path), strict=True):
        expected = [reader.shows(form, told(article, form, feed)) for article in feed.entries]
        assert in_order(reader, shown) == in_order(reader, expected)


def in_order(reader: Reader, entries: list[Seen]) -> list[Seen]:
    """The entries as they came, or by their ids where the reader has an order of its own."""
    return entries if reader.ordered else by_id(entries)


def by_id(entries: list[Seen]) -> list[Seen]:
    return sorted(entries, key=lambda one: str(one.id))


def _says_something(text: str) -> bool:
    try:
        headline(text)
    except ValueError:
        return False
    return text == " ".join(text.split())  # half of the readers fold white space


HOSTILE = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from(
        [
            "]]>",
            "<b>bold",
            "&lt;i&gt; &amp;amp; &#38;",
            "a < b & c > d",
            "“quotes” 'and' \"more\"",
            "\\n \\u0041 {{ x }} %s ${HOME}",
            "शुभ्र 京都 שָׁלוֹם ‏ข่าว 🧑🏽‍🚀 é ﷺ",
            "<!-- no --> <?php ?> <![CDATA[x]]>",
            "x" * 400,
        ]
    ),
).filter(_says_something)
NAMES = HOSTILE.filter(lambda name: not set(name) & set("<>(),@"))
"""Names without what `mail (Name)` is made of; readers take RSS's names apart there, each in its way."""
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@st.composite
def hostile_feeds(draw: st.DrawFn) -> Feed:
    """A feed of articles whose every text is hostile."""
    count = draw(st.integers(1, 8))
    entries = []
    for number in range(count):
        published = draw(MOMENTS)
        entries.append(
            make_article(
                id=f"tag:example.org,2026:{number}",
                url=f"https://example.org/{number}/",
                title=draw(HOSTILE),
                teaser=draw(HOSTILE),
                published=published,
                updated=published + timedelta(seconds=draw(st.integers(0, 10**6))),
                authors=(Person(name=draw(NAMES)),),
                tags=tuple(draw(st.lists(HOSTILE, max_size=2, unique=True))),
                attachments=(Attachment(url="https://example.org/a.mp3", type="audio/mpeg", length=7),),
                body="Text. " + draw(HOSTILE),
            )
        )
    return Feed(
        name="hostile",
        title=draw(HOSTILE),
        description=draw(HOSTILE),
        language="en",
        home="https://example.org/",
        authors=(),
        entries=tuple(sorted(entries, key=lambda entry: entry.id)),
        full=True,
        files={form: form for form in FORMATS},
        base="https://example.org/",
    )


@pytest.fixture(scope="module")
def hostile() -> list[Feed]:
    """Feeds whose every text is hostile, the same in every run."""
    drawn: list[Feed] = []

    @settings(max_examples=12, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(hostile_feeds())
    def draw(feed: Feed) -> None:
        drawn.append(feed)

    draw()
    return drawn


@pytest.mark.parametrize(("reader", "form"), cases())
def test_hostile_text_arrives(reader: Reader, form: Format, hostile: list[Feed], tmp_path: Path) -> None:
    """Ids, titles, links, dates, authors and enclosures are what the articles have."""
    for feed, shown in zip(hostile, read(reader, form, hostile, tmp_path), strict=True):
        expected = [folded(reader.shows(form, told(article, form, feed))) for article in feed.entries]
        assert by_id([folded(seen) for seen in shown]) == expected


def folded(seen: Seen) -> Seen:
    """An entry without its content, which readers sanitise in as many ways as there are readers."""
    return replace(seen, content=None)
