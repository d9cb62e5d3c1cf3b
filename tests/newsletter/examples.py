"""Issues made by hand, and the parts of a digest as a mail program sees them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from feeds.article import Article, Image
from feeds.config import Sender
from feeds.library import Issue
from tests.conftest import make_article

PICTURE = Image(
    src="https://example.org/images/a.jpg", alt="A dish", credit="Drawing: us", width=1200, height=675
)

SCRIPTS = {
    "no-break space": "10\u00a0000 € à l’État",
    "narrow no-break space": "«\u202fbonjour\u202f»",
    "Persian": "می‌خواهم فضا را ببینم",
    "Arabic": "لوكسمبورغ توقّع اتفاقية",
    "Hindi": "अन्तरिक्ष की ख़बरें",
    "Thai": "ข่าวอวกาศที่นี่ ไม่มีช่องว่าง",
    "Hebrew points": "שָׁלוֹם עֲלֵיכֶם",
    "combining marks": "e\u0301tat, Z\u0335\u0327a\u0300",
    "emoji sequences": "👩🏽‍🚀 und 🏳️‍🌈 und 🇱🇺",
    "Japanese": "「月の資源」について、話します。",
    "backslashes": "C:\\new\\table \\u{41} \\",
    "quotes": """She said "it's <b>&amp;` 5 > 4" """.strip(),
    "braces": "{{ 7*7 }} {% raw %} {# no #} ${x}",
    "Tibetan and Zalgo": "བོད་སྐད་ ý̴̧͓",
}


def make_story(number: int, **fields: Any) -> Article:
    """The article of a number; the higher, the older."""
    given: dict[str, Any] = {
        "id": f"tag:example.org,2026:{number}",
        "url": f"https://example.org/{number}/?a=1&b=2",
        "title": f"Story {number}",
        "published": datetime(2026, 11, 19, 23, 30, tzinfo=UTC) - timedelta(days=number),
        "teaser": f"What happened in story {number}. And what comes next, in a second sentence.",
        "image": PICTURE,
        **fields,
    }
    return make_article(**given)


def make_issue(count: int = 4, **fields: Any) -> Issue:
    """An issue with so many articles."""
    given: dict[str, Any] = {
        "newsletter": "weekly",
        "title": "Example news",
        "subject": "{lead}",
        "language": "en",
        "timezone": "Europe/Luxembourg",
        "lead": make_story(0, body="First paragraph with [a link](https://example.com/x).\n\nSecond."),
        "items": tuple(make_story(number) for number in range(1, count)),
        "home": "https://example.org/",
        "news": "https://example.org/all/",
        "sender": Sender(name="Example news", email="news@example.org"),
        "unsubscribe": "https://example.org/unsubscribe",
        "web": "https://example.org/newsletters/weekly/1.html",
        "template": "digest",
        "accent": "#b4472f",
        "imprint": "Example news\n1 Example Street",
        **fields,
    }
    return Issue(**given)


@dataclass
class Element:
    """A tag with its attributes."""

    name: str
    attributes: dict[str, str | None]


@dataclass
class Seen(HTMLParser):
    """What a mail program sees of some HTML."""

    elements: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def links(self) -> list[str]:
        return [str(element.attributes["href"]) for element in self.all("a")]

    def all(self, name: str) -> list[Element]:
        return [element for element in self.elements if element.name == name]


def seen(html: str) -> Seen:
    """Some HTML, read."""
    reader = Seen()
    reader.feed(html)
    reader.close()
    return reader


def text_links(text: str) -> list[str]:
    """The addresses in a text part; each has a line for itself."""
    return re.findall(r"^https://\S+$", text, re.MULTILINE)


def last_mentions(links: list[str]) -> list[str]:
    """Each link once, where it stands last: a title and the words below it lead to one place."""
    return list(dict.fromkeys(reversed(links)))[::-1]
