# ruff: noqa: E501 - a document is easier to read on one line
from __future__ import annotations

import pytest

from tests.rules.support import findings, item, rss, rules

URL = 'url="https://example.org/a"'
FIRST = "http://www.itunes.com/DTDs/Podcast-1.0.dtd"


def as_of_2005(document: bytes) -> bytes:
    """The same podcast, with the namespace as Apple first wrote it."""
    return document.replace(b"http://www.itunes.com/dtds/podcast-1.0.dtd", FIRST.encode())


BAD = [
    ("value", rss("<itunes:explicit>maybe</itunes:explicit>")),
    ("value", item("<itunes:explicit/>")),
    ("value", rss("<itunes:block>perhaps</itunes:block>")),
    ("duration", item("<itunes:duration>long</itunes:duration>")),
    ("duration", item("<itunes:duration/>")),
    ("duration", item("<itunes:duration>1:2:3:4</itunes:duration>")),
    ("duration", item("<itunes:duration>1:99</itunes:duration>")),
    ("duration", item("<itunes:duration>-5</itunes:duration>")),
    ("misplaced-element", rss("<itunes:duration>5</itunes:duration>")),
    ("missing-attribute", rss("<itunes:image/>")),
    ("address", rss('<itunes:image href="i.png"/>')),
    ("itunes-image", rss('<itunes:image href="https://example.org/i.gif"/>')),
    ("missing-attribute", rss("<itunes:category/>")),
    ("blank", rss('<itunes:category text=""/>')),
    ("itunes-category", rss('<itunes:category text="Gossip"/>')),
    ("itunes-category", rss('<itunes:category text="technology"/>')),
    ("itunes-category", rss('<itunes:category text="Arts"><itunes:category text="Golf"/></itunes:category>')),
    ("category-obsolete", rss('<itunes:category text="Audio Blogs"/>')),
    ("keywords", rss("<itunes:keywords>one two three</itunes:keywords>")),
    ("missing-element", rss("<itunes:owner><itunes:name>x</itunes:name></itunes:owner>")),
    ("mail", rss("<itunes:owner><itunes:email>x</itunes:email></itunes:owner>")),
    ("misplaced-element", item("<itunes:owner><itunes:email>a@example.org</itunes:email></itunes:owner>")),
    ("address", rss("<itunes:new-feed-url>x</itunes:new-feed-url>")),
    ("too-long", rss(f"<itunes:subtitle>{'x' * 256}</itunes:subtitle>")),
    ("too-long", rss(f"<itunes:summary>{'x' * 4001}</itunes:summary>")),
    ("html-in-text", rss("<itunes:subtitle>&lt;b>x&lt;/b></itunes:subtitle>")),
    ("blank", rss("<itunes:author/>")),
    ("duplicate-element", rss("<itunes:author>a</itunes:author><itunes:author>b</itunes:author>")),
    ("unknown-element", rss("<itunes:autor>x</itunes:autor>")),
    ("unknown-element", rss("<itunes:Author>x</itunes:Author>")),
    ("number", item("<itunes:episode>one</itunes:episode>")),
    ("number", item("<itunes:season>0</itunes:season>")),
    ("value", item("<itunes:episodeType>extra</itunes:episodeType>")),
    ("value", rss("<itunes:type>weekly</itunes:type>")),
    ("itunes-format", item('<itunes:author>x</itunes:author><enclosure url="https://example.org/a.ogg" length="1" type="audio/ogg"/>')),
    ("missing-element", as_of_2005(rss("<itunes:owner><itunes:name>x</itunes:name></itunes:owner>"))),
    ("itunes-category", as_of_2005(rss('<itunes:category text="Arts"><itunes:category text="Golf"/></itunes:category>'))),
    ("unknown-element", as_of_2005(rss("<itunes:autor>x</itunes:autor>"))),
    ("itunes-format", as_of_2005(item('<itunes:author>x</itunes:author><enclosure url="https://example.org/a.ogg" length="1" type="audio/ogg"/>'))),
    # Podcasting 2.0
    ("value", rss("<podcast:locked>maybe</podcast:locked>")),
    ("mail", rss('<podcast:locked owner="x">yes</podcast:locked>')),
    ("missing-attribute", item('<podcast:transcript type="text/vtt"/>')),
    ("media-type", item(f'<podcast:transcript {URL} type="vtt"/>')),
    ("missing-attribute", rss("<podcast:funding>x</podcast:funding>")),
    ("missing-attribute", item(f"<podcast:chapters {URL}/>")),
    ("number", item('<podcast:soundbite startTime="x" duration="1"/>')),
    ("missing-attribute", item('<podcast:soundbite startTime="1"/>')),
    ("blank", rss("<podcast:person/>")),
    ("number", item("<podcast:season>x</podcast:season>")),
    ("number", item("<podcast:episode>x</podcast:episode>")),
    ("date", rss(f'<podcast:trailer {URL} pubdate="2024-05-31">x</podcast:trailer>')),
    ("uuid", rss("<podcast:guid>1234</podcast:guid>")),
    ("value", rss("<podcast:medium>radio</podcast:medium>")),
    ("missing-element", item('<podcast:value type="lightning" method="keysend"/>')),
    ("missing-element", item('<podcast:alternateEnclosure type="audio/mpeg"/>')),
    ("missing-attribute", item('<podcast:socialInteract uri="https://example.org/"/>')),
    ("missing-attribute", rss("<podcast:podroll><podcast:remoteItem/></podcast:podroll>")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "document"), BAD)
def test_each_breach_is_named_and_nothing_else(rule: str, document: bytes) -> None:
    assert rules(document) == [rule], [str(finding) for finding in findings(document)]


@pytest.mark.parametrize(
    "document",
    [
        *[rss(f"<itunes:explicit>{value}</itunes:explicit>") for value in ("yes", "no", "clean", "true", "false", "Yes")],
        *[item(f"<itunes:duration>{value}</itunes:duration>") for value in ("1:02:34", "12:34", "4:34", "754", "01:02:03", "75:30", "100:00")],
        rss('<itunes:category text="Society &amp; Culture"><itunes:category text="Documentary"/></itunes:category><itunes:category text="History"/>'),
        rss('<itunes:category text="Science &amp; Medicine"><itunes:category text="Medicine"/></itunes:category>'),
        rss('<itunes:image href="https://example.org/i.jpg"/><itunes:owner><itunes:name>A</itunes:name><itunes:email>a@example.org</itunes:email></itunes:owner>'),
        rss("<itunes:block>Yes</itunes:block><itunes:complete>Yes</itunes:complete><itunes:type>serial</itunes:type><itunes:new-feed-url>https://example.org/f</itunes:new-feed-url>"),
        rss("<itunes:keywords>one, two words</itunes:keywords>"),
        as_of_2005(rss('<itunes:owner><itunes:email>a@example.org</itunes:email></itunes:owner><itunes:category text="Arts"><itunes:category text="Books"/></itunes:category>')),
        item("<itunes:episode>3</itunes:episode><itunes:season>1</itunes:season><itunes:episodeType>full</itunes:episodeType><itunes:title>x</itunes:title>"),
        rss('<podcast:locked owner="a@example.org">yes</podcast:locked><podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid><podcast:medium>musicL</podcast:medium>'),
        item(f'<podcast:transcript {URL} type="application/srt" rel="captions"/><podcast:chapters {URL} type="application/json+chapters"/><podcast:person role="guest">B</podcast:person>'),
        item('<podcast:value type="lightning" method="keysend" suggested="0.00000005000"><podcast:valueRecipient name="x" type="node" address="02d5" split="99"/></podcast:value>'),
        item('<podcast:alternateEnclosure type="audio/mpeg" length="1" default="true"><podcast:source uri="ipfs://x"/></podcast:alternateEnclosure><podcast:episode display="Ch.3">204.5</podcast:episode>'),
        rss('<podcast:liveItem status="live" start="2021-09-26T07:30:00.000-0600"><title>x</title><guid isPermaLink="false">1</guid></podcast:liveItem>'),
        rss("<podcast:nosuch>of a later phase</podcast:nosuch>"),
    ],
)  # fmt: skip
def test_clean_podcasts(document: bytes) -> None:
    assert [str(finding) for finding in findings(document)] == []
