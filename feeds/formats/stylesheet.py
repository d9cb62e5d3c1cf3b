"""The look of a feed that somebody opens in a browser: CSS, since browsers have given up XSLT.

A browser heeds it where the feed is served as application/xml or text/xml. There is one stylesheet
for each language, for CSS has the words, and of an RSS document it cannot tell the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from feeds import values
from feeds.config import PublicationSettings
from feeds.formats.opml import FOLDER
from feeds.library import Feed
from feeds.publishing import Document


def address(feed: Feed) -> str:
    """Where the feed's stylesheet stands, from the root of its own host (`/feeds/feed-en.css`).

    Without the host a preview, a mirror and the publication each have their own.
    """
    return urlsplit(values.address(urljoin(feed.base, _path(feed.language)))).path


def stylesheets(
    publication: PublicationSettings, feeds: Iterable[Feed], *, templates: Path | None = None
) -> tuple[Document, ...]:
    """One stylesheet for each language that a feed has. `templates` is a project's own folder.

    Raises `TemplateError` with the template's file and line.
    """
    languages = dict.fromkeys(feed.language for feed in feeds)
    return tuple(_stylesheet(publication, language, templates) for language in languages)


def _path(language: str) -> str:
    return f"{FOLDER}/feed-{language}.css"


def _stylesheet(publication: PublicationSettings, language: str, templates: Path | None) -> Document:
    from markupsafe import Markup

    from feeds import colours, templating  # a feed that only names its stylesheet needs no templates
    from feeds.formats.page import spoken

    words = spoken(publication, language, templates)
    page = values.address(urljoin(publication.url, f"{FOLDER}/"))
    sentences = {
        "notice": words.say(
            "This is a feed. To follow it, copy the address of this page into a feed reader."
        ),
        # Isolated, or the last slash of the address would go astray where words run from the right.
        "all_feeds": words.say("All feeds: {address}", address=f"\u2066{page}\u2069"),
    }
    context = {
        **{name: Markup(_quoted(text)) for name, text in sentences.items()},  # noqa: S704
        "direction": words.direction,
        "light": colours.light(publication.accent),
        "dark": colours.dark(publication.accent),
    }
    written = templating.render("web/feed.css", context, folder=templates)
    return Document(_path(language), written.encode(), "text/css")


def _quoted(text: str) -> str:
    """A string as CSS has it (CSS Syntax 3, section 4.3.5)."""
    return '"' + re.sub(r'["\\\x00-\x1f<]', lambda char: f"\\{ord(char[0]):x} ", text) + '"'
