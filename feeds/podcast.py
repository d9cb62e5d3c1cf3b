"""Podcasts: what Apple and Podcasting 2.0 ask of a show (`[feed.NAME.podcast]`) and of an episode.

Apple's rules: https://help.apple.com/itc/podcasts_connect/ (“Podcast RSS feed requirements”);
Podcasting 2.0: https://podcasting2.org/podcast-namespace.
"""

from __future__ import annotations

import uuid
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StrictBool, StrictInt

from feeds.model import Model
from feeds.values import Address, Email, Language, Line, MediaType, Reference

NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""What the guid of a podcast is derived in (Podcasting 2.0, tag guid)."""
Number = Annotated[StrictInt, Field(ge=1, le=1_000_000)]


def _uuid(value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise ValueError(f"“{value}” is no UUID; leave it out and one is made of the address") from None


Guid = Annotated[str, AfterValidator(_uuid)]


class Owner(Model):
    """Whom a podcast's directory writes to."""

    name: Line = Field(description="The owner's name.")
    email: Email = Field(description="The owner's address; it is public.")


class Podcast(Model):
    """What a directory of podcasts wants to know of a show."""

    category: tuple[Line, ...] = Field(
        min_length=1,
        max_length=3,
        description="Apple's categories; Society & Culture > Documentary for a part.",
    )
    image: Reference = Field(description="A square JPEG or PNG, 1400 to 3000 pixels wide.")
    explicit: StrictBool = Field(False, description="Whether it is for adults.")
    author: Line | None = Field(None, description="Who makes it; else the publication's first author.")
    owner: Owner | None = Field(None, description="Whom directories write to.")
    kind: Literal["episodic", "serial"] = Field(
        "episodic", description="serial: to be heard from the first on."
    )
    complete: StrictBool = Field(False, description="true: there will be no further episode.")
    locked: StrictBool = Field(True, description="Whether other platforms are asked not to import it.")
    guid: Guid | None = Field(None, description="The podcast's UUID for ever; else made of its address.")
    funding: Address | None = Field(None, description="A page for those who want to give.")


class Transcript(Model):
    """An episode's words, in a file."""

    url: Reference = Field(description="The file, relative to the article's, or an https address.")
    type: MediaType | None = Field(None, description="text/vtt, application/x-subrip, text/html …")
    language: Language | None = Field(None, description="Else the episode's.")


class Voice(Model):
    """Somebody who is to be heard."""

    name: Line = Field(description="The name.")
    role: Line = Field("host", description="host, guest, …")
    url: Address | None = Field(None, description="A page about this person.")
    image: Address | None = Field(None, description="A picture of this person.")


class Episode(Model):
    """What a directory of podcasts wants to know of an episode. The first sound or film attached is it."""

    number: Number | None = Field(None, description="Its number within the season.")
    season: Number | None = Field(None, description="The season's number.")
    kind: Literal["full", "trailer", "bonus"] = Field("full", description="What sort of episode it is.")
    explicit: StrictBool | None = Field(None, description="Else as the podcast.")
    chapters: Reference | None = Field(None, description="A file of chapters (JSON).")
    transcripts: tuple[Transcript, ...] = Field((), description="Its words, in files.")
    people: tuple[Voice, ...] = Field((), description="Who is to be heard.")


def guid(address: str) -> str:
    """The UUID of a podcast by its feed's address, without scheme and trailing slashes."""
    parts = urlsplit(address)
    return str(uuid.uuid5(NAMESPACE, f"{parts.netloc}{parts.path}".rstrip("/")))
