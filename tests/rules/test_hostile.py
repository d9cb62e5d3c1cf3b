# ruff: noqa: E501 - a document is easier to read on one line
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.rules import inspect, inspect_archive
from tests.rules.support import entry, feed, findings, item, rss, rules

LAUGHS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
BOMB = feed("<logo>&e9;</logo>").replace(b"<feed", f'<!DOCTYPE f [<!ENTITY e0 "ha">{LAUGHS}]><feed'.encode())
SEEDS = [entry('<content type="html">&lt;p>x&lt;/p></content>'), item("<dc:date>2024</dc:date>"), rss(), feed(),
         b'{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [{"id": "1"}]}']  # fmt: skip


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(document: bytes) -> None:
    assert list(inspect(document))


@settings(max_examples=200)
@given(
    st.sampled_from(SEEDS),
    st.integers(0, 600),
    st.integers(0, 40),
    st.binary(max_size=12) | st.sampled_from([b"<", b"&", b'"', b"</"]),
)
def test_no_change_makes_it_fail(seed: bytes, place: int, taken: int, put: bytes) -> None:
    for found in inspect(seed[:place] + put + seed[place + taken :]):
        assert found.rule and found.problem and found.line >= 1


@given(st.text(max_size=60))
def test_no_text_makes_a_value_fail(text: str) -> None:
    safe = (
        "".join(char for char in text if char.isprintable())
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace('"', "&quot;")
    )
    document = entry(f'<published>{safe}</published><link rel="{safe}" href="{safe}" hreflang="{safe}" type="{safe}" length="{safe}"/>'
                     f'<content type="html">{safe}</content><category term="{safe}" scheme="{safe}"/><georss:point>{safe}</georss:point>')  # fmt: skip
    list(inspect(document))
    list(inspect(item(f'<pubDate>{safe}</pubDate><guid>{safe}</guid><author>{safe}</author><itunes:duration>{safe}</itunes:duration>'
                      f'<enclosure url="{safe}" length="{safe}" type="{safe}"/>')))  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "document"),
    [
        ("not-well-formed", b""),
        ("not-well-formed", b"\n<?xml version='1.0'?><feed/>"),
        ("not-well-formed", feed()[:-3]),
        ("not-well-formed", feed() + b"<x/>"),
        ("not-well-formed", feed().replace(b"A feed", b"A & feed")),
        ("not-well-formed", feed().replace(b"A feed", b"A &nbsp; feed")),
        ("not-well-formed", feed().replace(b"A feed", b"A \x08 feed")),
        ("not-well-formed", feed().replace(b"A feed", b"A \xff feed")),
        ("not-well-formed", feed().replace(b"A feed", b"A </b> feed")),
        ("not-well-formed", feed().replace(b"A feed", b"A &#1; feed")),
        ("encoding-unknown", feed().replace(b"utf-8", b"nosuch")),
        ("encoding-unknown", feed().replace(b"utf-8", b"rot13")),
        ("encoding-conflict", feed().replace(b"utf-8", b"utf-16")),
        ("encoding-conflict", b"\xef\xbb\xbf" + feed().replace(b"utf-8", b"iso-8859-1")),
        ("encoding-name", feed().replace(b"utf-8", b"utf8")),
        ("encoding-obscure", feed().replace(b"utf-8", b"cp437")),
        ("encoding-bytes", feed().replace(b"utf-8", b"shift_jis").replace(b"A feed", b"A \x85\x00 feed")),
        ("characters", feed().replace(b"A feed", b"A \xc2\x93feed\xc2\x94")),
        ("entity-bomb", BOMB),
        ("entity-bomb", feed("<logo>" + "&a;" * 3000 + "</logo>").replace(b"<feed", b'<!DOCTYPE f [<!ENTITY a "' + b"x" * 60_000 + b'">]><feed')),
        ("entity-bomb", b'<!DOCTYPE f [<!ENTITY a "' + b"x" * 70_000 + b'">]><feed>&a;</feed>'),
        ("entity-undefined", feed("<rights>&nosuch;</rights>").replace(b"<feed", b'<!DOCTYPE feed SYSTEM "x.dtd"><feed')),
        ("entity-external", feed().replace(b"<feed", b'<!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed')),
    ],
)  # fmt: skip
def test_what_is_no_xml_is_said(rule: str, document: bytes) -> None:
    assert rules(document) == [rule], [str(finding) for finding in findings(document)]


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("http://secret.example/ not an address")
    document = feed("<logo>&a;</logo>").replace(
        b"<feed", f'<!DOCTYPE f [<!ENTITY a SYSTEM "{secret.as_uri()}">]><feed'.encode()
    )
    assert "secret.example" not in " ".join(str(finding) for finding in findings(document))


@pytest.mark.parametrize(
    "encoding", ["utf-16", "iso-8859-1", "windows-1252", "shift_jis", "koi8-r", "euc-jp", "big5", "utf-8-sig"]
)
def test_other_encodings_are_read(encoding: str) -> None:
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    text = feed().decode().replace("utf-8", name)
    assert findings(text.encode(encoding)) == []


def test_one_document_says_nothing_of_the_next() -> None:
    before = rules(item("<dc:creator><b>x</b></dc:creator>"))
    assert rules(entry("<dc:creator><thing xmlns=''>x</thing></dc:creator>")) == []
    assert rules(item("<dc:creator><thing>x</thing></dc:creator>")) == ["unknown-element"]
    assert rules(item("<dc:creator><b>x</b></dc:creator>")) == before == ["unknown-element"]


def test_lines_are_exact_beyond_65535() -> None:
    document = feed("\n" * 100_000 + "<icon/>")
    assert [finding.line for finding in findings(document)] == [100_004]


def test_deep_documents_end() -> None:
    deep = b'<div xmlns="http://www.w3.org/1999/xhtml">' * 100_000
    assert "too-deep" in rules(entry('<content type="xhtml">XX</content>').replace(b"XX", deep))
    assert rules(rss("<x:y xmlns:x='urn:x'>" * 5000)) == ["not-well-formed"]


# Each of these would take hours if a rule read its text again for every character.
@pytest.mark.parametrize(
    ("expected", "document"),
    [
        ([], feed(f"<subtitle>{'&lt;' * 200_000}</subtitle>")),
        ([], feed(f"<subtitle>{'&lt;b>' * 100_000}</subtitle>")),
        (["html-invalid"], feed(f"<rights type='html'>{'&lt;a ' * 100_000}</rights>")),
        (["html-invalid"], feed("<rights type='html'>&lt;a " + "x='" * 50_000 + "</rights>")),
        ([], feed("<icon>http://" + "a." * 100_000 + "</icon>")),
        (["mail"], item("<author>" + "a." * 100_000 + "</author>")),
        (["date"], item("<pubDate>" + "1 " * 100_000 + "</pubDate>")),
    ],
)
def test_long_texts_end(expected: list[str], document: bytes) -> None:
    assert rules(document) == expected


def test_a_file_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "feed.atom"
    path.write_bytes(feed("<entry/>" * 3))
    assert len(list(inspect(path))) > 6


LIVE = feed('<link rel="prev-archive" href="urn:x:1"/>')


def archive(links: dict[str, str]) -> bytes:
    inside = "".join(f'<link rel="{rel}" href="{href}"/>' for rel, href in links.items())
    return feed(f"<fh:archive/>{inside}")


@pytest.mark.parametrize(
    ("expected", "documents"),
    [
        ([], {"urn:x:0": LIVE, "urn:x:1": archive({"current": "urn:x:0"})}),
        ([], {"urn:x:0": LIVE, "urn:x:1": archive({"current": "urn:x:0", "prev-archive": "urn:x:2"}),
              "urn:x:2": archive({"current": "urn:x:0", "next-archive": "urn:x:1"})}),
        (["archive-missing"], {"urn:x:0": LIVE}),
        (["archive-unmarked"], {"urn:x:0": LIVE, "urn:x:1": feed()}),
        (["archive-one-way"], {"urn:x:0": LIVE, "urn:x:1": archive({"current": "urn:x:0", "prev-archive": "urn:x:2"}),
                               "urn:x:2": archive({"current": "urn:x:0"})}),
        (["archive-current"], {"urn:x:0": LIVE, "urn:x:1": archive({"current": "urn:x:9"})}),
        (["archive-circle"], {"urn:x:0": LIVE, "urn:x:1": archive({"prev-archive": "urn:x:2", "next-archive": "urn:x:2"}),
                              "urn:x:2": archive({"prev-archive": "urn:x:1", "next-archive": "urn:x:1"})}),
        (["archive-lost"], {"urn:x:0": LIVE, "urn:x:1": archive({}), "urn:x:3": archive({})}),
        (["archive-no-head"], {"urn:x:1": archive({})}),
    ],
)  # fmt: skip
def test_archives(expected: list[str], documents: dict[str, bytes]) -> None:
    assert [finding.rule for finding in inspect_archive(documents)] == expected
