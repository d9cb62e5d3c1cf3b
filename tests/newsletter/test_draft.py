"""Frozen issues: drafted, approved, and never another byte; the same on every machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.newsletter import shelf
from feeds.newsletter.desk import Desk
from feeds.newsletter.frozen import Frozen, IssueError, fingerprint, parsed, written
from tests.newsletter.desks import NOW, approved, make_desk, numbers, story
from tests.newsletter.examples import SCRIPTS

ROOT = Path(__file__).parent.parent.parent


def drafted(desk: Desk) -> Desk:
    return replace(desk, issues=(*desk.issues, desk.draft().issue))


def carries(desk: Desk) -> list[int]:
    return [number for issue in desk.variants.values() for number in numbers(issue.articles)]


def test_since_the_last_issue_means_carried_by_no_earlier_one() -> None:
    desk = approved(make_desk([story(1), story(2)]))
    assert desk.number == 2
    assert carries(desk) == []
    edited, renamed = story(1, title="Story 100", body="New."), story(2, file="content/new.md")
    late, back_dated = story(3), story(4000)
    after = replace(desk, library=replace(desk.library, articles=(edited, renamed, late, back_dated)))
    assert carries(after) == [3, 4000]


def test_an_open_draft_does_not_carry_for_itself_but_for_a_later_one() -> None:
    desk = drafted(make_desk([story(1)]))
    assert desk.number == 1
    assert carries(desk) == [1]
    later = replace(desk, issues=(*desk.issues, desk.issues[0].model_copy(update={"number": 2})))
    assert later.carried == {story(1).id: 1}


def test_a_file_holds_all_of_it_and_comes_back_the_same() -> None:
    articles = [story(n, title=text, teaser=text) for n, text in enumerate(SCRIPTS.values())]
    desk = make_desk(articles, items=20)
    issue = desk.draft().issue
    content = written(issue)
    assert parsed(content, "0001.json") == issue
    assert written(parsed(content, "0001.json")) == content
    data = json.loads(content)
    digest = desk.digests["en"]
    assert data["variants"]["en"]["html"] == digest.html
    assert data["variants"]["en"]["text"] == digest.text
    assert data["variants"]["en"]["subject"] == digest.subject
    assert [one["title"] for one in data["articles"]] == list(SCRIPTS.values())
    assert [one["role"] for one in data["articles"]] == ["lead"] + ["item"] * (len(SCRIPTS) - 1)
    assert data["sha256"] == issue.sha256 == fingerprint(data)


def test_drafting_again_says_what_changed() -> None:
    desk = drafted(make_desk([story(1), story(2), story(3)]))
    assert desk.draft().changes == ()
    assert desk.draft().replaces
    assert desk.draft().issue == desk.issues[0]
    settings = desk.settings.model_copy(update={"lead": "3.md"})
    articles = (story(0), story(2, body="Another text."), story(3))
    after = replace(desk, settings=settings, library=replace(desk.library, articles=articles))
    assert after.draft().changes == (
        "now with “Story 0”",
        "no longer with “Story 1”",
        "“Story 3” is now the lead",
        "the articles stand in another order",
        "made by other settings",
        "variant en: another articles, subject, preheader, html, text",
    )


def test_approval_records_who_and_when_and_happens_once() -> None:
    desk = drafted(make_desk([story(1)]))
    issue = desk.approve(by="Ann")
    assert issue.approved
    assert (issue.approved.sha256, issue.approved.at, issue.approved.by) == (issue.sha256, NOW, "Ann")
    assert parsed(written(issue), "0001.json") == issue
    with pytest.raises(IssueError, match=r"^newsletter weekly 1: is approved since 2026-11-22 12:00 UTC"):
        replace(desk, issues=(issue,), now=NOW + timedelta(days=1)).approve(1)


@pytest.mark.parametrize("number", [None, 7])
def test_there_is_nothing_to_approve(number: int | None) -> None:
    with pytest.raises(IssueError, match=r"there is no draft of issue \d; run `feeds issue draft weekly`"):
        make_desk([story(1)]).approve(number)


def test_nothing_to_draft() -> None:
    with pytest.raises(IssueError, match=r"^newsletter weekly: has nothing to send: an issue needs a new"):
        make_desk([]).draft()


@pytest.mark.parametrize(
    "edit",
    [
        {"variants": "html"},
        {"title": "Another"},
        {"articles": []},
        {"unsubscribe": "https://evil.example/"},
    ],
)
def test_an_edit_by_hand_is_refused_in_one_line(edit: dict[str, object]) -> None:
    data = json.loads(written(make_desk([story(1)]).draft().issue))
    if edit == {"variants": "html"}:
        data["variants"]["en"]["html"] += " "
    else:
        data |= edit
    with pytest.raises(IssueError, match=r"^i.json: was changed after it was drafted; [^\n]*draft again$"):
        parsed(json.dumps(data).encode(), "i.json")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is no issue: it is not JSON"),
        (b"\xff", "is no issue: it is not JSON"),
        (b"[" * 100_000, "is no issue: it is not JSON"),
        (b"[]", "must be a table of names and values|should be"),
        (b"{}", "newsletter: is missing"),
        (b'{"version": 2}', "has the form 2; this program knows 1, so upgrade it"),
    ],
)
def test_what_is_no_issue_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(IssueError, match=problem):
        parsed(content, "i.json")


def test_an_approval_of_something_else_is_refused() -> None:
    data = json.loads(written(approved(make_desk([story(1)])).issues[0]))
    data["approved"]["sha256"] = "0" * 64
    with pytest.raises(IssueError, match="is not what was approved"):
        parsed(json.dumps(data).encode(), "i.json")


def test_the_shelf_keeps_issues_and_never_changes_an_approved_one(tmp_path: Path) -> None:
    desk = make_desk([story(1)])
    assert shelf.read(tmp_path, "weekly") == ()
    draft = desk.draft().issue
    assert shelf.keep(tmp_path, draft) == tmp_path / "issues/weekly/0001.json"
    shelf.keep(tmp_path, draft)
    done = replace(desk, issues=shelf.read(tmp_path, "weekly")).approve()
    shelf.keep(tmp_path, done)
    assert shelf.read(tmp_path, "weekly") == (done,)
    with pytest.raises(
        IssueError, match=r"^issues/weekly/0001.json: is approved, and an approved issue never"
    ):
        shelf.keep(tmp_path, draft)


def test_every_file_on_the_shelf_that_is_wrong_is_named(tmp_path: Path) -> None:
    file = shelf.keep(tmp_path, make_desk([story(1)]).draft().issue)
    (file.parent / "0002.json").write_bytes(file.read_bytes())
    (file.parent / "0003.json").write_text("no")
    with pytest.raises(IssueError) as refusal:
        shelf.read(tmp_path, "weekly")
    assert [str(fault) for fault in refusal.value.faults] == [
        "issues/weekly/0002.json: holds weekly 1; give it back its name, issues/weekly/0001.json",
        "issues/weekly/0003.json: is no issue: it is not JSON; take it from the version control",
    ]


DRAFT = """
import sys, hashlib
from datetime import datetime, timedelta, UTC
from pathlib import Path
from feeds.delivery.message import message
from feeds.newsletter.desk import Desk
from feeds.newsletter.frozen import written
from feeds.publication import load
publication = load(sys.argv[1])
now = datetime(2026, 11, 22, 12, tzinfo=UTC) + timedelta(hours=int(sys.argv[2]))
for name, settings in publication.settings.newsletter.items():
    several = settings.model_copy(update={"topics": ("space", "explainer"), "group": "tag"})
    library = publication.collect(now).library
    desk = Desk(name=name, settings=several, library=library, issues=(), now=now)
    print(name, hashlib.sha256(written(desk.draft().issue)).hexdigest())
    for key, digest in desk.digests.items():
        print(key, hashlib.sha256(message(digest)).hexdigest())
"""


def test_the_example_has_the_same_bytes_on_any_machine_at_any_hour() -> None:
    environments: list[tuple[str, dict[str, str]]] = [
        ("0", {"TZ": "UTC", "PYTHONHASHSEED": "0"}),
        ("9", {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1", "LC_ALL": "C"}),
        ("30", {"TZ": "America/St_Johns", "PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8", "LANG": "ar"}),
    ]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", DRAFT, str(ROOT), hours],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        for hours, environment in environments
    ]
    outputs = [process.communicate()[0] for process in running]
    assert len(outputs[0].splitlines()) >= 5
    assert len(set(outputs)) == 1
    assert all(process.returncode == 0 for process in running)


def test_a_frozen_issue_does_not_change() -> None:
    issue: Frozen = make_desk([story(1)]).draft().issue
    with pytest.raises(ValueError, match="frozen"):
        issue.title = "Another"  # type: ignore[misc]
