"""Ten migrations: whoever had read the feed before is shown nothing of it again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.publication import load
from tests.conftest import NOW, Project
from tests.readers.subscribed import SUBSCRIBERS

COUNT = 6
LATER = NOW + timedelta(days=3)
FEED = "public/feed.xml"
SETTINGS = """\
[publication]
title = "Example news"
url = "http://example.org/"
address = "/{folder}/{slug}/"

[feed.news]
formats = { FORM = "feed.xml" }
"""


def newsroom(project: Project, form: str) -> Project:
    """A publication of a few articles with links and images between them, in one folder."""
    project.write("feeds.toml", SETTINGS.replace("FORM", form))
    for number in range(COUNT):
        project.article(
            f"news/post-{number}.md",
            f"title: Post {number}\npublished: 2026-0{number + 1}-10\ntags: [a, b{number}]",
            f"Text of {number}, see [another](post-{(number + 1) % COUNT}.md).\n",
        )
    return project


def settings(old: str, new: str) -> Callable[[Project], None]:
    """A change of feeds.toml."""

    def change(project: Project) -> None:
        text = (project.root / "feeds.toml").read_text()
        assert old in text
        project.write("feeds.toml", text.replace(old, new))

    return change


def rename(project: Project) -> None:
    for file in sorted((project.root / "content/news").iterdir()):
        renamed = file.with_name(f"renamed-{file.name}")
        file.rename(renamed)
        for other in (project.root / "content/news").iterdir():
            other.write_text(other.read_text().replace(f"]({file.name})", f"]({renamed.name})"))


def reslug(project: Project) -> None:
    for number, file in enumerate(sorted((project.root / "content/news").iterdir())):
        file.write_text(file.read_text().replace("---\n", f"---\nslug: another-{number}\n", 1))


def split_folder(project: Project) -> None:
    for number in range(COUNT):
        folder = project.root / f"content/{'odd' if number % 2 else 'even'}"
        folder.mkdir(exist_ok=True)
        shutil.move(project.root / f"content/news/post-{number}.md", folder)
    _relink(project)


def merge_folder(project: Project) -> None:
    for file in (project.root / "content/news").iterdir():
        shutil.move(file, project.root / "content")
    _relink(project)


def _relink(project: Project) -> None:
    """Make the relative links right again, as an editor would."""
    where = {file.name: file.parent.name for file in (project.root / "content").rglob("*.md")}
    for file in (project.root / "content").rglob("*.md"):
        up = "" if file.parent.name == "content" else "../"

        def link(found: re.Match[str], up: str = up) -> str:
            folder = where[found[1]]
            return f"]({up}{'' if folder == 'content' else folder + '/'}{found[1]})"

        file.write_text(re.sub(r"\]\((?:[\w.]+/)*(post-\d\.md)\)", link, file.read_text()))


def other_front_matter(project: Project) -> None:
    for file in (project.root / "content/news").iterdir():
        _, head, body = file.read_text().split("---\n")
        body = body.strip().replace(".md)", ".yaml)")
        file.with_suffix(".yaml").write_text(f"{head}body: |\n  {body}\n")
        file.unlink()


def to_us(project: Project) -> None:
    """Nothing is known of the old generator's ids but what stands in its feed, which readers have read."""
    shutil.move(project.root / FEED, project.root / "old.xml")
    shutil.rmtree(project.root / "public")
    (project.root / "feeds.lock").unlink()
    load(project.root).adopt(str(project.root / "old.xml"), LATER)


MIGRATIONS: dict[str, Callable[[Project], None]] = {
    "rename": rename,
    "new-slugs": reslug,
    "address-pattern": settings("/{folder}/{slug}/", "/{year}/{slug}.html"),
    "http-to-https": settings("http://example.org/", "https://example.org/"),
    "new-domain": settings("http://example.org/", "https://news.example.net/"),
    "hugo-to-us": to_us,
    "jekyll-to-us": to_us,
    "split-folder": split_folder,
    "merged-folder": merge_folder,
    "front-matter-dialect": other_front_matter,
}


def foreign(project: Project, name: str) -> None:
    """Before a move from another generator: its feed, with its ids, where ours will stand."""
    text = (project.root / FEED).read_text()
    for article in project.collect().library.articles:
        path = article.url.removeprefix("http://example.org")
        theirs = article.url if name == "hugo-to-us" else f"http://example.org{path.rstrip('/')}"
        text = text.replace(f">{article.id}<", f">{theirs}<")
    (project.root / FEED).write_text(text)


@pytest.mark.parametrize("form", ["atom", "rss"])
@pytest.mark.parametrize("name", MIGRATIONS)
def test_nothing_is_shown_again(project: Project, tmp_path: Path, name: str, form: str) -> None:
    newsroom(project, form).load().build(NOW)
    if name.endswith("to-us"):
        foreign(project, name)
    subscriptions = {}
    for who, subscribe in SUBSCRIBERS.items():
        (tmp_path / who).mkdir()
        subscriptions[who] = subscribe(project.root / FEED, tmp_path / who)
    assert {who: read() for who, read in subscriptions.items()} == dict.fromkeys(SUBSCRIBERS, COUNT)
    MIGRATIONS[name](project)
    made = load(project.root).build(LATER)
    assert not [fault for fault in made.faults if not fault.warning]
    assert {who: read() for who, read in subscriptions.items()} == dict.fromkeys(SUBSCRIBERS, 0)
    project.article("news/fresh.md", "title: Fresh")
    load(project.root).build(LATER)
    assert {who: read() for who, read in subscriptions.items()} == dict.fromkeys(SUBSCRIBERS, 1)
