"""feeds.toml, checked: the publication, its feeds, its newsletters and its sources."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator

from feeds.config.feed import FeedSettings, Selection
from feeds.config.lines import toml_lines
from feeds.config.newsletter import DeliverySettings, NewsletterSettings, Sender
from feeds.config.publication import PublicationSettings
from feeds.config.source import FETCHED, SourceSettings
from feeds.config.words import Name
from feeds.errors import Fault, Place, SettingsError, unreadable
from feeds.faults import explained
from feeds.model import Model

__all__ = [
    "FETCHED",
    "FILE_NAME",
    "OURS",
    "DeliverySettings",
    "FeedSettings",
    "NewsletterSettings",
    "PublicationSettings",
    "Selection",
    "Sender",
    "Settings",
    "SourceSettings",
    "read",
    "toml_lines",
    "warnings",
]

FILE_NAME = "feeds.toml"
OURS = "content"
"""What the articles of the content folder are called among the sources."""


class Settings(Model):
    """All of feeds.toml."""

    publication: PublicationSettings
    feed: dict[Name, FeedSettings] = Field({}, description="The feeds, by name.")
    newsletter: dict[Name, NewsletterSettings] = Field({}, description="The newsletters, by name.")
    source: dict[Name, SourceSettings] = Field(
        {}, description="Where articles come from beside the content folder, by name."
    )
    delivery: DeliverySettings = Field(DeliverySettings(), description="How the newsletters leave.")

    @model_validator(mode="after")
    def _known_sources(self) -> Self:
        """No selection names a source that there is not."""
        if OURS in self.source:
            raise ValueError(f"source.{OURS}: is what our own files are called; choose another name")
        for kind, named in (("feed", self.feed), ("newsletter", self.newsletter)):
            for name, settings in named.items():
                for wanted in settings.select.source:
                    if wanted != OURS and wanted not in self.source:
                        known = ", ".join([OURS, *self.source])
                        raise ValueError(
                            f"{kind}.{name}.select.source: there is no “{wanted}”; known are {known}"
                        )
        return self


def read(path: Path) -> Settings:
    """The settings in a feeds.toml. Raises `SettingsError` with every fault in it."""
    text = _text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as refusal:
        raise SettingsError(_syntax(path.name, str(refusal))) from None
    except RecursionError:
        raise SettingsError(Fault(Place(path.name), "is nested too deeply; make it flatter")) from None
    except ValueError:
        raise SettingsError(Fault(Place(path.name), "has a number of thousands of digits")) from None
    try:
        return Settings.model_validate(data)
    except ValidationError as refusal:
        lines = toml_lines(text)
        raise SettingsError(explained(refusal, Settings, path.name, lines)) from None


def warnings(settings: Settings) -> Iterator[Fault]:
    """What is allowed in feeds.toml, and still is hardly meant."""
    url = urlsplit(settings.publication.url)
    if url.scheme == "http" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
        place = Place(FILE_NAME, field="publication.url")
        yield Fault(place, "begins with http://; readers and mailboxes want https://", warning=True)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        problem = "not found; run `feeds init` to make one, or go to the folder that has it"
    except (OSError, UnicodeDecodeError) as refusal:
        problem = unreadable(refusal)
    raise SettingsError(Fault(Place(path.name), problem))


def _syntax(file: str, message: str) -> Fault:
    found = re.search(r" \(at line (\d+), column \d+\)", message)
    line = int(found[1]) if found else 0
    problem = message[: found.start()] if found else message.removesuffix(" (at end of document)")
    return Fault(Place(file, line), f"is no TOML: {problem}")
