"""100,000 hostile articles by seed: each document well-formed, clean by our rules, read by all readers."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from feeds import formats, rules
from feeds.article import Article, Attachment, Image, Person
from feeds.library import Feed
from tests.conftest import NOW, make_article
from tests.readers import READERS
from tests.test_hostile import SAMPLES, allowed_line, allowed_plain, allowed_prose

FEEDS = int(os.environ.get("STORM_FEEDS", "1000"))
EACH = 100
SHARES = 20
READ = 2
"""How many of the feeds every reader reads; each starts a process or two for it."""
LONG = "A long text. " * 80_000
"""A megabyte, as much as an article's file may have."""


def text(dice: random.Random, allowed: Callable[[str], str]) -> str:
    """Pieces that have broken feeds, between characters from all over Unicode."""
    pieces = [
        dice.choice(SAMPLES) if dice.random() < 0.5 else "".join(map(chr, dice.choices(range(0x110000), k=4)))
        for _ in range(dice.randint(1, 6))
    ]
    return allowed("".join(pieces))


def article(dice: random.Random, number: int) -> Article:
    """An article whose every text is hostile, as far as the gate lets it in."""
    published = NOW - timedelta(seconds=dice.randint(10**6, 10**9))
    body = text(dice, allowed_prose)
    return make_article(
        id=f"tag:example.org,2026-01-01:{number}",
        url=f"https://example.org/{number}/",
        title=text(dice, allowed_line),
        teaser=text(dice, allowed_plain) if dice.random() < 0.5 else None,
        body=body + LONG if dice.random() < 0.0005 else body,
        published=published,
        updated=published + timedelta(seconds=dice.randint(0, 10**6)),
        authors=(Person(name=text(dice, allowed_line)),),
        tags=(text(dice, allowed_line).replace(",", ""),),
        image=Image(src="https://example.org/i.jpg", alt=text(dice, allowed_line), width=3, height=2),
        attachments=(Attachment(url="https://example.org/a.mp3", type="audio/mpeg", length=1),),
    )


def feed(seed: int) -> Feed:
    """A feed of a hundred of them."""
    dice = random.Random(seed)
    return Feed(
        name="hostile",
        title=text(dice, allowed_line),
        description=text(dice, allowed_line),
        language="en",
        home="https://example.org/",
        authors=(Person(name=text(dice, allowed_line)),),
        entries=tuple(article(dice, number) for number in range(EACH)),
        full=dice.random() < 0.5,
        files={"atom": "atom.xml", "rss": "rss.xml", "json": "feed.json"},
        base="https://example.org/",
    )


@pytest.mark.parametrize("share", range(SHARES))
def test_every_document_is_clean_and_every_reader_reads_it(share: int, tmp_path: Path) -> None:
    for seed in range(share, FEEDS, SHARES):
        made = feed(seed)
        for form in made.files:
            content = formats.render(made, form).content
            if form != "json":
                etree.fromstring(content, etree.XMLParser(huge_tree=True))
            found = [one for one in rules.inspect(content, now=NOW) if one.severity != "advice"]
            assert not found, f"seed {seed}, {form}: {found[0]}"
            (tmp_path / f"hostile.{form}").write_bytes(content)
        if seed < READ:
            _read_by_all(made, tmp_path)


def _read_by_all(made: Feed, folder: Path) -> None:
    for reader in READERS:
        for form in reader.formats:
            [seen] = reader.read([folder / f"hostile.{form}"])
            assert len(seen) == EACH, f"{reader.name}, {form}"
