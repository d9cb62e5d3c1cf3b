"""What is remembered between builds changes no byte: not of the output, not of feeds.lock."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds import formats, publication, sources
from feeds.errors import FeedsError
from feeds.library import Feed
from feeds.publication import printed
from feeds.publishing import Document
from feeds.sources import memory
from feeds.sources.accepted import accept
from feeds.sources.base import Raw
from tests.conftest import NOW, Project
from tests.web.conftest import PIXEL

NAMES = ("a.md", "b.md", "folder/c.md", "folder/index.md")
HEADS = (
    "",
    "image: {src: images/dot.png, alt: A dot}",
    "attachments: [{url: files/a.pdf}]",
    "translations: {fr: fr.md}",
    "tags: [space, Trade]\nauthors: [{name: N, email: n@example.org}]",
    "full_article: {url: https://example.org/all/, language: de}\nexpires: 2026-11-25",
    "draft: true",
    "id: tag:example.org,2026:own\nlead: true",
    "published: never",
    "episode: {number: 1, transcripts: [{url: files/a.vtt}]}",
)
BODIES = (
    "Text.\n",
    "See [this](b.md), [that](folder/c.md) and ![it](images/dot.png).\n",
    "Text, and [gone](gone.png)\n",
)
OTHERS: dict[str, str | bytes] = {
    "images/dot.png": PIXEL,
    "files/a.pdf": b"%PDF",
    "files/a.vtt": "WEBVTT\n",
    "fr.md": "---\ntitle: F\nlanguage: fr\npublished: 2026-01-01\n---\nTexte.\n",
}
SETTINGS = """\
[publication]
title = "{title}"
url = "https://example.org/"
address = "{address}"
[feed.all]
[feed.space]
select = {{ tag = "space" }}
content = "summary"
"""
CHANGES = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(HEADS), st.sampled_from(BODIES)),
    st.tuples(st.just("same size"), st.sampled_from(NAMES)),
    st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("delete"), st.sampled_from((*NAMES, *OTHERS))),
    st.tuples(st.just("other"), st.sampled_from(list(OTHERS))),
    st.tuples(st.just("settings"), st.sampled_from("AB"), st.sampled_from(["/{slug}/", "/{folder}/{slug}/"])),
    st.tuples(st.just("clock"), st.sampled_from([1, 30, 60 * 24 * 8])),
    st.tuples(st.just("output"), st.sampled_from(["all/atom.xml", "space/rss.xml", "feeds/index.html"])),
)


@pytest.fixture
def newsroom(project: Project) -> Project:
    """Two articles, one of them Arabic, and a picture."""
    project.write("feeds.toml", SETTINGS.format(title="T", address="/{slug}/"))
    project.write("content/images/dot.png", PIXEL)
    project.article("a.md", HEADS[1], "The first text.\n")
    project.article("ar.md", "title: أخبار الفضاء\nlanguage: ar\ntags: [space]", "النص الأول.\n")
    return project


def made(root: Path, now: datetime) -> list[str] | dict[str, bytes]:
    """The bytes of the output and of feeds.lock after a build; or why there was none."""
    try:
        found = publication.load(root).build(now).faults
    except FeedsError as refusal:
        return [str(fault) for fault in refusal.faults]
    said = {"faults": "\n".join(map(str, found)).encode()}
    if (lock := root / "feeds.lock").exists():
        said["lock"] = lock.read_bytes()
    for file in sorted((root / "public").rglob("*")):
        if file.is_file() and ".feeds" not in file.parts:
            said[str(file.relative_to(root))] = file.read_bytes()
    return said


def change(project: Project, step: tuple[object, ...], number: int) -> None:
    content = project.root / "content"
    match step:
        case ("write", str(name), str(head), str(body)):
            project.article(name, head, body + "x" * number)
        case ("same size", str(name)) if (content / name).is_file():
            file = content / name
            status = file.stat()
            file.write_bytes(file.read_bytes().replace(b"Text", b"TEXT").replace(b"See", b"SEE"))
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
        case ("rename", str(one), str(other)) if (content / one).is_file():
            (content / other).parent.mkdir(parents=True, exist_ok=True)
            (content / one).rename(content / other)
        case ("delete", str(name)):
            (content / name).unlink(missing_ok=True)
        case ("other", str(name)):
            project.write(f"content/{name}", OTHERS[name])
        case ("settings", str(title), str(address)):
            project.write("feeds.toml", SETTINGS.format(title=title, address=address))
        case ("output", str(name)) if (project.root / "public" / name).is_file():
            (project.root / "public" / name).write_bytes(b"somebody was here")


@pytest.mark.no_cover  # the same lines again and again
@given(st.lists(CHANGES, min_size=2, max_size=8))
@settings(
    max_examples=max(12, int(os.environ.get("FEEDS_EXAMPLES", "50")) // 4),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_sequence_of_changes_gives_the_same_from_memory_as_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[object, ...]]
) -> None:
    project, now = Project(tmp_path_factory.mktemp("remembering")), NOW
    (project.root / "content").mkdir()
    change(project, ("settings", "A", "/{slug}/"), 0)
    change(project, ("write", "a.md", HEADS[4], BODIES[0]), 0)
    for number, step in enumerate(steps):
        change(project, step, number)
        now += timedelta(minutes=step[1] if isinstance(step[1], int) else 0)
        anew = project.root.with_name(f"{project.root.name}-{number}")
        shutil.copytree(project.root, anew, ignore=shutil.ignore_patterns(".feeds", "printed.json"))
        if (project.root / "public/.feeds").is_dir():  # what is ours there is no memory
            (anew / "public/.feeds").mkdir(parents=True)
            shutil.copy(project.root / "public/.feeds/manifest.json", anew / "public/.feeds")
        assert made(project.root, now) == made(anew, now)
        shutil.rmtree(anew)


def test_only_what_has_changed_is_read(newsroom: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "JUST_NOW", -(10**12))  # a minute ago is not worth the wait
    made(newsroom.root, NOW)
    seen: list[str] = []

    def accepting(raw: Raw, *rest: Any) -> Any:
        seen.append(raw.path)
        return accept(raw, *rest)

    monkeypatch.setattr(sources, "accept", accepting)
    newsroom.article("a.md", "", "Another text.\n")
    made(newsroom.root, NOW)
    assert seen == ["a.md"]


def test_only_what_shows_something_else_is_written(
    newsroom: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(newsroom.root, NOW)
    seen: list[str] = []
    write = formats.write

    def writing(feed: Feed, form: str) -> Document:
        seen.append(feed.name)
        return write(feed, form)

    monkeypatch.setattr(formats, "write", writing)
    newsroom.article("z.md", "title: Not in space\npublished: 2026-11-02")
    made(newsroom.root, NOW)
    assert set(seen) == {"all"}


@pytest.mark.parametrize("file", [memory.FILE, printed.FILE])
@pytest.mark.parametrize(
    "damage",
    [
        lambda text: b"",
        lambda text: text[:-40],
        lambda text: text[: len(text) // 2],
        lambda text: text.replace(b"A", b"B"),
        lambda text: b"null\n" + text,
        lambda text: b"\xff\xfe" + text,
        lambda text: b"[" * 100_000,
        lambda text: json.dumps({"key": 1, "documents": {"x": [1]}}).encode(),
    ],
    ids=["empty", "cut", "halved", "edited", "begun wrongly", "no text", "deep", "foreign"],
)
def test_a_memory_that_is_damaged_was_never_there(newsroom: Project, file: str, damage: object) -> None:
    first = made(newsroom.root, NOW)
    kept = newsroom.root / file
    assert callable(damage)
    kept.write_bytes(damage(kept.read_bytes()))
    (newsroom.root / ".feeds/standstill.json").unlink(missing_ok=True)
    assert made(newsroom.root, NOW) == first


def test_several_processes_read_what_one_reads(newsroom: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.article("bad.md", "titel: x")
    for number in range(40):
        newsroom.article(f"many/{number}.md", HEADS[number % 4 if number % 4 != 3 else 4], BODIES[number % 2])
    alone = newsroom.collect(NOW)
    monkeypatch.setattr(sources, "MANY", 1)
    several = publication.load(newsroom.root).collect(NOW, memory=memory.Memory(workers=2))
    assert several.faults == alone.faults
    assert several.library == alone.library


def test_nobody_else_may_read_what_is_remembered(newsroom: Project) -> None:
    made(newsroom.root, NOW)
    assert (newsroom.root / memory.FILE).stat().st_mode & 0o077 == 0
    assert (newsroom.root / ".feeds").stat().st_mode & 0o077 == 0
    assert (newsroom.root / ".feeds/.gitignore").read_text() == "*\n"


def test_what_a_site_says_beside_its_posts_is_looked_at(project: Project) -> None:
    site = '[publication]\ntitle = "T"\nurl = "https://example.org/"\ndialect = "hugo"\ncontent = "site"\n'
    project.write("feeds.toml", f"{site}[feed.all]\n")
    project.write("site/hugo.toml", 'baseURL = "https://example.org/"\ntitle = "T"\n')
    project.write("site/content/posts/a.md", "---\ntitle: A\ndate: 2026-11-01\n---\nText.\n")
    before = made(project.root, NOW)
    pattern = (
        'baseURL = "https://example.org/"\ntitle = "T"\n[permalinks]\nposts = "/:year/:slugorfilename/"\n'
    )
    project.write("site/hugo.toml", pattern)
    after = made(project.root, NOW)
    assert isinstance(before, dict) and isinstance(after, dict)
    assert b"https://example.org/posts/a/" in before["public/all/atom.xml"]
    assert b"https://example.org/2026/a/" in after["public/all/atom.xml"]
