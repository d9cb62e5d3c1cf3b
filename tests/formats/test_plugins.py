"""Row L10 of the catalogue of bad inputs: what does not load is named, in one line and by kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feeds import plugins
from feeds.errors import PluginError

BUILT_IN = {"dump": "json:dumps", "load": "json:loads"}


def test_a_built_in_is_found_by_its_name() -> None:
    assert plugins.load("dump", BUILT_IN) is json.dumps


def test_anybodys_object_is_found_by_its_module() -> None:
    assert plugins.load("json.decoder:JSONDecoder.decode") is json.JSONDecoder.decode


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("dumb", "dumb: is unknown; did you mean “dump”?"),
        ("xyz", "xyz: is unknown; write dump, load, or package.module:object"),
        ("json:", "json:: is unknown; "),
        ("../evil:x", "../evil:x: is unknown; "),
        ("no_such_module:x", "no_such_module:x: cannot be imported: ModuleNotFoundError: "),
        ("json:no_such", "json:no_such: the module json has no no_such"),
        ("broken_syntax:x", "broken_syntax:x: cannot be imported: SyntaxError: "),
        ("broken_import:x", "broken_import:x: cannot be imported: ModuleNotFoundError: "),
        ("broken_exit:x", "broken_exit:x: cannot be imported: SystemExit: 3"),
        ("broken_lines:x", "broken_lines:x: cannot be imported: ValueError: a\\nb"),
    ],
)
def test_L10_what_does_not_load_is_named(
    spec: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_syntax.py").write_text("def")
    (tmp_path / "broken_import.py").write_text("import absent")
    (tmp_path / "broken_exit.py").write_text("raise SystemExit(3)")
    (tmp_path / "broken_lines.py").write_text("raise ValueError('a\\nb')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PluginError) as refusal:
        plugins.load(spec, BUILT_IN)
    assert str(refusal.value).startswith(problem)
    assert "\n" not in str(refusal.value)
