"""A build that has nothing to do says so at once, and is never wrong about it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import standstill
from feeds.publication import load
from tests.conftest import NOW, SETTINGS, Project


def built(root: Path, now: datetime = NOW) -> bool:
    """What `feeds build` does; whether it had anything to do."""
    if standstill.unchanged(str(root), now):
        return False
    load(root).build(now)
    return True


def settled(root: Path, now: datetime = NOW) -> None:
    """Build until the files are older than just now."""
    for _ in range(50):
        if not built(root, now):
            return
        time.sleep(0.06)
    pytest.fail("it never stands still")


@pytest.fixture
def still(project: Project) -> Project:
    """A project with the note of a build, whose output is one file: nothing else is looked at."""
    project.article("a.md")
    for path in ("public/news/atom.xml", "public/.feeds/manifest.json", "feeds.lock"):
        project.write(path, "as it was")
    inputs = ("feeds.toml", "content", "templates", "issues")
    products = ("feeds.lock", "public", "public/.feeds/manifest.json")
    time.sleep(0.06)
    left = standstill.Standstill(
        inputs=inputs, products=products, since=NOW.isoformat(), until="", articles=1, files=1
    )
    standstill.note(project.root, left)
    return project


def stands(project: Project) -> bool:
    """Whether a build would have nothing to do."""
    return standstill.unchanged(str(project.root), NOW) is not None


def test_nothing_changed_is_nothing_to_do(still: Project, tmp_path: Path) -> None:
    assert stands(still)
    project = Project(tmp_path / "whole")
    project.write("feeds.toml", SETTINGS)
    project.article("a.md")
    assert built(project.root)
    settled(project.root)
    assert not built(project.root)


CHANGES: dict[str, Callable[[Project], object]] = {
    "an article": lambda project: project.article("a.md", "title: Another"),
    "a new article": lambda project: project.article("b.md"),
    "an article gone": lambda project: (project.root / "content/a.md").unlink(),
    "a renamed article": lambda project: (project.root / "content/a.md").rename(
        project.root / "content/z.md"
    ),
    "settings": lambda project: project.write("feeds.toml", SETTINGS.replace("Example", "Sample")),
    "a template": lambda project: project.write("templates/digest.txt", "x\n"),
    "the lock": lambda project: (project.root / "feeds.lock").write_text(""),
    "an output file": lambda project: project.write("public/news/atom.xml", "<broken"),
    "an output file gone": lambda project: (project.root / "public/news/atom.xml").unlink(),
    "the manifest": lambda project: project.write("public/.feeds/manifest.json", "{}"),
    "the note": lambda project: project.write(".feeds/standstill.json", "{"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_change_is_seen(still: Project, what: str) -> None:
    assert stands(still)
    CHANGES[what](still)
    assert not stands(still)


def test_a_change_that_keeps_size_and_time_is_seen(still: Project) -> None:
    file = still.root / "content/a.md"
    status = file.stat()
    file.write_text(file.read_text().replace("Text.", "Tixt."))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not stands(still)


def test_when_an_article_becomes_due_or_expires_there_is_something_to_do(project: Project) -> None:
    project.article("a.md", "expires: 2026-12-01")
    project.article("b.md", "published: 2026-11-25")
    settled(project.root)
    assert not built(project.root, NOW + timedelta(days=1))
    assert built(project.root, datetime.fromisoformat("2026-11-25T00:00+00:00"))
    settled(project.root, datetime.fromisoformat("2026-11-25T00:00+00:00"))
    assert built(project.root, datetime.fromisoformat("2026-12-01T00:00+00:00"))


def test_a_clock_that_was_set_back_builds(still: Project) -> None:
    assert standstill.unchanged(str(still.root), NOW - timedelta(days=1)) is None


def test_warnings_are_said_each_time(project: Project) -> None:
    project.article("a.md", body="![x](missing.png)\n")
    time.sleep(0.06)
    built(project.root)
    found = standstill.unchanged(str(project.root), NOW)
    assert found
    [[file, line, field, problem]] = found.warnings
    assert (file, line, field) == ("content/a.md", 6, "body")
    assert "missing.png" in problem


def test_somebody_elses_format_is_asked_each_time(project: Project) -> None:
    project.article("a.md")
    project.write(
        "feeds.toml",
        SETTINGS.replace("[feed.news]", "[feed.news]\nformats = { 'tests.plugin:writer' = 'news/x.txt' }"),
    )
    with pytest.raises(Exception, match="plugin"):
        built(project.root)
    assert standstill.unchanged(str(project.root), NOW) is None


def test_where_no_note_can_be_kept_all_goes_on(project: Project) -> None:
    project.article("a.md")
    (project.root / ".feeds/standstill.json").mkdir(parents=True)
    assert built(project.root)
    assert built(project.root)


def test_what_was_changed_just_now_is_not_trusted(still: Project) -> None:
    known = standstill.unchanged(str(still.root), NOW)
    assert known
    still.article("a.md", "title: Just now")
    standstill.note(still.root, known)
    assert not stands(still)


STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 3), st.sampled_from("abc")),
    st.tuples(st.just("delete"), st.integers(0, 3), st.just("")),
    st.tuples(st.just("rename"), st.integers(0, 3), st.sampled_from("0123")),
    st.tuples(st.just("clock"), st.integers(-2, 5), st.just("")),
    st.tuples(st.just("settings"), st.integers(1, 3), st.just("")),
    st.tuples(st.just("nothing"), st.just(0), st.just("")),
)


@pytest.mark.no_cover  # the same lines again and again
@settings(max_examples=12)
@given(st.lists(STEPS, max_size=8))
def test_any_sequence_of_changes_gives_the_bytes_of_a_build_from_nothing(
    steps: list[tuple[str, int, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project, now = Project(Path(folder) / "p"), NOW
        project.write("feeds.toml", SETTINGS)
        project.article("0.md")
        for step in steps:
            now += timedelta(days=_take(project, *step))
            if not built(project.root, now):
                assert _tree(project.root / "public") == _from_nothing(project.root, now)
        assert _last(project.root, now) == _from_nothing(project.root, now)


def _take(project: Project, what: str, number: int, word: str) -> int:
    """One step; by how many days the clock goes on."""
    file = project.root / f"content/{number}.md"
    if what == "write":
        project.article(f"{number}.md", f"title: {word}\npublished: 2026-11-2{number}")
    elif what == "delete" and len(list(file.parent.iterdir())) > 1:
        file.unlink(missing_ok=True)
    elif what == "rename" and file.exists():
        file.rename(file.with_name(f"{word}.md"))
    elif what == "settings":
        project.write("feeds.toml", SETTINGS.replace("[feed.news]", f"[feed.news]\nlimit = {number}"))
    return number if what == "clock" else 0


def _last(root: Path, now: datetime) -> dict[str, bytes]:
    built(root, now)
    return _tree(root / "public")


def _from_nothing(root: Path, now: datetime) -> dict[str, bytes]:
    """What a build into an empty folder makes, with the same lock."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "p"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns("public"))
        load(copy).build(now)
        return _tree(copy / "public")


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file() and ".feeds" not in file.parts)
