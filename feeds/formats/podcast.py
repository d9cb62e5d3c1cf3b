"""A podcast's elements in RSS: Apple's (itunes:) and those of Podcasting 2.0 (podcast:)."""

from __future__ import annotations

from collections.abc import Iterator

from feeds import podcast
from feeds.article import Article
from feeds.formats._feedgen import Element
from feeds.library import Feed


def channel(feed: Feed, address: str) -> Iterator[Element]:
    """What a show says of itself; nothing for a feed that is none."""
    show = feed.podcast
    if show is None:
        return
    yield Element("itunes:author", show.author or feed.authors[0].name)
    for category in show.category:
        yield _category(category)
    yield Element("itunes:explicit", _said(show.explicit))
    yield Element("itunes:image", attributes={"href": show.image})
    yield Element("itunes:type", show.kind)
    if show.owner:
        name, email = Element("itunes:name", show.owner.name), Element("itunes:email", show.owner.email)
        yield Element("itunes:owner", children=(name, email))
    if show.complete:
        yield Element("itunes:complete", "Yes")
    owner = {"owner": show.owner.email} if show.owner else {}
    yield Element("podcast:locked", "yes" if show.locked else "no", owner)
    yield Element("podcast:guid", show.guid or podcast.guid(address))
    if show.funding:
        yield Element("podcast:funding", feed.title, {"url": show.funding})


def item(article: Article, feed: Feed) -> Iterator[Element]:
    """What an episode says of itself; nothing in a feed that is no podcast."""
    show, episode = feed.podcast, article.episode or podcast.Episode()
    if show is None:
        return
    sound = article.recording
    if sound and sound.duration:
        yield Element("itunes:duration", str(sound.duration))
    yield Element("itunes:explicit", _said(show.explicit if episode.explicit is None else episode.explicit))
    yield Element("itunes:episodeType", episode.kind)
    if episode.number:
        yield Element("itunes:episode", str(episode.number))
        yield Element("podcast:episode", str(episode.number))
    if episode.season:
        yield Element("itunes:season", str(episode.season))
        yield Element("podcast:season", str(episode.season))
    if article.image:
        yield Element("itunes:image", attributes={"href": article.image.src})
    yield from _files(article, episode)


def _files(article: Article, episode: podcast.Episode) -> Iterator[Element]:
    if episode.chapters:
        attributes = {"url": episode.chapters, "type": "application/json+chapters"}
        yield Element("podcast:chapters", attributes=attributes)
    for words in episode.transcripts:
        language = words.language or article.language
        attributes = {"url": words.url, "type": words.type or "text/plain", "language": language}
        yield Element("podcast:transcript", attributes=attributes)
    for voice in episode.people:
        person = {"role": voice.role, "href": voice.url, "img": voice.image}
        yield Element("podcast:person", voice.name, person)


def _category(text: str) -> Element:
    """Society & Culture > Documentary is one within the other."""
    outer, _, inner = (part.strip() for part in text.partition(">"))
    children = (Element("itunes:category", attributes={"text": inner}),) if inner else ()
    return Element("itunes:category", attributes={"text": outer}, children=children)


def _said(explicit: bool) -> str:
    return "true" if explicit else "false"
