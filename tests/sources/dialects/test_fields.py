"""Dates, authors, tags, pictures and titles in the many ways that people write them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from feeds.sources.dialects import moments
from tests.sources.dialects.sites import one, project, with_post

HEAD = "---\ntitle: A Name, and More\ndate: 2026-03-04T08:00:00Z\n{}\n---\nText.\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-04", "2026-03-04T00:00:00"),
        ("2026-3-4", "2026-03-04T00:00:00"),
        ("2026/03/04 09:05", "2026-03-04T09:05:00"),
        ("2026-03-04 09:05:06 -0500", "2026-03-04T09:05:06-05:00"),
        ("2026-03-04 09:05 +02", "2026-03-04T09:05:00+02:00"),
        ("2026-03-04T09:05:06.123Z", "2026-03-04T09:05:06.123000+00:00"),
        ("2026-03-04 09:05:06 +0800 CST", "2026-03-04T09:05:06+08:00"),
        ("2026-03-04 3:05 PM", "2026-03-04T15:05:00"),
        ("March 4, 2026", "2026-03-04T00:00:00"),
        ("Mar 4th, 2026 at 12:30am", "2026-03-04T00:30:00"),
        ("4 March 2026", "2026-03-04T00:00:00"),
        ("Wed, 04 Mar 2026 09:05:06 +0100", "2026-03-04T09:05:06+01:00"),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, expected: str) -> None:
    found = moments.moment(text)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize("value", [None, "", True, "0001-01-01T00:00:00Z", datetime(1, 1, 1)])
def test_some_values_are_no_date_and_no_fault(value: object) -> None:
    assert moments.moment(value) is None


@pytest.mark.parametrize("value", ["soon", "2026-13-01", "99:99", 12, "4 Smarch 2026"])
def test_what_is_no_date_is_said(value: object) -> None:
    with pytest.raises(ValueError, match="is no date"):
        moments.moment(value)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("author: Ida Berg", ["Ida Berg"]),
        ("author: [Ida Berg, Tom Reed]", ["Ida Berg", "Tom Reed"]),
        ("author: Ida Berg, Tom Reed and Eva Lind", ["Ida Berg", "Tom Reed", "Eva Lind"]),
        ("author: Berg, Ida", ["Berg, Ida"]),
        ("author: Ida Berg; Reed", ["Ida Berg", "Reed"]),
        ("author: {name: Ida Berg, email: ida@example.org}", ["Ida Berg"]),
        ("authors:\n  - name: Ida Berg\n    url: nowhere\n  - Tom Reed", ["Ida Berg", "Tom Reed"]),
        ("author: '[Ida Berg](https://example.org/ida), our *editor*'", ["Ida Berg"]),
        ("author: '**Ida Berg**'", ["Ida Berg"]),
        ("author: ''", ["Harbour notes"]),
        ("author: 42", ["42"]),
    ],
)
def test_authors_in_all_shapes(tmp_path: Path, line: str, expected: list[str]) -> None:
    [article] = with_post(tmp_path, "hugo", line).collect().library.articles
    assert [author.name for author in article.authors] == expected


@pytest.mark.parametrize(
    ("dialect", "line", "expected"),
    [
        ("hugo", "tags: [a, B, b, null, 2026, true]", ("a", "B", "2026")),
        ("hugo", "tags: a, b c\ncategories: [d]", ("a", "b c", "d")),
        ("jekyll", "tags: a b\ncategory: c d", ("a", "b", "c d")),
        ("jekyll", "tags: a b, c", ("a b", "c")),
        ("zola", "taxonomies: {tags: [a], categories: [b]}", ("a", "b")),
        ("pelican", "tags: a, b c\ncategory: D", ("a", "b c", "D")),
        ("eleventy", "tags: [post, a]", ("a",)),
        ("docusaurus", "tags: [{label: A, permalink: /a}, b]", ("A", "b")),
        ("astro", "tags: ['<b>a</b> & c']", ("a & c",)),
    ],
)
def test_tags_in_all_shapes(tmp_path: Path, dialect: str, line: str, expected: tuple[str, ...]) -> None:
    [article] = with_post(tmp_path, dialect, line).collect().library.articles
    assert article.tags == expected


@pytest.mark.parametrize(
    ("dialect", "line", "expected"),
    [
        ("hugo", "cover: {image: /a.png, alt: C}", "https://example.org/a.png"),
        ("hugo", "images: [img/a.png]", "https://example.org/img/a.png"),
        ("hugo", "image: https://cdn.example.org/a.png", "https://cdn.example.org/a.png"),
        ("jekyll", "header: {teaser: /a.png}", "https://example.org/a.png"),
        ("jekyll", "image: {path: a.png, width: 3}", "https://example.org/a.png"),
        ("zola", "extra: {cover: /a.png}", "https://example.org/a.png"),
        ("astro", "cover: {src: /a.png}", "https://example.org/a.png"),
        ("eleventy", "image: '{{ hero }}'", None),
        ("hugo", "image: ['']", None),
        ("docusaurus", "image: 'data:image/png;base64,x'", None),
    ],
)
def test_pictures_in_all_shapes(tmp_path: Path, dialect: str, line: str, expected: str | None) -> None:
    [article] = with_post(tmp_path, dialect, line).collect().library.articles
    assert (article.image and article.image.src) == expected


def test_a_date_that_a_post_can_do_without_stops_nothing(tmp_path: Path) -> None:
    made = with_post(tmp_path, "hugo", "lastmod: yesterday")
    collected = made.collect()
    [article] = collected.library.articles
    assert article.updated == article.published
    assert [str(fault) for fault in collected.faults] == [
        "../site: warning: 1 post has a lastmod that is no date, which was left out"
    ]


def test_pictures_that_a_site_renames_are_published_by_us(tmp_path: Path) -> None:
    files = {
        "docusaurus.config.js": "",
        "blog/2026-03-04-a/index.md": "---\ntitle: A\nimage: ./a.png\n---\n"
        "![b](./b.png)\n\n![c](/img/c.png)\n",
        "blog/2026-03-04-a/a.png": "x",
        "blog/2026-03-04-a/b.png": "x",
    }
    article = one(tmp_path, "docusaurus", files)
    assert article.image is not None
    assert article.image.src == "https://example.org/blog/2026-03-04-a/a.png"
    assert 'src="https://example.org/blog/2026-03-04-a/b.png"' in article.html
    assert 'src="https://example.org/img/c.png"' in article.html
    assert article.files == ("blog/2026-03-04-a/a.png", "blog/2026-03-04-a/b.png")


def test_versions_know_each_other(tmp_path: Path) -> None:
    text = "---\ntitle: T\ndate: 2026-03-04\nlang: {}\n---\nText.\n"
    files = {
        "_config.yml": "permalink: pretty\n",
        "en/news/_posts/2026-03-04-a.md": text.format("en"),
        "fr/news/_posts/2026-03-04-a.md": text.format("fr"),
    }
    found = {one.language: one for one in project(tmp_path, "jekyll", files).collect().library.articles}
    assert [one.url for one in found["en"].translations] == ["https://example.org/fr/news/2026/03/04/a/"]
    assert [one.url for one in found["fr"].translations] == ["https://example.org/en/news/2026/03/04/a/"]


def test_hugo_takes_when_a_page_was_changed_for_its_date_if_it_has_no_other(tmp_path: Path) -> None:
    files = {"hugo.toml": "", "content/a/b.md": "---\ntitle: B\nlastmod: 2026-03-05\n---\nText.\n"}
    assert f"{one(tmp_path, 'hugo', files).published:%Y-%m-%d}" == "2026-03-05"


def test_pelicans_settings_say_what_posts_do_not(tmp_path: Path) -> None:
    config = "DEFAULT_DATE = (2026, 3, 4)\nDEFAULT_METADATA = {'Summary': 'None given.'}\n"
    files = {"pelicanconf.py": config, "content/a.md": "Title: A\n\nText.\n"}
    article = one(tmp_path, "pelican", files)
    assert (f"{article.published:%Y-%m-%d}", article.teaser) == ("2026-03-04", "None given.")


def test_astros_authors_may_be_pages(tmp_path: Path) -> None:
    files = {
        "astro.config.mjs": "",
        "src/content/authors/ida.md": "---\nname: Ida Berg\n---\nShe writes.\n",
        "src/content/authors/odd.md": "---\nname: [\n---\n",
        "src/content/blog/a.md": HEAD.format("authors: [ida, odd]"),
    }
    made = project(tmp_path, "astro", files).collect()
    [article] = [one for one in made.library.articles if "blog" in one.url]
    assert [person.name for person in article.authors] == ["Ida Berg", "odd"]


def test_a_title_may_have_a_name_of_the_sites_own(tmp_path: Path) -> None:
    files = {
        ".eleventy.js": "",
        "a.md": "---\nsubtitle: Less\nnewsTitle: Fog *again*\ndate: 2026-03-04\n---\n# Other\n",
    }
    made = project(tmp_path, "eleventy", files).collect()
    assert [article.title for article in made.library.articles] == ["Fog *again*"]
    assert made.faults == ()
