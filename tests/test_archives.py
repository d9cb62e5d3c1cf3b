"""Archives: every article is on some page for ever, sealed pages stay, and a crawler finds them all."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlsplit

import feedparser
import pytest

from feeds.publication import load
from tests.conftest import NOW, SETTINGS, Project

LATER = NOW + timedelta(days=1)


def archiving(project: Project, size: int = 3, limit: int = 4, articles: int = 0) -> Project:
    """The project with an archive of small pages, and so many articles, a day apart."""
    lines = f"[feed.news]\narchive = {size}\nlimit = {limit}"
    project.write("feeds.toml", SETTINGS.replace("[feed.news]", lines))
    for number in range(articles):
        add(project, number)
    return project


def add(project: Project, number: int) -> None:
    """One more article; the number is also its day."""
    day = NOW - timedelta(days=900 - number)
    project.article(
        f"{number}.md", f"title: Article {number}\npublished: {day:%Y-%m-%d}", f"Text {number}.\n"
    )


def files(project: Project) -> dict[str, bytes]:
    """Every file of the feed, by its path below public/news."""
    root = project.root / "public/news"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def crawled(project: Project, form: str) -> dict[str, str]:
    """Id to newest `updated`, for all that can be reached from the live feed."""
    found: dict[str, str] = {}
    address: str | None = f"https://example.org/news/{form}"
    while address:
        text = (project.root / "public" / urlsplit(address).path.lstrip("/")).read_bytes()
        seen, address = _json(text) if form.endswith("json") else _xml(text)
        for id, updated in seen:
            found[id] = max(found.get(id, ""), updated)
    return found


def _xml(text: bytes) -> tuple[list[tuple[str, str]], str | None]:
    parsed = feedparser.parse(text)
    links = {link.rel: link.href for link in parsed.feed.links}
    return [(entry.id, entry.updated[:19]) for entry in parsed.entries], links.get("prev-archive")


def _json(text: bytes) -> tuple[list[tuple[str, str]], str | None]:
    parsed = json.loads(text)
    return [(item["id"], item["date_modified"][:19]) for item in parsed["items"]], parsed.get("next_url")


def wanted(project: Project) -> dict[str, str]:
    """Id to `updated`, of all articles that are out."""
    library = project.collect(LATER).library
    return {article.id: f"{article.updated:%Y-%m-%dT%H:%M:%S}" for article in library.articles}


FORMS = ["atom.xml", "rss.xml", "feed.json"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("count", [0, 4, 5, 7, 20])
def test_a_crawler_finds_every_article(project: Project, form: str, count: int) -> None:
    archiving(project, articles=count).load().build(NOW)
    assert crawled(project, form) == wanted(project)


def test_while_all_fits_into_the_live_feed_there_is_no_archive(project: Project) -> None:
    archiving(project, articles=4).load().build(NOW)
    assert sorted(files(project)) == sorted(FORMS)
    assert b"archive" not in files(project)["atom.xml"]


def test_sealed_pages_never_change_and_an_edit_comes_out_again(project: Project) -> None:
    archiving(project, articles=10).load().build(NOW)
    before = files(project)
    sealed = [name for name in before if name.startswith(("archive/0001", "archive/0002", "archive/0003"))]
    assert len(sealed) == 9
    project.article("0.md", f"title: Edited\npublished: {NOW - timedelta(days=900):%Y-%m-%d}")
    add(project, 10)
    load(project.root).build(LATER)
    after = files(project)
    assert {name: after[name] for name in sealed} == {name: before[name] for name in sealed}
    assert b"Edited" in after["atom.xml"]
    assert b"Edited" in after["archive/0004-atom.xml"]
    for form in FORMS:
        assert crawled(project, form) == wanted(project)


def test_one_more_article_touches_few_files(project: Project) -> None:
    archiving(project, size=10, limit=5, articles=95).load().build(NOW)
    add(project, 95)
    made = load(project.root).build(NOW)
    assert sum(document.path.startswith("news/") for document in made.documents) == 3 * (1 + 10)
    touched = [path for path in made.published.written if path.startswith("news/")]
    assert sorted(touched) == sorted(
        [*(f"news/{form}" for form in FORMS), *(f"news/archive/0010-{form}" for form in FORMS)]
    )


def test_pages_know_their_neighbours(project: Project) -> None:
    archiving(project, articles=8).load().build(NOW)
    parsed = feedparser.parse(files(project)["archive/0002-atom.xml"])
    links = {link.rel: link.href for link in parsed.feed.links}
    base = "https://example.org/news"
    assert links["self"] == f"{base}/archive/0002-atom.xml"
    assert links["prev-archive"] == f"{base}/archive/0001-atom.xml"
    assert links["next-archive"] == f"{base}/archive/0003-atom.xml"
    assert links["current"] == parsed.feed.id == f"{base}/atom.xml"
    assert "fh_archive" in parsed.feed


def test_nothing_is_archived_twice_by_building_again(project: Project) -> None:
    archiving(project, articles=10).load().build(NOW)
    lock, before = (project.root / "feeds.lock").read_bytes(), files(project)
    made = load(project.root).build(LATER, locked=True)
    assert made.published.written == ()
    assert ((project.root / "feeds.lock").read_bytes(), files(project)) == (lock, before)


def test_from_nothing_but_content_and_lock_the_archive_is_the_same(project: Project) -> None:
    archiving(project, articles=10).load().build(NOW)
    before = files(project)
    for path in sorted((project.root / "public").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    load(project.root).build(LATER)
    assert files(project) == before


def test_back_dated_and_retagged_articles_do_not_shift_the_pages(project: Project) -> None:
    archiving(project, articles=10).load().build(NOW)
    before = files(project)
    project.article("old.md", "title: From long ago\npublished: 2001-01-01")
    load(project.root).build(LATER)
    after = files(project)
    assert all(
        after[name] == before[name] for name in before if name.startswith(("archive/0001", "archive/0002"))
    )
    assert b"From long ago" in after["archive/0004-atom.xml"]


def test_a_withdrawn_article_leaves_a_tombstone(project: Project) -> None:
    archiving(project, articles=3).load().build(NOW)
    (project.root / "content/1.md").unlink()
    load(project.root).build(LATER)
    atom = files(project)["atom.xml"].decode()
    assert '<at:deleted-entry ref="tag:example.org,' in atom
    assert f'when="{LATER:%Y-%m-%dT%H:%M:%S}+00:00"' in atom


def test_a_feed_for_each_tag_and_language(project: Project) -> None:
    project.write("feeds.toml", SETTINGS.replace("[feed.news]", '[feed.by]\neach = ["language", "tag"]'))
    project.article("a.md", "tags: [Ground segment, space]")
    project.article("b.md", "tags: [ground segment]\nlanguage: fr")
    made = project.load().build(NOW)
    atoms = sorted(path for path in made.published.written if path.endswith("atom.xml"))
    assert atoms == ["by/en/ground-segment/atom.xml", "by/en/space/atom.xml", "by/fr/ground-segment/atom.xml"]
    parsed = feedparser.parse((project.root / "public/by/fr/ground-segment/atom.xml").read_bytes())
    assert parsed.feed.title == "Example news · fr · ground segment"
    assert parsed.feed.language == "fr"


def test_a_hub_is_named_in_every_format(project: Project) -> None:
    hub = "https://hub.example.org/"
    project.write("feeds.toml", SETTINGS.replace("[feed.news]", f'hub = "{hub}"\n[feed.news]'))
    project.article("a.md")
    project.load().build(NOW)
    for name, content in files(project).items():
        assert hub.encode() in content, name
