"""What subscribers would see: each change of a publication, through the eyes of each kind of reader."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from feeds.publication import load
from tests.conftest import NOW, SETTINGS, Project
from tests.test_cli import feeds

LATER = NOW + timedelta(days=1)


@pytest.fixture
def published(project: Project) -> Project:
    """Four articles, ten days apart, in a feed that holds five, and published."""
    project.write("feeds.toml", SETTINGS.replace("[feed.news]", "[feed.news]\nlimit = 5"))
    for number in range(4):
        project.article(f"{number}.md", f"title: Post {number}\npublished: 2026-10-{number * 7 + 1:02}")
    project.load().build(NOW)
    return project


def seen(project: Project) -> dict[str, dict[str, list[str]]]:
    """What readers would see, by what they go by: kind to titles."""
    kinds = ("new", "updated", "reshown", "vanished", "reordered", "missed")
    return {
        one.readers: {
            kind: [entry.title for entry in getattr(one, kind)] for kind in kinds if getattr(one, kind)
        }
        for one in load(project.root).diff(LATER)
    }


def test_nothing_changed_is_nothing_seen(published: Project) -> None:
    assert seen(published) == {}


def test_a_new_article(published: Project) -> None:
    published.article("new.md", "title: New")
    assert seen(published) == {readers: {"new": ["New"]} for readers in ("id", "link", "date")}


def test_an_edit(published: Project) -> None:
    published.article("1.md", "title: Post 1\npublished: 2026-10-08", "Another text.")
    assert seen(published) == {readers: {"updated": ["Post 1"]} for readers in ("id", "link")}


def test_a_new_address_is_shown_again_by_those_who_go_by_links(published: Project) -> None:
    settings = (published.root / "feeds.toml").read_text()
    published.write("feeds.toml", settings.replace("[feed.news]", 'address = "/x/{slug}/"\n[feed.news]'))
    assert seen(published) == {"link": {"reshown": ["Post 3", "Post 2", "Post 1", "Post 0"]}}


def test_lost_ids_are_shown_again(published: Project) -> None:
    (published.root / "feeds.lock").unlink()
    published.article("1.md", "title: Post 1\npublished: 2026-10-08\nid: urn:x:another")
    assert seen(published) == {"id": {"reshown": ["Post 1"]}}


def test_a_withdrawal_and_what_falls_out_at_the_end(published: Project) -> None:
    (published.root / "content/2.md").unlink()
    assert seen(published) == {readers: {"vanished": ["Post 2"]} for readers in ("id", "link")}
    for number in range(4):
        published.article(f"new{number}.md", f"title: New {number}\npublished: 2026-11-0{number + 1}")
    assert "vanished" not in seen(published)["id"] or seen(published)["id"]["vanished"] == ["Post 2"]


def test_a_changed_date_reorders_and_a_back_dated_article_is_missed(published: Project) -> None:
    published.article("0.md", "title: Post 0\npublished: 2026-10-30")
    published.article("old.md", "title: Old\npublished: 2026-10-02")
    found = seen(published)
    assert found["id"]["reordered"] == ["Post 0"]
    assert found["date"] == {"reshown": ["Post 0"], "missed": ["Old"]}


def test_the_command_fails_on_what_it_is_told_to(published: Project) -> None:
    settings = (published.root / "feeds.toml").read_text()
    published.write("feeds.toml", settings.replace("[feed.news]", 'address = "/x/{slug}/"\n[feed.news]'))
    shown = feeds("diff", "-C", published.root, "--fail-on", "reshown")
    assert shown.returncode == 1
    assert "news, readers by link: SHOWN AGAIN: Post 3" in shown.stdout.splitlines()
    assert feeds("diff", "-C", published.root, "--fail-on", "vanished").returncode == 0
    [told] = json.loads(feeds("diff", "-C", published.root, "--json").stdout)
    assert told["readers"] == "link"
    assert len(told["reshown"]) == 4


def test_it_compares_with_a_folder_and_writes_nothing(published: Project) -> None:
    (published.root / "public").rename(published.root / "live")
    published.article("new.md", "title: New")
    lock = (published.root / "feeds.lock").read_bytes()
    shown = feeds("diff", "-C", published.root, "--against", published.root / "live")
    assert "news, readers by id: new: New" in shown.stdout.splitlines()
    assert not (published.root / "public").exists()
    assert (published.root / "feeds.lock").read_bytes() == lock
