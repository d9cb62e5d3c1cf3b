"""Templates of others: whatever they do, one line of error, and this process lives."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.errors import TemplateError
from feeds.newsletter import compose, guarded
from feeds.newsletter.digest import composed
from feeds.templating import packaged
from tests.newsletter.examples import SCRIPTS, make_issue, make_story

MASTHEAD = "{{% extends 'package/digest.mjml' %}}\n{{% block masthead %}}\n{}\n{{% endblock %}}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    made.mkdir()
    return made


def own(folder: Path, masthead: str = "<mj-text>Ours</mj-text>") -> Path:
    (folder / "digest.mjml").write_text(MASTHEAD.format(masthead), "utf-8")
    return folder


def refusal(folder: Path, **limits: float) -> str:
    with pytest.raises(TemplateError) as raised:
        guarded.compose(make_issue(), folder, **limits)  # type: ignore[arg-type]
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_only_what_is_foreign_is_guarded(folder: Path) -> None:
    assert guarded.foreign(None) is None
    assert guarded.foreign(packaged()) is None
    assert guarded.foreign(folder / "missing") is None
    (folder / "locale").mkdir()
    assert guarded.foreign(folder) is None
    assert guarded.foreign(own(folder)) == folder


@pytest.mark.parametrize("text", [SCRIPTS["Persian"], SCRIPTS["backslashes"], SCRIPTS["emoji sequences"]])
def test_guarded_or_not_the_bytes_are_the_same(folder: Path, text: str) -> None:
    issue = make_issue(lead=make_story(0, title=text), imprint=text)
    assert compose(issue, templates=own(folder)) == composed(issue, folder)
    (folder / "digest.mjml").write_text("{% extends 'package/digest.mjml' %}")
    assert compose(issue, templates=folder) == compose(issue)


def test_one_child_serves_all_variants(folder: Path) -> None:
    compose(make_issue(), templates=own(folder))
    (first,) = guarded._children
    started = time.perf_counter()
    for language in ("en", "fr", "de", "ar"):
        assert compose(make_issue(language=language), templates=folder).language == language
    assert time.perf_counter() - started < 2
    assert guarded._children == [first]


def test_faults_come_through_whole(folder: Path) -> None:
    own(folder, "<mj-text>\n{{ titel }}</mj-text>")
    said = refusal(folder)
    assert said.startswith("templates/digest.mjml:4: there is no “titel” here; ")
    own(folder, "<mj-text>\n\n<mj-txt/></mj-text>")
    assert refusal(folder).startswith("templates/digest.mjml:5: <mj-txt> is unknown")


def test_a_loop_that_never_ends_is_ended(folder: Path) -> None:
    own(folder, "{% for n in range(9999) %}{% for m in range(9999) %}{% endfor %}{% endfor %}")
    started = time.perf_counter()
    said = refusal(folder, seconds=1)
    assert (
        said == "templates/digest.mjml: takes longer than 1 seconds; is there a loop in it that never ends?"
    )
    assert time.perf_counter() - started < 9
    assert "Ours" in compose(make_issue(), templates=own(folder)).html


def test_T02_memory_is_bounded(folder: Path) -> None:
    grow = "{% set all = namespace(x=['0123456789' * 1000]) %}{% for n in range(60) %}"
    own(folder, grow + "{% set all.x = all.x + all.x %}{% endfor %}")
    assert "memory" in refusal(folder) or "is not allowed" in refusal(folder)


@pytest.mark.parametrize("death", ["os.abort()", "os.kill(os.getpid(), 11)", "os._exit(3)"])
def test_an_engine_that_dies_is_an_error_like_others(
    folder: Path, death: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child's engine is replaced by one that ends the process."""
    deadly = f"import os, feeds.newsletter.guarded as g; g._answer = lambda *_: {death}; g.serve()"
    monkeypatch.setattr(guarded, "_CHILD", guarded._CHILD.replace("serve()", f'exec("{deadly}")'))
    guarded._end()
    said = refusal(own(folder))
    assert said.startswith("templates/digest.mjml: breaks the engine down, or needs too much memory (")
    monkeypatch.undo()
    assert "Ours" in compose(make_issue(), templates=folder).html


def test_a_child_that_was_killed_is_replaced(folder: Path) -> None:
    compose(make_issue(), templates=own(folder))
    guarded._children[0]._process.kill()
    guarded._children[0]._process.wait()
    assert "Ours" in compose(make_issue(), templates=folder).html


def test_the_child_cannot_write_files(folder: Path) -> None:
    """Nothing of ours writes there; the limit holds whatever breaks out."""
    import resource

    compose(make_issue(), templates=own(folder))
    pid = guarded._children[0]._process.pid
    assert resource.prlimit(pid, resource.RLIMIT_FSIZE) == (0, 0)
    assert resource.prlimit(pid, resource.RLIMIT_AS)[0] == guarded.MEMORY


def test_a_foreign_template_is_fitted_too(folder: Path) -> None:
    issue = make_issue(60, items=tuple(make_story(n, teaser="word " * 400) for n in range(1, 60)))
    digest = compose(issue, templates=own(folder))
    assert digest.size <= 100_000
    assert digest.fitted
    assert replace(digest, issue=issue) == composed(issue, folder)


def test_a_child_that_cannot_start_is_an_error_like_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded, "_CHILD", "raise SystemExit(7)")
    guarded._end()
    assert refusal(own(folder)).endswith("breaks the engine down, or needs too much memory (status 7)")


def test_ctrl_c_leaves_no_answer_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compose(make_issue(), templates=own(folder))
    child = guarded._children[0]

    def interrupted() -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(child, "_read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        compose(make_issue(), templates=folder)
    assert compose(make_issue(language="fr"), templates=folder).language == "fr"


def test_a_new_file_is_seen(folder: Path) -> None:
    compose(make_issue(), templates=own(folder))
    (folder / "digest.txt").write_text("Only this: {{ issue.title }}")
    assert compose(make_issue(), templates=folder).text == "Only this: Example news\n"
    (folder / "digest.txt").unlink()
    assert "Unsubscribe" in compose(make_issue(), templates=folder).text
