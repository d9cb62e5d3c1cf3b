"""The command `feeds import`, run in a project."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.article import Article
from feeds.cli import main
from feeds.sources.front_matter import Parsed, parse
from tests.conftest import NOW, Project


class Import:
    """Runs the command, and reads what it wrote."""

    def __init__(self, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        self.project, self.capsys = project, capsys
        self.status = 0
        self.out = self.said = ""

    def __call__(self, content: str | bytes, name: str = "export.xml", *more: str) -> Import:
        """Import a file of this content."""
        file = self.project.root.parent / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.run(str(file), *more)

    def run(self, source: str, *more: str) -> Import:
        """Import what stands there."""
        self.status = main(["import", source, "-C", str(self.project.root), *more])
        self.out, self.said = self.capsys.readouterr()
        return self

    @property
    def files(self) -> list[str]:
        """What the content folder holds."""
        folder = self.project.root / "content"
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    def parsed(self, path: str = "") -> Parsed:
        """One file, or the only one."""
        text = (self.project.root / "content" / (path or self.files[0])).read_text("utf-8")
        return parse(text, ".md")

    def fields(self, path: str = "") -> dict[str, Any]:
        """The fields of one file, or of the only one."""
        return self.parsed(path).fields

    def article(self) -> Article:
        """The only article of the project."""
        collected = self.project.collect()
        assert collected.faults == ()
        return collected.settlement.articles[0]

    def json(self) -> dict[str, Any]:
        """What was printed for a program."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    def builds(self) -> None:
        """Check and build, as one does after an import."""
        folder = str(self.project.root)
        now = NOW.isoformat()
        checked = main(["check", "-C", folder, "--now", now])
        assert checked == 0, self.capsys.readouterr().out
        assert main(["build", "-C", folder, "--now", now]) == 0
        assert main(["build", "-C", folder, "--now", now, "--locked"]) == 0
        self.capsys.readouterr()

    def feed(self, form: str = "atom") -> str:
        """A feed that was built."""
        return (self.project.root / f"public/news/{form}.xml").read_text("utf-8")


@pytest.fixture
def bring(project: Project, capsys: pytest.CaptureFixture[str]) -> Import:
    """Runs `feeds import`."""
    return Import(project, capsys)
