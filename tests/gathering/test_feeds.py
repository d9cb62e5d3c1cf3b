"""Feeds and lists of feeds as sources: fetched once, kept, and read by builds that ask nobody."""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.cli import main
from feeds.errors import ContentError, FeedsError, SettingsError
from feeds.identity import lockfile
from feeds.network import fetching
from feeds.network.fetching import agent
from feeds.sources import syndicated
from tests.conftest import NOW, SETTINGS, Project
from tests.gathering.conftest import Sources, atom, entry, opml
from tests.network.test_fetching import Server, http, moved, server
from tests.test_standstill import built, settled

__all__ = ["server"]

THEIRS = "https://them.example.org/atom.xml"
THEM = f'[source.them]\nfeed = "{THEIRS}"\n'


@pytest.fixture
def them(sources: Sources) -> Sources:
    """A project with somebody's feed of two entries."""
    sources.web.pages[THEIRS] = atom(entry("tag:t,2026:1", "First", 1), entry("tag:t,2026:2", "Second", 2))
    return sources.settings(THEM)


def test_what_was_never_fetched_is_one_line_with_what_to_run(them: Sources) -> None:
    them.project.article()
    with pytest.raises(ContentError) as refusal:
        them.build()
    said = "fetched/them.jsonl: is not there, so nothing was fetched yet; run `feeds fetch them`"
    assert str(refusal.value) == said
    assert them.web.asked == []


def test_entries_join_the_library_with_id_address_author_and_source(them: Sources) -> None:
    assert them.settings(THEM, newsletter=True).said() == []
    them.project.article(head="published: 2026-10-01T23:00:00Z")
    assert them.titles() == ["Second", "A title", "First"]
    [newest, own, _] = them.project.collect().library.articles
    assert (newest.id, newest.url) == ("tag:t,2026:2", "https://them.example.org/2/6:2")
    assert [(one.name, one.url) for one in newest.authors] == [("Their news", "https://them.example.org/")]
    assert newest.file == "fetched/them.jsonl#tag:t,2026:2"
    assert own.origin is None
    them.build()
    source = them.output().split("<source>")[1].split("</source>")[0]
    assert "<id>tag:them.example.org,2026:feed</id>" in source
    assert "<title>Their news</title>" in source
    assert f'<link rel="self" href="{THEIRS}"/>' in source
    assert f'<source url="{THEIRS}">Their news</source>' in them.output("news/rss.xml")
    assert them.project.load().check(NOW) == ()
    for path in ("newsletters/weekly/next.html", "newsletters/weekly/next.txt"):
        mail = them.output(path)
        assert ("First" in mail, mail.count(" · Their news")) == (True, 2)


def test_a_build_asks_nobody_and_gives_the_same_bytes(them: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    them.fetch()
    them.web.asked.clear()
    monkeypatch.setattr(fetching, "fetch", None)
    them.build()
    first = {path: path.read_bytes() for path in them.project.root.glob("public/**/*.xml")}
    for path in (*them.project.root.glob("public/**/*.xml"), *them.project.root.glob(".feeds/*.json*")):
        path.unlink()
    them.build()
    assert {path: path.read_bytes() for path in first} == first
    assert them.web.asked == []


def test_a_selection_takes_sources_and_our_own(them: Sources) -> None:
    them.settings(
        THEM + '[feed.theirs]\nselect = { source = "them" }\n[feed.ours]\nselect = { source = ["content"] }\n'
    )
    them.fetch()
    them.project.article(head="title: Ours")
    them.build()
    assert ("Second" in them.output("theirs/atom.xml"), "Ours" in them.output("theirs/atom.xml")) == (
        True,
        False,
    )
    assert ("Second" in them.output("ours/atom.xml"), "Ours" in them.output("ours/atom.xml")) == (False, True)


def test_issue_why_knows_the_source(them: Sources, capsys: pytest.CaptureFixture[str]) -> None:
    them.settings(THEM, newsletter=True)
    them.project.write(
        "feeds.toml",
        (them.project.root / "feeds.toml")
        .read_text()
        .replace("sender =", 'select = { source = "content" }\nsender ='),
    )
    them.fetch()
    them.project.article()
    folder = str(them.project.root)
    assert main(["issue", "why", "tag:t,2026:1", "-C", folder, "--now", NOW.isoformat()]) == 0
    assert "its source is not content" in capsys.readouterr().out


def test_tags_and_language_of_a_source(them: Sources) -> None:
    them.settings(THEM + 'tags = ["planet"]\nlanguage = "fr"\n')
    them.fetch()
    for article in them.project.collect().library.articles:
        assert (article.tags, article.language) == (("planet",), "fr")


def test_what_scrolls_out_stays_and_what_is_taken_back_goes(them: Sources) -> None:
    them.fetch()
    them.build()
    them.web.pages[THEIRS] = atom(entry("tag:t,2026:2", "Second", 2), entry("tag:t,2026:9", "Ninth", 9))
    them.fetch()
    assert them.titles() == ["Ninth", "Second", "First"]
    them.web.pages[THEIRS] = atom(entry("tag:t,2026:1", "First", 1), entry("tag:t,2026:9", "Ninth", 9))
    them.fetch()
    assert them.titles() == ["Ninth", "First"]
    them.build()
    assert "deleted-entry" not in them.output()  # it was never ours to withdraw
    them.web.pages[THEIRS] = atom(*(entry(f"tag:t,2026:{day}", "A", day) for day in range(2, 10)))
    them.fetch()
    them.build()  # and may come back
    assert len(lockfile.read(them.project.root / "feeds.lock")) == 9


def test_an_empty_feed_takes_nothing_back(them: Sources) -> None:
    them.fetch()
    them.web.pages[THEIRS] = atom()
    assert them.said() == []
    assert them.titles() == ["Second", "First"]


def test_only_so_many_are_kept_the_newest_first(them: Sources) -> None:
    them.settings(THEM + "keep = 3\n")
    them.web.pages[THEIRS] = atom(*(entry(f"tag:t,2026:{day}", f"Day {day}", day) for day in range(1, 10)))
    them.fetch()
    them.build()
    them.web.pages[THEIRS] = atom(*(entry(f"tag:t,2026:{day}", f"Day {day}", day) for day in range(10, 30)))
    them.fetch()
    them.build()  # all that was there is gone, and no landslide of ours
    assert them.titles() == ["Day 29", "Day 28", "Day 27"]


def test_the_newest_is_the_newest_whatever_zone_it_names(them: Sources) -> None:
    dates = {"Tokyo": "2026-10-02T01:00:00+09:00", "London": "2026-10-01T18:00:00Z"}
    items = [
        {"id": f"https://t.example.org/{place}", "title": place, "content_text": "x", "date_published": date}
        for place, date in dates.items()
    ]
    them.settings(THEM + "keep = 1\n")
    them.web.pages[THEIRS] = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    them.fetch()
    assert them.titles() == ["London"]


def test_sealed_pages_keep_what_they_hold(them: Sources) -> None:
    text = (
        (them.project.root / "feeds.toml")
        .read_text()
        .replace("[feed.news]", "[feed.news]\nlimit=2\narchive=2")
    )
    them.project.write("feeds.toml", text.replace("[source.them]", "[source.them]\nkeep = 3"))
    them.web.pages[THEIRS] = atom(*(entry(f"tag:t,2026:{day}", f"Day {day}", day) for day in range(1, 7)))
    them.fetch()
    them.build()
    sealed = them.output("news/archive/0001-atom.xml")
    them.web.pages[THEIRS] = atom(*(entry(f"tag:t,2026:{day}", f"Day {day}", day) for day in range(10, 16)))
    them.fetch()
    them.build()
    assert them.output("news/archive/0001-atom.xml") == sealed


def test_what_has_no_date_came_when_it_was_first_seen(them: Sources) -> None:
    undated = "<item><guid>a</guid><title>Undated</title><link>https://t.example.org/a</link></item>"
    them.web.pages[THEIRS] = f"<rss version='2.0'><channel><title>T</title>{undated}</channel></rss>"
    them.fetch()
    them.fetch(now=NOW + timedelta(days=1))
    [article] = them.project.collect().library.articles
    assert article.published == NOW


def test_a_guid_that_is_no_iri_is_kept_to_the_letter(them: Sources) -> None:
    items = "<item><guid isPermaLink='false'>post 17</guid><title>T</title><link>https://t.example.org/a</link></item>"
    them.web.pages[THEIRS] = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
    them.fetch()
    them.build()
    assert '<guid isPermaLink="false">post 17</guid>' in them.output("news/rss.xml")
    them.build()
    assert "post 17" in lockfile.read(them.project.root / "feeds.lock")


def test_a_json_feed_without_titles_and_links(them: Sources) -> None:
    items = [
        {
            "id": "1",
            "content_text": "No title at all. But words.",
            "date_published": "2026-10-01T10:00:00Z",
            "attachments": [{"url": "https://t.example.org/1.mp3", "mime_type": "audio/mpeg"}],
        },
        {
            "id": "https://t.example.org/2",
            "content_html": "<p>Two.</p>",
            "date_published": "2026-10-02T10:00:00Z",
        },
        {"id": "3", "title": "Nowhere", "date_published": "2026-10-03T10:00:00Z"},
    ]
    them.web.pages[THEIRS] = json.dumps({"version": "1", "title": "T", "items": items})
    assert them.said() == [f"{THEIRS}: “Nowhere”: warning: has no address; left out"]
    assert [one.url for one in them.project.collect().library.articles] == [
        "https://t.example.org/2",
        "https://t.example.org/1.mp3",
    ]
    them.build()


def test_an_article_in_two_places_is_shown_once_and_ours_comes_first(sources: Sources) -> None:
    one, other = "https://a.example.org/f", "https://b.example.org/f"
    sources.settings(f'[source.one]\nfeed = "{one}"\n[source.other]\nfeed = "{other}"\n')
    sources.web.pages[one] = atom(entry("tag:t,2026:1", "Once", 1), entry("tag:t,2026:2", "Ours", 2))
    sources.web.pages[other] = atom(entry("tag:t,2026:1", "Twice", 1), entry("tag:t,2026:3", "New", 3))
    sources.project.article(head="title: Mine\nurl: https://them.example.org/2/6:2")
    sources.fetch()
    assert sources.titles() == ["Mine", "New", "Once"]


def test_what_we_have_withdrawn_is_not_shown_again(them: Sources) -> None:
    file = them.project.article(head="title: Mine\nid: tag:t,2026:1\nurl: https://example.org/mine")
    them.fetch()
    them.build()
    file.unlink()
    them.settings("")
    them.build()
    them.settings(THEM)
    them.build()
    assert "First" not in them.output()
    assert "Second" in them.output()


def test_a_source_that_is_down_keeps_what_it_had(them: Sources) -> None:
    them.fetch()
    before = them.kept()
    del them.web.pages[THEIRS]
    assert them.said() == [f"{THEIRS}: warning: answers 404 Not Found; what was fetched before stays"]
    assert them.kept() == before
    them.web.pages[THEIRS] = "<html><body>Maintenance</body></html>"
    [said] = them.said()
    assert said.startswith(f"{THEIRS}: warning: is no feed")
    assert them.kept() == before


def test_a_source_that_was_never_there_is_a_fault(them: Sources) -> None:
    them.web.pages.clear()
    assert them.said() == [f"{THEIRS}: answers 404 Not Found"]
    assert not (them.project.root / "fetched/them.jsonl").exists()


def test_one_bad_feed_of_a_list_stops_no_other(sources: Sources) -> None:
    good, bad = "https://a.example.org/f", "https://b.example.org/f"
    sources.project.write("planet.opml", opml(good, bad))
    sources.settings('[source.planet]\nopml = "planet.opml"\n')
    sources.web.pages[good] = atom(entry("tag:t,2026:1", "Good", 1))
    assert sources.said() == [f"{bad}: warning: answers 404 Not Found"]
    assert sources.titles() == ["Good"]
    sources.web.pages = {bad: atom(entry("tag:t,2026:2", "Late", 2))}
    assert sources.said() == [f"{good}: warning: answers 404 Not Found; what was fetched before stays"]
    assert sources.titles() == ["Late", "Good"]
    assert {private for _, private in sources.web.asked} == {False}


def test_a_list_that_is_gone_keeps_its_feeds(sources: Sources) -> None:
    at = "https://l.example.org/planet.opml"
    sources.settings(f'[source.planet]\nopml = "{at}"\nprivate = true\n')
    sources.web.pages = {at: opml(THEIRS), THEIRS: atom(entry("tag:t,2026:1"))}
    assert sources.said() == []
    assert sources.web.asked == [(at, True), (THEIRS, False)]  # what a list names nobody of ours wrote
    sources.web.pages.clear()
    assert sources.said() == [f"{at}: warning: answers 404 Not Found; what was fetched before stays"]
    assert sources.titles() == ["A title"]


def test_a_feed_in_a_file(sources: Sources) -> None:
    sources.settings('[source.them]\nfeed = "theirs/atom.xml"\n')
    sources.project.write("theirs/atom.xml", atom(entry("tag:t,2026:1", "Filed", 1)))
    assert sources.said() == []
    assert sources.titles() == ["Filed"]
    sources.build()
    assert sources.project.load().check(NOW) == ()


def test_it_asks_only_for_what_is_new(sources: Sources, server: Server) -> None:
    served = atom(entry("tag:t,2026:1"))
    address = server.say("/f", http(body=served.encode(), ETag='"1"'), http("304 Not Modified"))
    sources.settings(f'[source.them]\nfeed = "{address}"\nprivate = true\n')
    folder = str(sources.project.root)
    assert main(["fetch", "-C", folder]) == 0
    before = sources.kept()
    assert main(["fetch", "-C", folder]) == 0
    assert [("if-none-match" in request) for request in server.heard] == [False, True]
    assert f"user-agent: {agent('https://example.org/')}\r\n" in server.heard[0]
    assert sources.kept() == before
    (sources.project.root / "fetched/them.jsonl").unlink()
    server.say("/f", http(body=served.encode()))
    assert main(["fetch", "-C", folder]) == 0
    assert "if-none-match" not in server.heard[-1]


def test_the_same_bytes_are_not_read_again(them: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    them.settings(THEM + f'[source.again]\nfeed = "{THEIRS}"\n')
    them.web.etags = True
    them.fetch("them")
    them.web.etags = False
    before = them.kept()
    read = syndicated.read
    monkeypatch.setattr(syndicated, "read", None)
    them.fetch("them")
    monkeypatch.setattr(syndicated, "read", read)
    them.web.pages[THEIRS] = atom(entry("tag:t,2026:3", "Third", 3))
    them.web.etags = True
    them.fetch("again")  # what another source knows is not what this one has
    assert them.kept() == before
    them.fetch("them")
    assert "Third" in them.kept()
    them.settings(THEM + "keep = 1\n").fetch()
    assert them.titles() == ["Third"]


def test_an_answer_that_is_no_feed_is_asked_for_again(them: Sources) -> None:
    them.web.etags = True
    them.fetch()
    them.web.pages[THEIRS] = "<html>"
    assert len(them.said()) == 1
    assert len(them.said()) == 1


def test_F12_private_addresses_are_refused_at_every_hop(sources: Sources, server: Server) -> None:
    sources.web.pages = {}
    inside = server.say("/f", http(body=atom(entry("tag:t,2026:1")).encode()))
    folder = str(sources.project.root)
    sources.settings(f'[source.them]\nfeed = "{inside}"\n')
    assert main(["fetch", "-C", folder]) == 1
    sources.settings(
        f'[source.them]\nfeed = "{server.say("/m", moved("http://127.0.0.2/"))}"\nprivate = true\n'
    )
    assert main(["fetch", "-C", folder]) == 1
    sources.project.write(
        "planet.opml", opml(inside, "http://169.254.169.254/", "http://0x7f.1/", "http://[::1]/")
    )
    sources.settings('[source.planet]\nopml = "planet.opml"\nprivate = true\n')
    assert main(["fetch", "-C", folder]) == 1
    assert [request.split()[1] for request in server.heard] == ["/m"]
    assert not (sources.project.root / "fetched").exists() or not list(
        (sources.project.root / "fetched").iterdir()
    )


def test_nothing_to_do_notices_what_was_fetched(them: Sources) -> None:
    them.fetch()
    settled(them.project.root)
    them.fetch()
    assert not built(them.project.root)
    them.web.pages[THEIRS] = atom(entry("tag:t,2026:3", "Third", 3))
    them.fetch()
    assert built(them.project.root)
    assert "Third" in them.output()


STATES = st.lists(
    st.dictionaries(st.integers(1, 6), st.sampled_from(["One", "Other"]), max_size=5) | st.none(),
    min_size=2,
    max_size=5,
)


@settings(max_examples=12)
@given(STATES)
def test_whatever_a_feed_shows_a_build_from_nothing_gives_the_same(
    states: list[dict[int, str] | None],
) -> None:
    with tempfile.TemporaryDirectory() as top:
        root = Path(top, "project")
        (root / "content").mkdir(parents=True)
        sources = Sources(Project(root)).settings(THEM + "keep = 4\n")
        for hours, shown in enumerate([{1: "One"}, *states]):
            now = NOW + timedelta(hours=hours)
            sources.web.pages.clear()
            if shown is not None:  # else it is down
                sources.web.pages[THEIRS] = atom(
                    *(entry(f"tag:t,2026:{day}", title, day) for day, title in shown.items())
                )
            sources.fetch(now=now)
            sources.build(now)
        another = Project(Path(top, "another"))
        shutil.copytree(root, another.root, ignore=shutil.ignore_patterns("public", ".feeds"))
        another.load().build(now)
        for path in ("public/news/atom.xml", "public/news/feed.json", "feeds.lock"):
            assert (another.root / path).read_bytes() == (root / path).read_bytes()


def test_other_settings_ask_to_be_fetched_again(them: Sources) -> None:
    them.fetch()
    them.settings(THEM.replace("atom.xml", "other.xml"))
    said = "fetched/them.jsonl:1: is of other settings than those in feeds.toml; run `feeds fetch them`"
    assert them.project.faults() == [said]


def test_the_command_says_what_came_of_each(them: Sources, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(them.project.root)
    assert main(["fetch", "nobody", "-C", folder]) == 1
    assert capsys.readouterr().err == "nobody: is no source; known are them\n"
    them.settings('[source.them]\nfeed = "their.xml"\n')
    assert main(["fetch", "--json", "-C", folder]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["sources"][0]["failed"], told["faults"][0]["file"]) == (True, "their.xml")
    them.project.write("their.xml", atom(entry("tag:t,2026:1")))
    assert main(["fetch", "-C", folder]) == 0
    assert capsys.readouterr().err == "them: 1 article, 1 of them new or changed.\n"
    them.settings("")
    with pytest.raises(SettingsError, match="names no source; write"):
        them.fetch()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('feed = "file:///etc/passwd"', "must be an address from https:// on, or a file"),
        ('feed = "https://u:secret@x.example.org/"', "carries a user name or password"),
        ('fede = "x.xml"', "is unknown; did you mean “feed”?"),
        ("keep = true", "must be a whole number"),
        ('private = "yes"', "must be true or false"),
        ('feed = "a.xml"\nopml = "b.opml"', "must have one of feed, opml and query"),
        ('url = "sqlite:///a.db"', "must have one of feed, opml and query"),
        ('feed = "a.xml"\nurl = "sqlite:///a.db"', "has a url without a query"),
        ('url = "postgresql://u:secret@h/d"\nquery = "SELECT 1"', "carries a password"),
        ('url = "postgresql://h/d?user=u&password=secret"\nquery = "SELECT 1"', "carries a password"),
        ('url = "mysql://h/d"\nquery = "SELECT 1"', "must be sqlite:///FILE, or postgresql://"),
        ('query = "DROP TABLE posts"', "must be a SELECT"),
        ('query = "-- SELECT\\nDELETE FROM posts"', "must be a SELECT"),
    ],
)
def test_G01_G03_settings_of_a_source(sources: Sources, line: str, problem: str) -> None:
    sources.settings(f"[source.them]\n{line}\n")
    with pytest.raises(FeedsError) as refusal:
        sources.project.load()
    assert problem in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_G01_a_selection_of_a_source_that_there_is_not(sources: Sources) -> None:
    sources.settings('[feed.x]\nselect = { source = "thme" }\n[source.them]\nfeed = "a.xml"\n')
    with pytest.raises(
        SettingsError, match=r"feed\.x\.select\.source: there is no “thme”; known are content, them"
    ):
        sources.project.load()
    sources.settings('[source.content]\nfeed = "a.xml"\n')
    with pytest.raises(SettingsError, match="choose another name"):
        sources.project.load()
    sources.project.write("feeds.toml", SETTINGS.replace("[feed.news]", 'output = "fetched"\n[feed.news]'))
    with pytest.raises(SettingsError, match="is kept for what `feeds fetch` brings"):
        sources.project.load()
