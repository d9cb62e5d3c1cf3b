"""The command line as a person and a program use it: its two streams and its exit status."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest

from feeds import cli
from feeds.__main__ import run
from tests.conftest import Project

Ran = subprocess.CompletedProcess[str]


def process(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Ran:
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "feeds", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
        check=False,
        timeout=60,
    )


def feeds(*arguments: str | Path) -> Ran:
    """Run all of the same in this process, which need not start first."""
    command = ["feeds", *map(str, arguments)]
    out, talk = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ),
        patch("sys.argv", command),
        redirect_stdout(out),
        redirect_stderr(talk),
        pytest.raises(SystemExit) as ended,
    ):
        run()
    return Ran(command, int(ended.value.code or 0), out.getvalue(), talk.getvalue())


def test_a_new_project_builds_at_once(tmp_path: Path) -> None:
    made = process("init", tmp_path / "x", "--now", "2026-11-22")
    assert made.returncode == 0, made.stderr
    assert "Next: cd" in made.stderr
    built = process("build", cwd=tmp_path / "x")
    assert built.returncode == 0, built.stderr
    assert "public/news/atom.xml" in built.stdout.splitlines()
    assert re.search(r"1 article: \d+ files written, 0 unchanged", built.stderr)
    assert process("check", cwd=tmp_path / "x").stderr == "Everything is in order.\n"
    again = process("build", cwd=tmp_path / "x")
    assert (again.stdout, again.returncode) == ("", 0)
    assert "0 files written" in again.stderr


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_text("mine")
    refused = feeds("init", tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == f"{tmp_path}/feeds.toml: is there already; choose another folder\n"
    assert (tmp_path / "feeds.toml").read_text() == "mine"
    assert not (tmp_path / "content").exists()


def test_check_names_every_fault_and_writes_nothing(project: Project) -> None:
    project.article("a.md", "titel: x")
    project.article("b.md", "published: soon")
    found = feeds("check", "-C", project.root)
    assert found.returncode == 1
    assert found.stdout.splitlines() == [
        "content/a.md:4: titel: is unknown; did you mean “title”?",
        "content/b.md:3: published: “soon” is no date; write 2026-11-19 or 2026-11-19T09:30",
    ]
    assert found.stderr == "2 faults to mend.\n"
    assert not (project.root / "public").exists()


def test_check_speaks_json(project: Project) -> None:
    project.article("a.md", "titel: x")
    [fault] = json.loads(feeds("check", "-C", project.root, "--json").stdout)
    assert fault == {
        "file": "content/a.md",
        "line": 4,
        "field": "titel",
        "problem": "is unknown; did you mean “title”?",
        "warning": False,
    }


def test_a_fault_keeps_what_was_published_and_keep_going_leaves_it_out(project: Project) -> None:
    project.article("a.md", "title: Right")
    assert feeds("build", "-C", project.root).returncode == 0
    before = (project.root / "public/news/atom.xml").read_bytes()
    project.article("b.md", "titel: Wrong")
    project.article("c.md", "title: Right too")
    refused = feeds("build", "-C", project.root)
    assert refused.returncode == 1
    assert refused.stderr == "content/b.md:4: titel: is unknown; did you mean “title”?\n"
    assert (project.root / "public/news/atom.xml").read_bytes() == before
    kept_going = feeds("build", "--keep-going", "-C", project.root)
    assert kept_going.returncode == 1
    assert "titel: is unknown" in kept_going.stderr
    assert b"Right too" in (project.root / "public/news/atom.xml").read_bytes()


def test_build_reports_as_json_and_tells_what_is_due(project: Project) -> None:
    project.article("a.md")
    project.article("b.md", "title: Later\npublished: 2030-01-01T08:00")
    built = feeds("build", "-C", project.root, "--json", "--now", "2026-11-22")
    report = json.loads(built.stdout)
    assert report["articles"] == 1
    assert report["next_due"] == {"title": "Later", "published": "2030-01-01T08:00:00+00:00"}
    assert "Next is “Later”, on 2030-01-01 at 08:00 UTC" in built.stderr


def test_the_clock_is_an_argument(project: Project) -> None:
    project.article("a.md", "published: 2026-11-10")
    assert "0 articles" in feeds("build", "-C", project.root, "--now", "2026-11-09").stderr
    assert "1 article:" in feeds("build", "-C", project.root, "--now", "2026-11-10").stderr


def test_schemas_are_written(project: Project) -> None:
    assert feeds("schema", "-C", project.root).returncode == 0
    article = json.loads((project.root / "schema/article.schema.json").read_text())
    assert {"title", "published", "body"} <= article["properties"].keys()
    assert article["additionalProperties"] is False


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("bild",), "invalid choice: 'bild'"),
        (("build", "--keepgoing"), "unrecognized arguments: --keepgoing"),
        (("build", "--now", "soon"), "“soon” is no moment"),
        (("serve", "--port", "99999"), "“99999” is no port"),
        (("preview", "--port", "-1"), "“-1” is no port"),
        (("serve", "--base", "x"), "“x” is no web address"),
    ],
)
def test_usage_is_status_2_and_no_traceback(arguments: tuple[str, ...], expected: str) -> None:
    refused = feeds(*arguments)
    assert refused.returncode == 2
    assert expected in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("verb", ["check", "import", "init", "bounces"])
def test_C22_a_name_too_long_for_the_system_is_one_line(project: Project, verb: str) -> None:
    name = project.root / ("a" * 300)
    refused = feeds(verb, name) if verb == "init" else feeds(verb, name, "-C", project.root)
    assert refused.returncode == 1, refused.stderr
    assert refused.stderr.strip().endswith("File name too long"), refused.stderr
    assert refused.stderr.startswith(str(project.root))


def test_a_device_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.network.anywhere.LARGEST", 1000)
    assert feeds("check", "/dev/zero").stderr == "/dev/zero: is larger than 1,000 bytes\n"


def test_what_is_no_feed_to_adopt_is_named(project: Project) -> None:
    file = project.root / "feeds.toml"
    assert feeds("lock", "adopt", file, "-C", project.root).stderr == f"{file}: is no feed\n"


def test_a_file_where_a_folder_belongs_is_named(project: Project) -> None:
    project.write(".feeds", "a note of somebody's")
    project.article()
    assert feeds("build", "-C", project.root).returncode == 0  # what is remembered may be lacking
    project.write("elsewhere", "x")
    settings = (project.root / "feeds.toml").read_text()
    project.write("feeds.toml", settings.replace("[publication]", '[publication]\noutput = "elsewhere"'))
    refused = feeds("build", "-C", project.root)
    assert refused.returncode == 1
    assert "elsewhere: is no folder; move it away" in refused.stderr


def test_help_shows_examples_and_every_command() -> None:
    shown = feeds("--help").stdout
    assert "examples:" in shown
    assert all(f"    {verb} " in shown for verb in ("init", "check", "build", "schema"))


def test_a_folder_without_a_project_says_what_to_do(tmp_path: Path) -> None:
    refused = feeds("build", "-C", tmp_path)
    assert refused.returncode == 1
    assert (
        refused.stderr
        == "feeds.toml: not found; run `feeds init` to make one, or go to the folder that has it\n"
    )


def test_L02_a_closed_pipe_ends_quietly(project: Project) -> None:
    for number in range(400):
        project.article(f"{number}.md", f"title: T{number}\ntitel: x")
    piped = subprocess.run(
        f"{sys.executable} -m feeds check -C {project.root} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert piped.stdout.count("\n") == 1
    assert "Traceback" not in piped.stderr
    assert "BrokenPipe" not in piped.stderr


def test_L02_ctrl_c_ends_quietly(project: Project) -> None:
    for number in range(3000):
        project.article(f"{number}.md", f"title: T{number}")
    process = subprocess.Popen(
        [sys.executable, "-m", "feeds", "build", "-C", str(project.root)], stderr=subprocess.PIPE, text=True
    )
    # Once this library is loaded it reads articles: earlier it is Python that starts, and not yet ours.
    maps = Path(f"/proc/{process.pid}/maps")
    while process.poll() is None and "comrak" not in maps.read_text():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, talk = process.communicate(timeout=60)
    assert process.returncode in (130, 0)
    assert "Traceback" not in talk


def test_a_fault_of_ours_is_one_line_and_no_traceback(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.publication.load", lambda folder: 1 / 0)
    broken = feeds("build", "-C", project.root)
    assert broken.returncode == 70
    assert broken.stderr.startswith(
        "feeds: a fault of ours, not of yours: ZeroDivisionError: division by zero\n"
    )
    assert "Traceback" not in broken.stderr


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from feeds.cli import main\ntry: main(['--help'])\n"
    code += "except SystemExit: print(sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    heavy = ("pydantic", "jinja2", "mjml", "feedgen", "lxml", "babel", "rich", "yaml")
    assert not [name for name in heavy if f"'{name}'" in shown]


def test_long_work_shows_progress_on_a_terminal_and_nowhere_else(project: Project) -> None:
    for number in range(300):
        project.article(f"{number}.md", f"title: T{number}")
    ours, theirs = os.openpty()
    impatient = "from feeds import __main__, terminal; terminal.PATIENCE = 0; __main__.run()"
    command = [sys.executable, "-c", impatient, "build", "-C", str(project.root)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    built = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # how Linux says that the terminal's other end is closed
        pass
    written, _ = built.communicate(timeout=60)
    assert built.returncode == 0
    assert b"Building" in shown
    assert b"/300" in shown
    assert b"Building" not in written
    assert "Building" not in feeds("build", "-C", project.root).stderr


def test_each_verb_is_found_in_the_module_that_is_said_to_have_it() -> None:
    for module, verbs in cli.GROUPS.items():
        alone = cli.parser(verbs.split()[0]).format_usage() + cli.parser(verbs.split()[0]).format_help()
        assert all(verb in alone for verb in verbs.split()), module
    everything = re.findall(r"^    ([\w-]+)", cli.parser().format_help(), re.MULTILINE)
    assert sorted(everything) == sorted(" ".join(cli.GROUPS.values()).split())
