"""Rows F of the catalogue of bad inputs: it goes out whole, or it is refused by name."""

from __future__ import annotations

import hashlib
import html
import os
import subprocess
import sys
from typing import Any

import pytest

from feeds.article import Attachment, Image, Translation
from feeds.errors import ContentError, SettingsError
from tests.conftest import make_article
from tests.formats.samples import (
    FORMATS,
    HOSTILE,
    document,
    entry,
    found,
    item,
    json_feed,
    links,
    rich_article,
    texts,
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_F01_hostile_text_round_trips(hostile: str) -> None:
    text = f"a {hostile} b"
    article = make_article(title=text, teaser=text, body=f"`{hostile}`", tags=(text,))
    made = entry(article)
    assert texts(made, "title") == [text]
    # What looks like HTML is called HTML, and escaped once more; what it says is the same.
    is_html = found(made, "summary").get("type") == "html"
    assert texts(made, "summary") == [html.escape(text, quote=False) if is_html else text]
    assert texts(made, "content") == [article.html]
    assert found(made, "category").get("term") == text
    made = item(article)
    assert texts(made, "title") == texts(made, "category") == [text]
    assert texts(made, "content:encoded") == [article.html]
    (told,) = json_feed(article)["items"]
    assert (told["title"], told["summary"], told["content_html"]) == (text, text, article.html)


@pytest.mark.parametrize("form", FORMATS)
def test_F02_no_cdata_and_no_type_of_that_name(form: str) -> None:
    assert b"CDATA" not in document(form, rich_article(body="a ]]> b"))


CLOCKED = """
import hashlib, sys
from datetime import datetime as real
import feedgen.entry, feedgen.feed

class Meta(type):
    def __instancecheck__(cls, value):
        return isinstance(value, real)

class Fake(real, metaclass=Meta):
    @classmethod
    def now(cls, zone=None):
        return real(int(sys.argv[1]), 7, 1, tzinfo=zone)

feedgen.entry.datetime = feedgen.feed.datetime = Fake

from tests.formats.samples import document, FORMATS, found, make_article, rich_article
entries = [rich_article(), make_article(id="tag:b", tags=("x", "y", "z"))]
for form in FORMATS:
    print(hashlib.sha256(document(form, *entries)).hexdigest())
"""


def test_F04_the_same_input_gives_the_same_bytes_in_any_year_zone_and_hash_seed() -> None:
    here = [
        hashlib.sha256(
            document(form, rich_article(), make_article(id="tag:b", tags=("x", "y", "z")))
        ).hexdigest()
        for form in FORMATS
    ]
    for year, zone, seed in (("1999", "Pacific/Auckland", "1"), ("2031", "America/St_Johns", "4242")):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C"}
        command = [sys.executable, "-c", CLOCKED, year]
        done = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=60
        )
        assert done.stdout.split() == here


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("field", ["id", "url", "title", "updated", "published"])
@pytest.mark.parametrize("empty", ["", None])
def test_F05_an_empty_field_is_named_with_its_article(form: str, field: str, empty: str | None) -> None:
    with pytest.raises(ContentError) as refusal:
        document(form, make_article(**{field: empty}))
    assert any(line.startswith(f"content/a.md: {field}: is ") for line in str(refusal.value).splitlines())


def test_F05_all_faults_of_all_articles_are_said_at_once() -> None:
    with pytest.raises(ContentError) as refusal:
        document("atom", make_article(title=" ", url=""), make_article(file="content/b.md", id=""))
    assert [str(fault.where) for fault in refusal.value.faults] == [
        "content/a.md: title",
        "content/a.md: url",
        "content/b.md: id",
    ]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"title": ""}, "feeds.toml: feed.news.title"),
        ({"description": " "}, "feeds.toml: feed.news.description"),
        ({"home": ""}, "feeds.toml: feed.news.home"),
        ({"language": ""}, "feeds.toml: feed.news.language"),
        ({"logo": "javascript:alert(1)"}, "feeds.toml: feed.news.logo"),
        ({"base": "nowhere"}, "feeds.toml: feed.news.formats"),
    ],
)
def test_F05_a_feed_without_what_it_needs_is_named(fields: dict[str, Any], place: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        document("json", **fields)
    assert [str(fault.where) for fault in refusal.value.faults] == [place]


SCRIPT = "javascript:alert(1)"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"url": SCRIPT}, "url"),
        ({"image": Image.model_construct(src=SCRIPT, alt="", credit=None)}, "image.src"),
        ({"image": Image(src="beside.jpg")}, "image.src"),
        ({"attachments": (Attachment.model_construct(url=SCRIPT, title=None),)}, "attachments[0].url"),
        ({"translations": (Translation(language="fr", url=SCRIPT),)}, "translations.fr"),
    ],
)
def test_F06_a_link_that_is_no_web_address_is_refused(form: str, fields: dict[str, Any], place: str) -> None:
    with pytest.raises(ContentError) as refusal:
        document(form, make_article(**fields))
    assert str(refusal.value).startswith(f"content/a.md: {place}: “")
    assert "is no web address" in str(refusal.value)


def test_F06_a_script_in_the_text_does_not_go_out() -> None:
    article = make_article(body=f"[x]({SCRIPT}) <a href='{SCRIPT}'>y</a>")
    for form in FORMATS:
        assert b"javascript" not in document(form, article)


def test_F06_spaces_and_quotes_in_a_link_are_encoded() -> None:
    article = make_article(url='https://example.org/a "b"/é')
    encoded = "https://example.org/a%20%22b%22/%C3%A9"
    assert links(entry(article), "alternate")[0]["href"] == encoded
    assert texts(item(article), "link") == [encoded]
    assert json_feed(article)["items"][0]["url"] == encoded
