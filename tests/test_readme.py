"""The README is true: its commands run, its Python runs, and it names every command there is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import feeds
from feeds import cli
from feeds.cli.options import moment

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The README's code blocks in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_its_commands_run(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for block in blocks("sh"):
        done = subprocess.run(
            ["sh", "-ec", block],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_its_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run([sys.executable, "-m", "feeds", "init", str(tmp_path)], check=True, capture_output=True)
    monkeypatch.chdir(tmp_path)
    for block in blocks("python"):
        names: dict[str, object] = {}
        exec(compile(block, "README.md", "exec"), names)
        assert isinstance(names["digest"], feeds.Digest)


def test_its_settings_are_settings(tmp_path: Path) -> None:
    head = '[publication]\ntitle = "T"\nurl = "https://example.org/"\n'
    (tmp_path / "feeds.toml").write_text(head + "".join(blocks("toml")))
    assert list(feeds.load(tmp_path).settings.source) == ["planet", "shop"]


def test_its_article_passes_the_gate(tmp_path: Path) -> None:
    [article] = blocks("markdown")
    subprocess.run([sys.executable, "-m", "feeds", "init", str(tmp_path)], check=True, capture_output=True)
    (tmp_path / "content/images").mkdir()
    (tmp_path / "content/images/dish.jpg").write_bytes(
        (ROOT / "content/images/ground-station.jpg").read_bytes()
    )
    (tmp_path / "content/2026/launch.md").write_text(article)
    assert feeds.load(tmp_path).check(moment("2026-11-22")) == ()


def test_it_names_every_command_and_every_room() -> None:
    verbs = re.findall(r"^    (\w+)  ", cli.parser().format_help(), re.MULTILINE)
    assert len(verbs) >= 4
    missing = [verb for verb in verbs if f"| `feeds {verb}" not in README]
    rooms = {path.name for path in (ROOT / "feeds").iterdir() if path.suffix == ".py" or path.is_dir()}
    homes = {
        name for name in rooms if not name.startswith("_") and f"{name.removesuffix('.py')}" not in README
    }
    assert (missing, homes) == ([], set())


def test_the_face_is_what_it_says() -> None:
    assert sorted(feeds._HOMES) == sorted(feeds.__all__) == dir(feeds)
    for name in feeds.__all__:
        assert getattr(feeds, name).__doc__, name
