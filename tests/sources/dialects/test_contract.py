"""What every dialect has to do: all that a post says comes through the gate, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.article import Article
from feeds.sources import dialects
from feeds.sources.dialects import BUILT_IN
from tests.conftest import NOW, Project
from tests.sources.dialects.sites import SAMPLES, URL, project, with_post

ALL = sorted(SAMPLES)


@pytest.fixture(params=ALL)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def whole(tmp_path: Path, dialect: str) -> Project:
    return project(tmp_path, dialect, SAMPLES[dialect].files)


def by_file(made: Project) -> dict[str, Article]:
    return {article.file.removeprefix("../site/"): article for article in made.collect().library.articles}


def warnings(made: Project) -> list[str]:
    return [str(fault) for fault in made.collect().faults if fault.warning]


def test_every_dialect_that_is_built_in_has_a_sample() -> None:
    assert sorted(BUILT_IN) == ALL


def test_posts_are_found_and_nothing_else_is(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    made = whole(tmp_path, dialect)
    assert sorted(by_file(made)) == sorted([sample.post, sample.bare])
    assert [str(fault) for fault in made.collect().faults if not fault.warning] == []


def test_all_that_a_post_says_comes_through(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    article = by_file(whole(tmp_path, dialect))[sample.post]
    assert article.title == "A crane comes down"
    assert article.published.date().isoformat() == "2026-03-04"
    assert article.updated.date().isoformat() == "2026-03-05"
    assert article.url == URL + sample.address
    assert [author.name for author in article.authors] == ["Ida Berg", "Tom Reed"]
    assert article.tags[:2] == ("harbour", "cranes")
    assert article.image is not None
    assert article.image.src.endswith("/crane.png")
    assert article.image.src.startswith(URL)
    assert article.html == (
        "<p>Opening words of the post.</p>\n\n<p>The text goes on, with <strong>weight</strong>.</p>"
    )
    assert article.summary == "Opening words of the post."
    assert article.id == f"tag:example.org,2026-03-04:/{sample.address}"


def test_a_post_that_says_little_is_complete(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    article = by_file(whole(tmp_path, dialect))[sample.bare]
    assert (article.title, article.url) == ("Fog", URL + sample.bare_address)
    assert article.published == datetime(2026, 2, 3, tzinfo=UTC)
    assert article.html == "<p>Grey.</p>"
    assert [author.name for author in article.authors] == ["Harbour notes"]


def test_a_build_works_at_once_and_leaves_the_site_alone(tmp_path: Path, dialect: str) -> None:
    made = whole(tmp_path, dialect)
    site = tmp_path / "site"
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    built = made.load().build(NOW)
    assert len(built.library.articles) == 2
    assert (made.root / "public/news/atom.xml").is_file()
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


def test_drafts_stay_out_and_are_counted(tmp_path: Path, dialect: str) -> None:
    line = "status: draft" if dialect == "pelican" else "draft: true"
    made = with_post(tmp_path, dialect, line)
    assert by_file(made) == {}
    assert "../site: warning: 1 file is a draft; left out" in warnings(made)


def test_what_nobody_knows_is_named_once(tmp_path: Path, dialect: str) -> None:
    made = with_post(tmp_path, dialect, "mood: calm")
    assert len(by_file(made)) == 1
    assert "../site: warning: keys that mean nothing in a feed were left aside: mood (1)" in warnings(made)


def test_a_heading_names_a_post_without_a_title(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    head = (
        sample.head.replace('title: "{name}"\n', "").replace("title: {name}\n", "").replace("{line}", "x: y")
    )
    made = project(tmp_path, dialect, {**sample.files, sample.post: head + "# The *first* words\n\nText.\n"})
    assert by_file(made)[sample.post].title == "The first words"


def test_markup_in_a_title_is_read(tmp_path: Path, dialect: str) -> None:
    made = with_post(tmp_path, dialect, name="Salt &amp; <em>pepper</em>, a <br> and a List<String>")
    [article] = by_file(made).values()
    assert article.title == "Salt & pepper, a and a List<String>"


def test_a_relative_link_is_relative_to_the_page(tmp_path: Path, dialect: str) -> None:
    made = with_post(tmp_path, dialect, body="[near](near.html) [top](/top) [far](https://example.com/x)\n")
    [article] = by_file(made).values()
    folder = article.url if article.url.endswith("/") else article.url.rpartition("/")[0] + "/"
    assert f'href="{folder}near.html"' in article.html
    assert f'href="{URL}top"' in article.html
    assert 'href="https://example.com/x"' in article.html


def test_two_posts_at_one_address_are_one_as_on_the_site(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    folder, _, name = sample.bare.rpartition("/")
    twin = f"{folder}/{name.partition('.')[0]}.{'md' if not name.endswith('.md') else 'markdown'}"
    if dialect in ("hugo", "zola"):
        twin = f"{folder}/{name.partition('.')[0].removeprefix('2026-02-03-')}/index.md"
    head = "---\ntitle: Fog\ndate: 2026-02-03\npubDate: 2026-02-03\n---\nAgain.\n"
    made = project(tmp_path, dialect, {**sample.files, twin: head})
    found = by_file(made)
    assert len(found) == 2
    assert any("gives the same address as" in warning for warning in warnings(made))
    assert made.load().build(NOW).documents


def test_an_address_of_feeds_toml_counts_before_the_sites_own(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    made = project(tmp_path, dialect, sample.files, 'address = "/read/{year}/{slug}"')
    assert by_file(made)[sample.bare].url == "https://example.org/read/2026/fog"


def test_what_a_reading_follows_from_is_named(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    made = project(tmp_path, dialect, sample.files)
    places = list(dialects.inputs(dialects.opened(made.load().settings.publication, made.root)))
    site = (tmp_path / "site").resolve()

    def counts(path: str) -> bool:
        return any((site / path).is_relative_to(place.resolve()) for place in places)

    read = [path for path in sample.files if not path.startswith(("docs/", "_drafts/"))]
    assert [path for path in read if not counts(path)] == []
    assert not counts("node_modules/x.js")
