"""`[feed.NAME]`, and which articles one takes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from feeds.article import Tags
from feeds.config.words import Count, Each, Formats, Languages, Names
from feeds.model import Model
from feeds.podcast import Podcast
from feeds.values import Identifier, Language, Line


class Selection(Model):
    """Which articles: any of the values within a key, and all the keys together."""

    tag: Tags = Field((), description="One tag, or several of which one is enough.")
    author: Tags = Field((), description="An author's name, or several.")
    language: Languages = Field((), description="A language, or several; en means en-GB too.")
    source: Names = Field((), description="A source by its name, or several; “content” for our own files.")


class FeedSettings(Model):
    """`[feed.NAME]`: one feed, in each of its formats."""

    title: Line | None = Field(None, description="Else the publication's title.")
    description: Line | None = Field(None, description="Else the publication's description.")
    language: Language | None = Field(None, description="Else the one selected, else the publication's.")
    select: Selection = Field(Selection(), description="Which articles; all if left out.")
    limit: Count = Field(50, description="How many articles at most, newest first.")
    content: Literal["full", "summary"] = Field("full", description="The whole text, or the teaser.")
    archive: Count | None = Field(
        None, description="How many articles a page of the archive holds; no archive if left out."
    )
    each: Each = Field(
        (), description="A feed for each tag, author or language there is, or for each combination."
    )
    id: Identifier | None = Field(None, description="An IRI that never changes; else its Atom address.")
    podcast: Podcast | None = Field(
        None, description="What directories of podcasts ask; it makes the feed one."
    )
    formats: Formats = Field(
        {"atom": "", "rss": "", "json": ""},
        description="A list of formats, or a table of format to file, such as atom = 'feed.xml'.",
    )
