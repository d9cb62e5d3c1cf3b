"""The built wheel in a fresh environment: it makes a project and builds it without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a wheel, installed where nothing of the checkout can be seen."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    venv.create(folder / "fresh", with_pip=False)
    [wheel] = folder.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", folder / "fresh/bin/python", "--quiet", "install"]
    pip += ["--no-compile", "--constraint", ROOT / "constraints.txt", wheel]  # most of it is never imported
    subprocess.run([str(part) for part in pip], check=True, capture_output=True)
    return folder / "fresh/bin/feeds"


def test_init_and_build_need_no_checkout(installed: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = f"{installed} init x && cd x && {installed} build && {installed} check"
    done = subprocess.run(
        command, shell=True, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    written = {str(path.relative_to(tmp_path / "x/public")) for path in (tmp_path / "x/public").rglob("*.*")}
    assert {"news/atom.xml", "news/rss.xml", "news/feed.json", "newsletters/weekly/next.eml"} <= written
    assert "My news" in (tmp_path / "x/public/newsletters/weekly/next.html").read_text()
