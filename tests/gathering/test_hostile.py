"""Feeds that were written to do harm, and files that somebody has spoilt: one line for each, nothing lost."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ChangedError, FeedsError
from feeds.sources import kept
from tests.conftest import NOW, Project
from tests.gathering.conftest import Sources, atom, entry, opml

THEM = '[source.them]\nfeed = "their.xml"\n'
GOOD = entry("tag:t,2026:good", "Good", 9)


@pytest.fixture
def them(sources: Sources) -> Sources:
    """A project with somebody's feed in a file."""
    return sources.settings(THEM)


def given_them(them: Sources, content: str | bytes) -> list[str]:
    """Fetch this, and say what is wrong with it."""
    them.project.write("their.xml", content)
    return them.said()


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE feed [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>",
        "<!DOCTYPE feed [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    ],
)
def test_F12_entities_are_refused(them: Sources, doctype: str) -> None:
    said = "their.xml: declares entities of its own, which no feed needs and which can do harm"
    assert given_them(them, doctype + atom(entry("tag:t,2026:1", "&b;"))) == [said]
    them.project.write("list.opml", doctype + opml("https://a.example.org/f"))
    [fault] = them.settings('[source.them]\nopml = "list.opml"\n').said()
    assert fault.startswith("list.opml:1: declares entities of its own")


def test_F12_a_feed_is_only_so_large(them: Sources) -> None:
    assert given_them(them, atom(entry("tag:t,2026:1", body="x" * 10_000_000))) == [
        "their.xml: is larger than 10,000,000 bytes"
    ]


def test_F12_a_list_is_only_so_long(them: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.importing.syndication.LISTED", 5)
    addresses = [f"https://{number}.example.org/f" for number in range(9)]
    them.web.pages = {address: atom(entry(f"tag:t,2026:{address}")) for address in addresses}
    them.project.write("list.opml", opml(*addresses))
    [made] = them.settings('[source.them]\nopml = "list.opml"\n').fetch()
    assert (len(them.web.asked), made.kept) == (5, 5)


def test_F13_a_path_in_a_feed_is_never_opened(them: Sources) -> None:
    [said] = given_them(them, "/etc/passwd")
    assert said == "their.xml: is no feed"
    [said] = them.settings('[source.them]\nopml = "their.xml"\n').said()
    assert "root:" not in said


def test_F14_C27_C28_nothing_that_runs_comes_through(them: Sources) -> None:
    title = "A &amp;lt;img src=x onerror=alert(1)&amp;gt; B"
    body = "<script>alert(2)</script><a href='javascript:alert(3)' onclick='alert(4)'>c</a>"
    body = body.replace("<", "&lt;").replace(">", "&gt;")
    assert given_them(them, atom(entry("tag:t,2026:1", title, body=body), title=title)) == []
    them.build()
    for path in ("news/atom.xml", "news/rss.xml", "news/feed.json", "feeds/index.html"):
        assert "alert" not in them.output(path).replace("‹img src=x onerror=alert(1)›", "")


def test_C09_C10_C11_E02_odd_characters(them: Sources) -> None:
    entries = (
        entry("tag:t,2026:1", "A&#x202e;B \x0b&#1;C", 1, body="D\x0bE"),
        entry("tag:t,2026:2", "=?utf-8?q?Hi=0D=0ABcc:x?=", 2),
        GOOD,
    )
    said = given_them(them, atom(*entries))
    assert said == ["their.xml: “=?utf-8?q?Hi=0D=0ABcc:x?=”: warning: " + said[0].partition("warning: ")[2]]
    assert "title: has =?…? in it" in said[0]
    assert them.titles() == ["Good", "AB C"]
    them.build()


def test_C16_C30_what_no_gate_lets_pass_is_left_out_and_named(them: Sources) -> None:
    entries = (
        entry("tag:t,2026:1", "Deep", 1, body="&lt;div&gt;" * 20_000),
        entry("tag:t,2026:2", "Long", 2, body="word " * 250_000),
        GOOD,
    )
    said = given_them(them, atom(*entries))
    assert len(said) <= 2
    assert all(line.endswith("; left out") and ": warning: " in line for line in said)
    assert "their.xml: “Long”: warning: is 1,250," in said[-1]
    assert them.titles()[0] == "Good"
    them.build()


@pytest.mark.parametrize("id", ["#hash", "a\tb", "x" * 5000, "‮", "a b", "fetched/x.jsonl#y", "%0a"])
def test_C32_ids_of_all_kinds_stay_in_the_lock(them: Sources, id: str) -> None:
    item = {
        "id": id,
        "url": "https://t.example.org/1",
        "title": "T",
        "date_published": "2026-10-01T10:00:00Z",
    }
    given_them(them, json.dumps({"version": "1", "title": "T", "items": [item, item]}))
    assert them.titles() == ["T"]
    them.build()
    before = (them.project.root / "feeds.lock").read_bytes()
    them.build()
    assert (them.project.root / "feeds.lock").read_bytes() == before


def test_C26_pipes_links_and_devices(them: Sources) -> None:
    os.mkfifo(them.project.root / "their.xml")
    assert them.said() == ["their.xml: is no ordinary file"]
    (them.project.root / "their.xml").unlink()
    (them.project.root / "their.xml").symlink_to("/dev/zero")
    assert them.said() == ["their.xml: is no ordinary file"]
    (them.project.root / "fetched").mkdir(exist_ok=True)
    (them.project.root / "fetched/them.jsonl").symlink_to("/etc/passwd")
    assert them.project.faults() == ["fetched/them.jsonl: is no ordinary file; remove it"]
    (them.project.root / "fetched/them.jsonl").unlink()
    os.mkfifo(them.project.root / "fetched/them.jsonl")
    assert them.project.faults() == ["fetched/them.jsonl: is no ordinary file; remove it"]


def test_what_somebody_has_spoilt_is_named_by_its_line(them: Sources) -> None:
    given_them(them, atom(GOOD))
    file = them.project.root / "fetched/them.jsonl"
    lines = file.read_text().splitlines()
    spoilt = [
        *lines,
        "<<<<<<< ours",
        '{"title": 7, "id": 7, "url": "javascript:1", "titel": "x"}',
        "[" * 100_000,
        '{"feed": "x", "home": "javascript:alert(1)"}',
        '{"feed": "x", "evil": 1}',
        "x" * 1_000_001,
        "7",
    ]
    file.write_text("\n".join(spoilt))
    strange = "is no line that `feeds fetch` has written; run `feeds fetch them`"
    assert them.project.faults() == [
        f"fetched/them.jsonl:4: {strange}",
        "fetched/them.jsonl:5: id: must be text that does not begin with #",
        "fetched/them.jsonl:5: titel: is unknown; did you mean “title”?",
        "fetched/them.jsonl:5: title: must be text; put it in quotes",
        "fetched/them.jsonl:5: url: “javascript:1” is no web address; write it whole, from https:// on",
        f"fetched/them.jsonl:6: {strange}",
        f"fetched/them.jsonl:7: {strange}",
        f"fetched/them.jsonl:8: {strange}",
        "fetched/them.jsonl:9: is 1,000,002 bytes long; an article may have 1,000,000",
        f"fetched/them.jsonl:10: {strange}",
    ]
    assert them.said() == []
    assert file.read_text().splitlines() == lines
    file.write_bytes(b"")
    assert them.project.faults() == ["fetched/them.jsonl: is empty; run `feeds fetch them`"]


def test_what_cannot_be_read_now_is_not_forgotten(them: Sources) -> None:
    given_them(them, atom(GOOD))
    them.build()
    lock = (them.project.root / "feeds.lock").read_bytes()
    (them.project.root / "fetched/them.jsonl").unlink()
    them.project.load().build(NOW, keep_going=True)
    assert (them.project.root / "feeds.lock").read_bytes() == lock


def test_C33_what_is_fetched_during_a_build_is_noticed(them: Sources) -> None:
    given_them(them, atom(GOOD, entry("tag:t,2026:1", "Old", 1)))
    newest, oldest = them.project.collect().library.articles
    given_them(them, atom(entry("tag:t,2026:2", "Another", 20), GOOD, entry("tag:t,2026:1", "Old", 1)))
    for article in (newest, oldest):
        with pytest.raises(ChangedError, match=r"fetched/them\.jsonl: was changed while it was read"):
            assert article.html


def test_a_fetch_that_fails_half_way_leaves_what_was_there(
    them: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_them(them, atom(GOOD))
    before = them.kept()

    def full(*_: object) -> object:
        raise OSError(28, "No space left on device", "fetched/them.jsonl")

    monkeypatch.setattr(kept, "opening", full)
    with pytest.raises(FeedsError, match=r"fetched/them\.jsonl: cannot be written: No space left on device"):
        given_them(them, atom(entry("tag:t,2026:2")))
    assert them.kept() == before
    assert [path.name for path in (them.project.root / "fetched").iterdir()] == ["them.jsonl"]


QUIET = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
SNIPPETS = st.lists(
    st.sampled_from(
        "<rss> <channel> <item> </item> <guid>a</guid> <link>https://x.example.org/</link> <title> </title> "
        "<feed> <entry> </entry> <id>b</id> <updated>2026-10-01T00:00:00Z</updated> &#1; &lt; ]]> <![CDATA[ "
        '{"items":[ {"id":1} , ] } <category> "'.split(" ")
    )
    | st.text(max_size=9),
    max_size=14,
).map("".join)


@QUIET
@given(st.binary(max_size=200) | SNIPPETS.map(lambda text: text.encode("utf-8", "replace")))
def test_F12_any_bytes_are_fetched_and_built_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as top:
        sources = Sources(Project(Path(top))).settings(THEM)
        (Path(top) / "content").mkdir()
        sources.project.write("their.xml", content)
        [made] = sources.fetch()
        assert all(str(fault).startswith("their.xml") for fault in made.faults)
        if made.failed:
            assert made.faults
        else:
            assert sources.project.faults() == []
            sources.build()


@QUIET
@given(st.lists(st.binary(max_size=60) | st.just(b'{"feed": ""}') | st.just(b'{"id": "a"}'), max_size=4))
def test_any_lines_that_were_kept_are_articles_or_faults(lines: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as top:
        sources = Sources(Project(Path(top))).settings(THEM)
        (Path(top) / "content").mkdir()
        head = kept.head({"feed": "their.xml"})
        sources.project.write("fetched/them.jsonl", head + b"\n".join(lines))
        assert all(fault.startswith("fetched/them.jsonl:") for fault in sources.project.faults())
