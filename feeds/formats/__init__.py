"""Feeds, written: `render` makes the document of a feed in one of its formats.

A format is built in (`BUILT_IN`) or anybody's `package.module:object` that is a `Format`. Each is
imported when it is first asked for, so JSON alone never waits for feedgen and lxml.
"""

from __future__ import annotations

from feeds import config, plugins
from feeds.errors import Fault, FeedsError, Place, PluginError, SettingsError
from feeds.formats.base import Format
from feeds.formats.checked import address as checked_address
from feeds.formats.checked import checked
from feeds.library import Feed
from feeds.publishing import Document

__all__ = ["BUILT_IN", "Format", "checked", "find", "known", "render", "write"]

BUILT_IN = {
    "atom": "feeds.formats.atom:ATOM",
    "rss": "feeds.formats.rss:RSS",
    "json": "feeds.formats.json_feed:JSON_FEED",
}


def render(feed: Feed, format: str) -> Document:
    """The document of a feed in one of the formats that its settings name.

    Raises `ContentError` with every fault of the entries, `SettingsError` for the feed's own,
    `PluginError` for a format that cannot be had or breaks.
    """
    find(format)
    if format not in feed.files:
        place = Place(config.FILE_NAME, field=f"feed.{feed.name}.formats")
        raise SettingsError(Fault(place, f"does not name “{format}”; add it"))
    return write(checked(feed), format)


def write(ready: Feed, format: str) -> Document:
    """The document of a feed that has been checked: who writes several of one feed checks it once."""
    writer, address = find(format), checked_address(ready, format)
    content = writer.write(ready, address) if format in BUILT_IN else _foreign(writer, format, ready, address)
    return Document(ready.files[format], content, writer.media_type)


def known(format: str) -> bool:
    """Whether a name may stand in the settings: built in, or of the form `package.module:object`."""
    return format in BUILT_IN or plugins.is_spec(format)


def find(format: str) -> Format:
    """The format of a name. Raises `PluginError` where it is unknown or does not load."""
    found = plugins.load(format, BUILT_IN)
    if not isinstance(found, Format):
        problem = f"is a {type(found).__name__}; it must be a feeds.formats.Format"
        raise PluginError(Fault(Place(field=format), problem))
    return found


def _foreign(writer: Format, spec: str, feed: Feed, address: str) -> bytes:
    """What somebody else's format writes; if it breaks, it is named."""
    try:
        content = writer.write(feed, address)
    except FeedsError:
        raise
    except Exception as refusal:
        problem = f"broke at the feed {feed.name}: {type(refusal).__name__}: {refusal}"
        raise PluginError(Fault(Place(field=spec), problem)) from refusal
    if not isinstance(content, bytes):
        problem = f"wrote {type(content).__name__}; a format writes bytes"
        raise PluginError(Fault(Place(field=spec), problem))
    return content
