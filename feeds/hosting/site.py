"""Where everything of a publication stands on its host, as far as a server has to know it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from feeds import formats
from feeds.config import FeedSettings, Settings
from feeds.formats import opml
from feeds.library import Library


@dataclass(frozen=True)
class Spot:
    """Where documents of a feed stand, those that are still to come among them."""

    folder: str
    """From the root of the host, with a slash at its end."""
    name: str
    folders: int = 0
    """How many folders are between: one for each tag, author or language."""
    archive: bool = False
    """Whether there are pages of an archive, too."""

    @property
    def pattern(self) -> str:
        """A regular expression, in what nginx, Apache and Caddy have in common."""
        pages = r"(?:archive/\d+-)?" if self.archive else ""
        return escaped(self.folder) + "[^/]+/" * self.folders + pages + escaped(self.name)


@dataclass(frozen=True)
class Site:
    """What the pieces are made of."""

    output: str
    prefix: str
    """The path of the publication's url, with a slash at its end."""
    types: Mapping[str, Sequence[Spot]]
    """Media type, with its charset where it has one, to the paths of feeds."""
    compress: Sequence[str]


def site_of(settings: Settings, compress: Sequence[str] = ()) -> Site:
    """What the settings say of where things stand; `compress` names the copies beside the files."""
    publication = settings.publication
    prefix = urlsplit(publication.url).path
    types: dict[str, list[Spot]] = {}
    for name, chosen in settings.feed.items():
        for form, file in Library(publication, ()).feed(name, chosen).files.items():
            types.setdefault(typed(formats.find(form).media_type), []).append(_spot(prefix, file, chosen))
    types.setdefault(typed(opml.MEDIA_TYPE), []).append(Spot(prefix, opml.PATH))
    return Site(publication.output, prefix, types, compress)


def _spot(prefix: str, file: str, settings: FeedSettings) -> Spot:
    path = PurePosixPath(prefix + file)
    folder = str(path.parent).rstrip("/") + "/"
    return Spot(folder, path.name, len(settings.each), settings.archive is not None)


def typed(media_type: str) -> str:
    """With its charset, where it has one: JSON is always UTF-8 (RFC 8259 section 8.1)."""
    return media_type if media_type.endswith("json") else f"{media_type}; charset=utf-8"


def escaped(text: str) -> str:
    """A text as a regular expression that means it, for every server's kind."""
    return re.sub(r"[][\\^$.|?*+(){}]", r"\\\g<0>", text)


def any_of(paths: Iterable[Spot]) -> str:
    """A regular expression for all of these."""
    return f"(?:{'|'.join(dict.fromkeys(path.pattern for path in paths))})"
