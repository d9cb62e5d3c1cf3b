"""Identity that survives: whatever is done to files and addresses, readers see no old post again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.article import Article, Origin, Person
from feeds.errors import IdentityError
from feeds.identity import Lock, Record, Settlement, lockfile, mint, settle
from tests.conftest import NOW, Project, make_article

LATER = NOW + timedelta(days=7)


def post(name: str, **fields: Any) -> Article:
    """An article in a file of its own, with a text of its own."""
    day = fields.pop("day", len(name))
    return make_article(
        **{
            "id": f"tag:example.org,2026-11-{day:02}:/{name}/",
            "url": f"https://example.org/{name}/",
            "file": f"content/{name}.md",
            "title": f"About {name}",
            "body": f"All of {name}.",
            "published": NOW - timedelta(days=40 - day),
            **fields,
        }
    )


def published(*articles: Article) -> Lock:
    """The lock after these were published."""
    return settle(articles, {}, NOW).lock


def ids(settlement: Settlement) -> list[str]:
    """The ids that came out, in the order of the articles."""
    return [article.id for article in settlement.articles]


A, B = post("a", day=1), post("b", day=2)


def test_what_is_new_gets_its_id_and_a_line() -> None:
    found = settle([A, B], {}, NOW)
    assert ids(found) == [A.id, B.id]
    assert [record.id for record in found.new] == [A.id, B.id]
    assert found.lock[A.id].updated == A.updated


def test_the_same_again_changes_nothing() -> None:
    lock = published(A, B)
    found = settle([A, B], lock, LATER)
    assert found.lock == lock
    assert not (found.new or found.moved or found.updated or found.withdrawn or found.questions)
    assert found.articles == (A, B)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"file": "content/renamed.md"}, id="renamed-file"),
        pytest.param({"url": "https://example.org/other/"}, id="new-slug"),
        pytest.param({"url": "https://new.example.net/a/"}, id="new-domain"),
        pytest.param({"url": "http://example.org/a/"}, id="other-scheme"),
        pytest.param({"file": "content/2026/a.md", "url": "https://example.org/2026/a/"}, id="moved-folder"),
        pytest.param({"file": "content/a.toml"}, id="other-dialect"),
        pytest.param({"body": "All  of\n\na."}, id="white-space"),
        pytest.param({"tags": ("Spelt Anew",)}, id="tags"),
    ],
)
def test_the_id_stays_and_updated_does_not_move(change: dict[str, Any]) -> None:
    changed = replace(A, id="tag:example.org,2026-11-01:/minted-anew/", **change)
    found = settle([changed, B], published(A, B), LATER)
    assert ids(found) == [A.id, B.id]
    assert found.articles[0].updated == A.updated
    assert not found.withdrawn
    assert not found.questions


@pytest.mark.parametrize(
    "change",
    [
        {"title": "About more"},
        {"body": "All of a, and more."},
        {"authors": (Person(name="Another"),)},
        {"teaser": "A teaser."},
    ],
)
def test_updated_moves_with_the_meaning_once(change: dict[str, Any]) -> None:
    edited = replace(A, **change)
    found = settle([edited, B], published(A, B), LATER)
    assert found.articles[0].updated == LATER
    assert [record.id for record in found.updated] == [A.id]
    again = settle([edited, B], found.lock, LATER + timedelta(days=1))
    assert again.articles[0].updated == LATER
    assert again.lock == found.lock


def test_updated_moves_when_the_author_says_so() -> None:
    told = replace(A, updated=LATER)
    assert settle([told], published(A), LATER + timedelta(days=2)).articles[0].updated == LATER


def test_two_files_that_change_places_keep_their_ids() -> None:
    swapped = [replace(A, file=B.file), replace(B, file=A.file)]
    assert ids(settle(swapped, published(A, B), LATER)) == [A.id, B.id]


def test_two_named_articles_that_exchange_their_texts_keep_their_ids() -> None:
    one, other = replace(A, named=True), replace(B, named=True)
    exchanged = [replace(one, title=B.title, body=B.body), replace(other, title=A.title, body=A.body)]
    found = settle(exchanged, published(one, other), LATER)
    assert (ids(found), found.doubts) == ([A.id, B.id], ())
    assert [record.id for record in found.updated] == [A.id, B.id]


def test_what_a_source_shows_anew_under_another_id_is_another_article() -> None:
    origin = Origin(name="them")
    before = replace(A, named=True, origin=origin, file="fetched/them.jsonl#a")
    after = replace(before, id="urn:b", file="fetched/them.jsonl#b")
    found = settle([after], published(before), LATER, {before.file})
    assert (ids(found), [record.id for record in found.new]) == (["urn:b"], ["urn:b"])


def test_a_withdrawn_article_leaves_a_tombstone_and_its_id_is_never_used_again() -> None:
    gone = settle([B], published(A, B), NOW)
    assert [record.id for record in gone.withdrawn] == [A.id]
    assert gone.lock[A.id].withdrawn == NOW
    back = settle([A, B], gone.lock, LATER)
    assert ids(back) == [f"{A.id}-2", B.id]
    assert back.lock[A.id].withdrawn == NOW


def test_a_file_with_faults_is_not_withdrawn() -> None:
    found = settle([B], published(A, B), LATER, unread={A.file})
    assert not found.withdrawn


def test_an_id_that_its_author_wrote_is_kept_wherever_the_file_goes() -> None:
    named = replace(A, id="urn:x:1", named=True)
    moved = replace(named, file="content/z.md", url="https://example.org/z/", body="Quite another text.")
    found = settle([moved, B], published(named, B), LATER)
    assert ids(found) == ["urn:x:1", B.id]


def test_C32_an_id_that_changes_after_publication_is_refused() -> None:
    renamed = replace(A, id="urn:x:1", named=True)
    [fault] = settle([renamed], published(A), LATER).doubts
    assert str(fault) == (
        f"content/a.md: id: was published as {A.id}, and readers would show it again; write that id"
    )


def test_C32_a_withdrawn_id_is_refused() -> None:
    lock = settle([B], published(A, B), NOW).lock
    [fault] = settle([B, replace(A, named=True)], lock, LATER).doubts
    assert "belongs to an article that was withdrawn" in str(fault)


def test_moved_and_edited_at_once_is_a_question() -> None:
    both = replace(A, id="x", file="content/z.md", url="https://example.org/z/", body="Another text.")
    [fault] = settle([both, B], published(A, B), LATER).doubts
    assert str(fault) == (
        "content/z.md: may be content/a.md, moved and edited; "
        "say `feeds lock same content/z.md content/a.md` or `feeds lock new content/z.md`"
    )


def test_most_of_a_publication_does_not_vanish_unasked() -> None:
    posts = [post(f"p{number}", day=number + 1) for number in range(10)]
    [fault] = settle(posts[:2], published(*posts), LATER).doubts
    assert (
        str(fault)
        == "content: 8 of 10 published articles are gone; if that is meant, say `feeds lock withdraw`"
    )


def test_drafts_and_the_future_are_not_entered() -> None:
    found = settle([replace(A, draft=True), replace(B, published=LATER)], {}, NOW)
    assert not found.lock


def test_a_published_article_that_goes_back_to_draft_keeps_its_record() -> None:
    lock = published(A)
    hidden = settle([replace(A, draft=True, body="Rewritten.")], lock, LATER)
    assert hidden.lock == lock
    shown = settle([replace(A, body="Rewritten.")], hidden.lock, LATER)
    assert shown.articles[0].updated == LATER


def test_tag_uris_name_owner_day_and_path() -> None:
    assert mint("https://example.org/a/b/", NOW) == "tag:example.org,2026-11-22:/a/b/"


def test_the_file_round_trips_and_merges(tmp_path: Path) -> None:
    odd = replace(A, file="content/tab\tand ü.md")
    lock = settle([B], published(odd, B), NOW).lock
    file = tmp_path / "feeds.lock"
    lockfile.write(lock, file)
    assert lockfile.read(file) == lock
    ours, theirs = lockfile.written(published(A)), lockfile.written(published(B))
    file.write_bytes(ours + theirs)
    assert lockfile.read(file) == published(A, B)


def test_a_broken_lock_names_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "feeds.lock"
    file.write_bytes(b"<<<<<<< ours\n" + lockfile.written(published(A)) + b"x\ty\n")
    with pytest.raises(IdentityError) as refusal:
        lockfile.read(file)
    assert [fault.where.line for fault in refusal.value.faults] == [1, 6]


MOVES = st.sampled_from(["rename", "readdress", "white space", "retag", "swap"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(MOVES, st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_any_sequence_of_moves_keeps_every_id(moves: Sequence[tuple[str, int, int]]) -> None:
    posts = [post(f"p{number}", day=number + 1) for number in range(5)]
    lock = published(*posts)
    promised = [article.id for article in posts]
    for step, (move, one, other) in enumerate(moves):
        article = posts[one]
        match move:
            case "rename":
                posts[one] = replace(article, file=f"content/moved-{step}.md")
            case "readdress":
                posts[one] = replace(article, url=f"https://example.net/{step}/")
            case "white space":
                posts[one] = replace(article, body=article.markdown.replace(" ", "\n  "))
            case "retag":
                posts[one] = replace(article, tags=(str(step),))
            case _:
                posts[one] = replace(article, file=posts[other].file)
                posts[other] = replace(posts[other], file=article.file)
        found = settle(posts, lock, LATER)
        assert ids(found) == promised
        assert not found.updated
        lock = found.lock


def test_a_build_writes_the_lock_and_locked_refuses_a_stale_one(project: Project) -> None:
    project.article("a.md")
    with pytest.raises(IdentityError, match="is not up to date"):
        project.load().build(NOW, locked=True)
    assert not project.load().output.exists()
    project.load().build(NOW)
    kept = (project.root / "feeds.lock").read_bytes()
    project.load().build(LATER, locked=True)
    assert (project.root / "feeds.lock").read_bytes() == kept


def test_the_record_s_first_publication_stays_when_the_date_is_corrected() -> None:
    lock = published(A)
    corrected = settle([replace(A, published=A.published + timedelta(days=1))], lock, LATER)
    record: Record = corrected.lock[A.id]
    assert record.published == A.published


def test_a_lock_of_an_earlier_version_is_brought_up_to_date_and_nothing_is_updated(project: Project) -> None:
    project.write(
        "feeds.lock",
        "tag:example.org,2026-11-20:/a/\t2026-11-20T00:00:00Z\t2026-11-21T10:00:00Z\t"
        "80dd4f78b435e44c\tcontent/a.md\thttps://example.org/a/\n",
    )
    project.article("a.md", "title: T\npublished: 2026-11-20", "Some  [text](b.html)\nof ours.\n")
    collected = project.collect()
    [article] = collected.settlement.articles
    assert article.updated.isoformat() == "2026-11-21T10:00:00+00:00"
    assert collected.settlement.lock[article.id].meaning == article.meaning != "80dd4f78b435e44c"
    assert collected.settlement.updated == ()
