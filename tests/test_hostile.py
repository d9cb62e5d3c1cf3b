"""Nothing breaks a feed: whatever text passes the gate gives documents that our own rules find clean.

`make storm` does the same with 100,000 articles.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds import formats, rules
from feeds.article import Article, Attachment, Image, Person, Translation
from feeds.config import PublicationSettings
from feeds.library import Feed
from feeds.sources.accepted import accept
from feeds.sources.base import Raw
from feeds.values import headline, plain, prose
from tests.conftest import NOW, make_article

FEEDS = int(os.environ.get("HOSTILE_FEEDS", "15"))
EACH = 10
PUBLICATION = PublicationSettings(title="News", url="https://example.org/")

SAMPLES = [
    "]]>", "<script>alert(1)</script>", "&#x26;&lt;", "<b>x", "</p></div>", "<!--", "--><![CDATA[",
    "<style>*{}</style>", '<a href="javascript:x" onclick=x>', "[x](http://a b)", "![](data:x)",
    "<iframe src=//x>", "<img srcset='a 1x, b 2x'>", "![x](../a b.png)", "\u202e", "\u0338", "﷽",
    "<svg onload=x>", "&nbsp;&bogus;", "\x85", "|a|b|\n|-|-|\n|1|2|", "[^1]\n\n[^1]: x", "> " * 20,
    "<table><td>", "<h1>" * 20,
    "```\n<x>\n```", "http://[::1", "<http://x/?a=1&b=2>", "\U0001f469\u200d\U0001f680",
]  # fmt: skip
PIECES = st.one_of(st.text(max_size=30), st.sampled_from(SAMPLES))
TEXTS = st.lists(PIECES, max_size=6).map("".join)


def _allowed(gate: Callable[[str], str]) -> Callable[[str], str]:
    """What of a text the gate lets in, character by character."""

    @cache
    def passes(char: str) -> bool:
        try:
            return gate(f"a{char}a") is not None
        except ValueError:
            return False

    def allowed(text: str) -> str:
        kept = "x" + "".join(char for char in text if passes(char)).rstrip()
        try:
            return gate(kept)
        except ValueError:  # markup, or a mail's coded word: the gate has a line for whoever writes that
            return kept.replace("</", "< /").replace("&", "& ").replace("<", "< ").replace("=?", "= ?")

    return allowed


allowed_line, allowed_plain, allowed_prose = map(_allowed, (headline, plain, prose))
LINES = TEXTS.map(allowed_line)
PLAIN = TEXTS.map(allowed_plain)
PROSE = TEXTS.map(allowed_prose)


@st.composite
def articles(draw: st.DrawFn, number: int) -> Article:
    """An article whose every text is hostile, as far as the gate lets it in."""
    published = NOW - timedelta(seconds=draw(st.integers(10**6, 10**9)))
    return make_article(
        id=f"tag:example.org,2026-01-01:{number}",
        url=f"https://example.org/{number}/",
        title=draw(LINES),
        teaser=draw(st.none() | PLAIN),
        body=draw(PROSE),
        published=published,
        updated=published + timedelta(seconds=draw(st.integers(0, 10**6))),
        authors=tuple(Person(name=name) for name in draw(st.lists(LINES, min_size=1, max_size=2))),
        tags=tuple(draw(st.lists(LINES.map(lambda tag: tag.replace(",", "")), max_size=2, unique=True))),
        image=Image(src="https://example.org/i.jpg", alt=draw(LINES), credit=draw(LINES), width=3, height=2),
        attachments=(
            Attachment(url="https://example.org/a.mp3", type="audio/mpeg", length=1, title=draw(LINES)),
        ),
        translations=(Translation(language="fr", url=f"https://example.org/fr/{number}/"),),
    )


@st.composite
def feeds(draw: st.DrawFn) -> Feed:
    """A feed of them."""
    return Feed(
        name="hostile",
        title=draw(LINES),
        description=draw(LINES),
        language="en",
        home="https://example.org/",
        authors=(Person(name=draw(LINES)),),
        entries=tuple(draw(articles(number)) for number in range(EACH)),
        full=draw(st.booleans()),
        files={"atom": "atom.xml", "rss": "rss.xml", "json": "feed.json"},
        base="https://example.org/",
        rights=draw(st.none() | LINES),
    )


@settings(
    max_examples=FEEDS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a failing feed is small enough as it is
)
@given(feeds())
def test_every_document_is_well_formed_and_without_a_finding(feed: Feed) -> None:
    for form in feed.files:
        content = formats.render(feed, form).content
        if form != "json":
            etree.fromstring(content)
        found = [finding for finding in rules.inspect(content, now=NOW) if finding.severity != "advice"]
        assert not found, f"{form}: {found[0]}"


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=12),
        st.text(max_size=40) | st.integers() | st.booleans() | st.none() | st.lists(st.text(max_size=5)),
        max_size=6,
    )
)
def test_whatever_a_file_says_is_an_article_or_a_list_of_faults(fields: dict[str, object]) -> None:
    raw = Raw({"title": "T", "published": "2026-01-01", **fields}, "a.md", "content/a.md", dict)
    found = accept(raw, PUBLICATION)
    if isinstance(found, list):
        assert found
        assert all("\n" not in str(fault) for fault in found)
