"""A crawler from the live feed finds each of 50,000 articles, and one more touches few files."""

from __future__ import annotations

from datetime import datetime, timedelta

from feeds.publication import load
from tests.conftest import NOW, Project
from tests.test_archives import archiving, crawled, wanted

COUNT = 50_000


def test_every_article_is_found_and_one_more_touches_few_files(project: Project) -> None:
    archiving(project, size=100, limit=50)
    for number in range(COUNT):
        day = datetime(1990, 1, 1) + timedelta(hours=6 * number)
        text = f"---\ntitle: Article {number}\npublished: {day:%Y-%m-%dT%H:%M}\n---\nText {number}.\n"
        project.write(f"content/{number // 1000}/{number}.md", text)
    load(project.root).build(NOW)
    for form in ("atom.xml", "rss.xml", "feed.json"):
        assert crawled(project, form) == wanted(project)
    project.article("one-more.md", "title: One more")
    made = load(project.root).build(NOW)
    touched = [path for path in made.published.written if path.startswith("news/")]
    assert len(touched) == 6  # the live feed and the page that is being filled, in three formats
