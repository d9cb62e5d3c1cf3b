"""`feeds publish`: into a folder, and into a bucket of a real server; what is wrong is one line."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from feeds.cli import main
from feeds.errors import FeedsError
from feeds.storage import send_out
from tests.conftest import Project
from tests.storage.conftest import BUILT, HEADERS, Server, build

_numbers = itertools.count(1)


@pytest.fixture
def target() -> str:
    """A prefix of its own."""
    return f"s3://news/run{next(_numbers)}/"


def test_a_real_server_gives_back_bytes_and_headers(signed_in: Server, output: Path, target: str) -> None:
    made = send_out(output, target, HEADERS)
    assert sorted(made.written) == sorted(BUILT)
    for path, content in BUILT.items():
        status, headers, body = signed_in.get(f"{target.removeprefix('s3://news/')}{path}")
        assert (status, body) == (200, content)
        for name, value in HEADERS.of(path).headers.items():
            assert headers[name.lower()] == value
    assert send_out(output, target, HEADERS).written == ()
    build(output, {**BUILT, "news/atom.xml": b"<feed>two</feed>"})
    assert send_out(output, target, HEADERS).written == ("news/atom.xml",)
    build(output, {"news/feed.json": b"{}"})
    assert len(send_out(output, target, HEADERS).removed) == len(BUILT) - 1
    assert signed_in.get(f"{target.removeprefix('s3://news/')}files/talk.mp3")[0] == 404


def test_a_large_file_goes_in_parts(signed_in: Server, tmp_path: Path, target: str) -> None:
    large = bytes(range(256)) * 50_000
    build(tmp_path / "public", {"files/long.mp3": large})
    send_out(tmp_path / "public", target, HEADERS)
    status, headers, body = signed_in.get(f"{target.removeprefix('s3://news/')}files/long.mp3")
    assert (status, headers["content-type"], body) == (200, "audio/mpeg", large)
    assert send_out(tmp_path / "public", target, HEADERS).written == ()


def test_somebody_elses_object_is_one_line(signed_in: Server, output: Path, target: str) -> None:
    signed_in.put(f"{target.removeprefix('s3://news/')}feeds.opml", b"theirs")
    with pytest.raises(FeedsError, match=rf"^{target}feeds\.opml: is there already and not ours; move it"):
        send_out(output, target, HEADERS)


@pytest.mark.parametrize(
    ("target", "changes", "problem"),
    [
        ("s3://nobodys", {}, "s3://nobodys: has no such bucket; make it first, or see AWS_ENDPOINT_URL"),
        ("s3://news/x", {"AWS_ACCESS_KEY_ID": "HUNTER2"}, "s3://news/x: lets these keys not in; see AWS_ACC"),
        (
            "s3://news/x",
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
            "s3://news/x: does not answer as S3 does",
        ),
        (
            "s3://news/x",
            {"AWS_ENDPOINT_URL": "://hunter2"},
            "AWS_ENDPOINT_URL: is no address; write http://host:port or https://host",
        ),
        ("s3://hunter2:hunter2@news", {}, "TARGET: is no bucket; write s3://bucket/prefix, without any key"),
        ("s3://", {}, "TARGET: is no bucket; write s3://bucket/prefix"),
        ("gs://news", {}, "TARGET: is no place that we know; write a folder, or s3://bucket/prefix"),
    ],
)
def test_C12_what_is_wrong_is_one_line_without_keys(
    signed_in: Server,
    output: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    changes: dict[str, str],
    problem: str,
) -> None:
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(FeedsError) as refusal:
        send_out(output, target, HEADERS)
    [fault] = refusal.value.faults
    assert str(fault).startswith(problem)
    assert "hunter2" not in str(fault).lower()
    assert refusal.value.__cause__ is None


def test_the_verb(
    project: Project, signed_in: Server, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    project.article()
    assert main(["build", "-C", str(project.root)]) == 0
    capsys.readouterr()
    assert main(["publish", target, "-C", str(project.root)]) == 0
    out, talk = capsys.readouterr()
    assert "news/atom.xml\n" in out
    assert talk.endswith(" put there, 0 unchanged, 0 removed.\n")
    assert "S3RVER" not in out + talk
    assert main(["publish", target, "-C", str(project.root), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["written"], told["removed"]) == ([], [])
    assert "news/atom.xml" in told["unchanged"]


def test_a_folder_gets_the_same_files(output: Path, tmp_path: Path) -> None:
    target = tmp_path / "www"
    made = send_out(output, str(target), HEADERS)
    assert made.written[-1] == "newsletters/weekly/next.html"
    assert {path: (target / path).read_bytes() for path in BUILT} == BUILT
    assert not (target / "theirs.txt").exists()
    assert send_out(output, str(target), HEADERS).written == ()
    build(output, {"news/feed.json": b"{}"})
    assert len(send_out(output, str(target), HEADERS).removed) == len(BUILT) - 1


def test_a_folder_that_cannot_be(output: Path, tmp_path: Path) -> None:
    with pytest.raises(FeedsError, match=r"^TARGET: is the output folder itself; choose another place"):
        send_out(output, f"{output}/../public", HEADERS)
    with pytest.raises(FeedsError, match=r"nothing: holds nothing that was built; run `feeds build` first"):
        send_out(tmp_path / "nothing", str(tmp_path / "www"), HEADERS)
    (tmp_path / "file").touch()
    with pytest.raises(FeedsError, match=r"file: is no folder; move it away"):
        send_out(output, str(tmp_path / "file"), HEADERS)
