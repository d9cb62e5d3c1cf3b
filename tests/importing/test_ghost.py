"""Ghost's export: the tables joined, and its ids, which are no IRIs, kept in feeds.lock."""

from __future__ import annotations

import json

import pytest

from tests.importing.conftest import Import
from tests.importing.samples import ghost, ghost_post

TABLES = {
    "tags": [
        {"id": "t1", "name": "Space"},
        {"id": "t2", "name": "#internal"},
        {"id": "t3", "name": "Dishes"},
    ],
    "posts_tags": [
        {"post_id": "63f8a0e4c1b2a3d4e5f60718", "tag_id": "t1", "sort_order": 1},
        {"post_id": "63f8a0e4c1b2a3d4e5f60718", "tag_id": "t2", "sort_order": 2},
        {"post_id": "63f8a0e4c1b2a3d4e5f60718", "tag_id": "t3", "sort_order": 0},
    ],
    "users": [{"id": "1", "name": "Ada Byron", "email": "ada@example.org", "website": None}],
    "posts_authors": [{"post_id": "63f8a0e4c1b2a3d4e5f60718", "author_id": "1", "sort_order": 0}],
    "posts_meta": [
        {"id": "m", "post_id": "63f8a0e4c1b2a3d4e5f60718", "feature_image_alt": "A dish", "title": None}
    ],
}


def test_a_post_comes_with_all_that_it_has(bring: Import) -> None:
    bring(ghost(ghost_post(), **TABLES), "ghost.json", "--site", "https://blog.example.org")
    assert bring.status == 0
    assert bring.fields() == {
        "title": "The dish",
        "published": "2024-05-03T10:00:00+00:00",
        "updated": "2024-05-04T10:00:00+00:00",
        "authors": ["Ada Byron"],
        "tags": ["Dishes", "Space"],
        "url": "https://blog.example.org/dish/",
        "image": {"src": "https://blog.example.org/content/images/lead.jpg", "alt": "A dish"},
        "body": '<p>Text, <a href="https://blog.example.org/about/">about</a>.</p>\n',
    }


def test_readers_know_it_by_ghosts_own_id(bring: Import) -> None:
    bring(ghost(ghost_post(), **TABLES), "ghost.json")
    bring.builds()
    assert '<guid isPermaLink="false">63f8a0e4c1b2a3d4e5f60718</guid>' in bring.feed("rss")
    assert "ada@example.org" not in bring.feed()
    bring(ghost(ghost_post(), **TABLES), "ghost.json")
    assert "1 there already" in bring.said
    assert len(bring.files) == 1


def test_an_import_killed_between_lock_and_files_goes_on(bring: Import) -> None:
    bring(ghost(ghost_post()), "ghost.json")
    (bring.project.root / "content" / bring.files[0]).unlink()
    bring(ghost(ghost_post()), "ghost.json")
    assert bring.files == ["2024/2024-05-03-dish.md"]
    bring.builds()
    assert '<guid isPermaLink="false">63f8a0e4c1b2a3d4e5f60718</guid>' in bring.feed("rss")


def test_without_its_address_one_is_told_to_say_it(bring: Import) -> None:
    bring(ghost(ghost_post()), "ghost.json")
    assert "--site" in bring.said
    assert "url" not in bring.fields()
    assert bring.fields()["image"] == {"src": "https://example.org/content/images/lead.jpg"}


@pytest.mark.parametrize(
    "fields", [{"visibility": "paid"}, {"visibility": "members"}, {"status": "sent"}, {"status": "draft"}]
)
def test_what_was_for_some_only_does_not_become_public(bring: Import, fields: dict[str, str]) -> None:
    bring(ghost(ghost_post(**fields)), "ghost.json")
    assert bring.fields()["draft"] is True
    bring.builds()
    assert "dish" not in bring.feed()


def test_pages_and_texts_without_html_are_counted(bring: Import) -> None:
    bring(ghost(ghost_post(html=None), ghost_post(id="2", type="page")), "ghost.json")
    assert "pages (1)" in bring.said
    assert "texts that are there in Ghost's own form only (no html) (1)" in bring.said


def test_a_scheduled_post_keeps_its_date(bring: Import) -> None:
    bring(ghost(ghost_post(status="scheduled", published_at="2031-01-02T10:00:00.000Z")), "ghost.json")
    assert bring.fields()["published"] == "2031-01-02T10:00:00+00:00"
    bring.builds()
    assert "dish" not in bring.feed()


def test_a_fault_names_the_post_where_no_line_is_known(bring: Import) -> None:
    bring(ghost(ghost_post(published_at=None), ghost_post(id="2", slug="b")), "ghost.json")
    assert bring.status == 1
    assert "ghost.json: “The dish”: published: is missing" in bring.said
    assert len(bring.files) == 1


def test_json_says_the_same_to_a_program(bring: Import) -> None:
    bring(ghost(ghost_post(), ghost_post(id="2", type="page")), "ghost.json", "--json")
    table = json.loads(bring.out)
    assert table["kind"] == "Ghost"
    assert [path.rpartition("/")[2] for path in table["files"]] == ["2024-05-03-dish.md"]
    assert table["left_out"] == {"pages": 1}
    assert table["faults"] == []
