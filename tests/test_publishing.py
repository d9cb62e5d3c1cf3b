"""Publishing: only what changed, never half written, and nothing of anybody else's touched."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from feeds import publishing
from feeds.errors import OutputError
from feeds.publishing import Copy, Document, publish


def documents(**contents: str) -> list[Document]:
    """Documents by name; two underscores stand for a slash."""
    return [Document(name.replace("__", "/"), text.encode(), "text/plain") for name, text in contents.items()]


def test_first_build_writes_and_second_writes_nothing(tmp_path: Path) -> None:
    first = publish(documents(a="1", b__c="2"), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    second = publish(documents(a="1", b__c="2"), tmp_path)
    assert first.written == ("a", "b/c")
    assert second.written == ()
    assert second.unchanged == ("a", "b/c")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_what_no_longer_belongs_is_removed_with_its_empty_folder(tmp_path: Path) -> None:
    publish(documents(a="1", b__c="2"), tmp_path)
    assert publish(documents(a="1"), tmp_path).removed == ("b/c",)
    assert not (tmp_path / "b").exists()


def test_a_stranger_s_file_is_neither_removed_nor_overwritten(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("precious")
    publish(documents(a="1"), tmp_path)
    with pytest.raises(OutputError, match="theirs: is there already and not ours"):
        publish(documents(a="2", theirs="2"), tmp_path)
    assert (tmp_path / "theirs").read_text() == "precious"
    assert (tmp_path / "a").read_text() == "1"


def test_a_file_of_ours_that_somebody_changed_is_kept_when_it_no_longer_belongs(tmp_path: Path) -> None:
    publish(documents(a="1", b="2"), tmp_path)
    (tmp_path / "b").write_text("edited by hand")
    result = publish(documents(a="1"), tmp_path)
    assert (result.removed, result.kept) == ((), ("b",))
    assert (tmp_path / "b").read_text() == "edited by hand"


@pytest.mark.parametrize("path", ["../x", "/tmp/x", "a/../../x", "", ".feeds/lock", "a\0b"])
def test_C22_a_path_that_leads_out_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(OutputError, match="leads out of the output folder"):
        publish([Document(path, b"x", "text/plain")], tmp_path / "public")
    assert not (tmp_path / "x").exists()


def test_C22_a_link_in_the_output_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "sub").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="leads out"):
        publish(documents(sub__x="1"), tmp_path / "public")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_two_documents_with_one_path_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="a: is wanted by two"):
        publish([*documents(a="1"), *documents(a="2")], tmp_path)


def test_a_copy_is_made_and_noticed_when_it_changes(tmp_path: Path) -> None:
    source = tmp_path / "picture"
    source.write_bytes(b"1")
    output = tmp_path / "public"
    assert publish([Copy("p", source)], output).written == ("p",)
    assert publish([Copy("p", source)], output).unchanged == ("p",)
    source.write_bytes(b"2")
    assert publish([Copy("p", source)], output).written == ("p",)
    assert (output / "p").read_bytes() == b"2"


def test_a_full_disk_is_one_line_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(documents(a="old"), tmp_path)

    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device", str(self))

    with monkeypatch.context() as patch, pytest.raises(OutputError, match="cannot be written: No space left"):
        patch.setattr(Path, "write_bytes", full)
        publish(documents(a="new"), tmp_path)
    assert (tmp_path / "a").read_text() == "old"
    assert publish(documents(a="new"), tmp_path).written == ("a",)


def test_another_build_that_never_ends_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "PATIENCE", 0.1)
    with publishing._alone(tmp_path), pytest.raises(OutputError, match="another build has been writing here"):
        publish(documents(a="1"), tmp_path)


def _rebuild_for_ever(output: Path) -> None:
    for number in range(10**9):
        publish([Document("feed", str(number % 10).encode() * 500_000, "text/plain")], output)


def test_F08_a_reader_sees_old_or_new_and_never_half_even_if_the_build_is_killed(tmp_path: Path) -> None:
    """One process rebuilds, another reads, the first is killed again and again."""
    publish([Document("feed", b"0" * 500_000, "text/plain")], tmp_path)
    context = multiprocessing.get_context("spawn")
    for _ in range(3):
        builder = context.Process(target=_rebuild_for_ever, args=(tmp_path,))
        builder.start()
        seen: set[bytes] = set()
        end = time.monotonic() + 30
        while len(seen) < 5 and time.monotonic() < end:
            content = (tmp_path / "feed").read_bytes()
            seen.add(content[:1])
            assert len(content) == 500_000
            assert len(set(content)) == 1
        os.kill(builder.pid or 0, signal.SIGKILL)
        builder.join()
        assert len(seen) == 5  # it really was written while we read
    publish(documents(other="1"), tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "lock",
        "manifest.json",
        "other",
    ]


def _build_once(output: Path, letter: str) -> None:
    publish([Document(f"{number}", letter.encode() * 50_000, "text/plain") for number in range(40)], output)


def test_two_builds_at_once_take_turns(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    builders = [context.Process(target=_build_once, args=(tmp_path, letter)) for letter in "abab"]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join(60)
        assert builder.exitcode == 0
    found = {(tmp_path / str(number)).read_bytes() for number in range(40)}
    assert len(found) == 1
