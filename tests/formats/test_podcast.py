"""A podcast's feed says what Apple and Podcasting 2.0 ask, and a client hears the right file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from feeds import podcast, rules
from feeds.errors import SettingsError
from tests.conftest import NOW, SETTINGS, Project
from tests.readers import READERS

SHOW = """
[feed.talk]
formats = ["rss"]
[feed.talk.podcast]
category = ["Society & Culture > Documentary", "Science"]
image = "cover.jpg"
owner = { name = "The newsroom", email = "audio@example.org" }
funding = "https://example.org/give"
"""
SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}


@pytest.fixture
def feed(project: Project) -> Path:
    """The feed of a show with one episode; another article has nothing to be heard."""
    project.write("feeds.toml", SETTINGS.replace("[feed.news]", SHOW))
    for name, size in (("a.mp3", 1000), ("notes.pdf", 10), ("words.vtt", 5), ("_chapters.json", 5)):
        project.write(f"content/files/{name}", b"x" * size)
    project.article(
        "2026/episode.md",
        "attachments: [{url: ../files/notes.pdf}, {url: ../files/a.mp3, duration: 61}]\n"
        "episode:\n  number: 3\n  season: 2\n  chapters: ../files/_chapters.json\n"
        "  transcripts: [{url: ../files/words.vtt}]\n"
        "  people: [{name: The newsroom, role: host, url: https://example.org/desk}]\n",
    )
    project.article("2026/text.md")
    return project.root


def test_a_show_and_its_episode(project: Project, feed: Path) -> None:
    project.load().build(NOW)
    document = (feed / "public/talk/rss.xml").read_bytes()
    channel: Any = etree.fromstring(document).find("channel")
    categories = [one.get("text") for one in channel.iterfind("itunes:category", SPACES)]
    assert categories == ["Society & Culture", "Science"]
    assert channel.find("itunes:category/itunes:category", SPACES).get("text") == "Documentary"
    assert channel.find("itunes:image", SPACES).get("href") == "https://example.org/cover.jpg"
    assert channel.findtext("itunes:owner/itunes:email", namespaces=SPACES) == "audio@example.org"
    guid = channel.findtext("podcast:guid", namespaces=SPACES)
    assert guid == podcast.guid("https://example.org/talk/rss.xml")
    [item] = channel.iterfind("item")
    assert item.find("enclosure").attrib == {
        "url": "https://example.org/files/a.mp3",
        "length": "1000",
        "type": "audio/mpeg",
    }
    assert item.findtext("itunes:duration", namespaces=SPACES) == "61"
    assert item.findtext("itunes:season", namespaces=SPACES) == "2"
    assert item.findtext("itunes:episode", namespaces=SPACES) == "3"
    assert item.find("podcast:transcript", SPACES).attrib == {
        "url": "https://example.org/files/words.vtt",
        "type": "text/vtt",
        "language": "en",
    }
    assert item.findtext("podcast:person", namespaces=SPACES) == "The newsroom"
    assert not [finding for finding in rules.inspect(document) if finding.severity == "error"]
    player = next(reader for reader in READERS if reader.name == "podcastparser")
    [[episode]] = player.read([feed / "public/talk/rss.xml"])
    assert episode.enclosures
    assert episode.enclosures[0] == ("https://example.org/files/a.mp3", "audio/mpeg", 1000)
    assert (feed / "public/files/words.vtt").exists()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('category = ["Society & Culture > Documentary", "Science"]', "category = []", "podcast.category: "),
        ("funding", 'guid = "x"\nfunding', "podcast.guid: “x” is no UUID"),
        ("funding", 'kind = "daily"\nfunding', "podcast.kind: "),
    ],
)
def test_what_a_show_must_say_is_checked(project: Project, old: str, new: str, expected: str) -> None:
    project.write("feeds.toml", SETTINGS.replace("[feed.news]", SHOW.replace(old, new)))
    with pytest.raises(SettingsError) as refusal:
        project.load()
    assert expected in str(refusal.value)


def test_the_guid_is_that_of_the_specification() -> None:
    """The example of the podcast namespace's documentation."""
    assert podcast.guid("https://podnews.net/rss") == podcast.guid("http://podnews.net/rss/")
    assert podcast.guid("https://podnews.net/rss") == "9b024349-ccf0-5f69-a609-6b82873eab3c"
