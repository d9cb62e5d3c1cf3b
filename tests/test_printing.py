"""What several processes print is what one prints, to the byte, and its faults are the same."""

from __future__ import annotations

import pytest

from feeds import hands
from feeds.errors import ContentError, OutputError
from tests.conftest import NOW, Project

HEAD = '[publication]\ntitle = "T"\nurl = "https://example.org/"\n'
FEEDS = "".join(f'[feed.f{number}]\nselect = {{ tag = "t{number}" }}\n' for number in range(9))


@pytest.fixture
def many(project: Project) -> Project:
    """A publication of nine feeds, each with an article of its own and one of all."""
    project.write("feeds.toml", HEAD + FEEDS)
    for number in range(9):
        project.article(f"{number}.md", f"tags: [t{number}, T0]", f"Text {number}.\n")
    return project


def test_several_processes_print_what_one_prints(many: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = {}
    for number in (1, 2, 3):
        monkeypatch.setattr(hands, "hands", lambda number=number: number)
        publication = many.load()
        edition = publication.edition(publication.collect(NOW), NOW)
        printed[number] = list(publication.documents(edition))
    assert printed[1] == printed[2] == printed[3]
    assert len(printed[1]) > 27


@pytest.mark.parametrize("number", [1, 3])
def test_one_path_for_two_feeds_is_a_fault(
    many: Project, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(hands, "hands", lambda: number)
    twice = HEAD + FEEDS.replace("[feed.f3]", '[feed.f3]\nformats = { atom = "f2/atom.xml" }')
    many.write("feeds.toml", twice)
    with pytest.raises(OutputError, match=r"f2/atom.xml: is wanted by two"):
        many.load().build(NOW)


@pytest.mark.parametrize("number", [1, 3])
def test_what_is_wrong_with_an_entry_is_said_once(
    many: Project, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(hands, "hands", lambda: number)
    many.article("deep.md", "tags: [t1, t2, t3]", "> " * 200 + "deep\n")
    with pytest.raises(ContentError) as refusal:
        many.load().build(NOW)
    assert [str(fault) for fault in refusal.value.faults] == [
        "content/deep.md: body: is nested more than 100 levels deep; make it flatter"
    ]
