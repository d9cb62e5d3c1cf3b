"""The list of subscribers on the command line: what goes in, what comes out, and what is never said."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Feeds
from tests.conftest import Project

LIST = "email,topics,language,state\na@example.org,space,fr,active\nB@example.org,,,unsubscribed\n"
NOW = ("--now", "2026-11-22T12:00Z")


def rows(feeds: Feeds, *more: str) -> list[dict[str, str]]:
    """The list as it is exported."""
    ran = feeds("subscribers", "export", *more)
    assert ran.status == 0
    return list(csv.DictReader(io.StringIO(ran.out)))


def states(feeds: Feeds, *more: str) -> dict[str, str]:
    """Everybody's state, by address."""
    return {row["address"]: row["state"] for row in rows(feeds, *more)}


# Import


def test_a_file_is_imported_and_counted(feeds: Feeds, newsroom: Project) -> None:
    newsroom.write("list.csv", LIST)
    ran = feeds("subscribers", "import", "list.csv")
    assert (ran.status, ran.out) == (0, "")
    assert ran.talk == "weekly: 2 added, 0 known, 0 suppressed, 0 refused.\n"
    first, second = rows(feeds)
    assert (first["address"], first["topics"], first["language"]) == ("a@example.org", "space", "fr")
    assert first["consent"] == "imported from list.csv"
    assert (second["address"], second["state"]) == ("B@example.org", "unsubscribed")


def test_S15_importing_again_changes_nothing(feeds: Feeds, newsroom: Project) -> None:
    newsroom.write("list.csv", LIST)
    feeds("subscribers", "import", "list.csv")
    before = feeds("subscribers", "export").out
    newsroom.write("again.csv", LIST.replace("fr,active", "de,active").replace("unsubscribed", "active"))
    again = feeds("subscribers", "import", "again.csv")
    assert (again.status, again.talk) == (0, "weekly: 0 added, 2 known, 0 suppressed, 0 refused.\n")
    assert feeds("subscribers", "export").out == before


def test_S15_a_suppressed_address_takes_new_consent(feeds: Feeds, newsroom: Project) -> None:
    feeds("subscribers", "erase", "a@example.org")
    newsroom.write("list.csv", LIST)
    ran = feeds("subscribers", "import", "list.csv")
    assert ran.talk == "weekly: 1 added, 0 known, 1 suppressed, 0 refused.\n"
    assert list(states(feeds)) == ["B@example.org"]
    refused = feeds("subscribers", "add", "A@example.org", "--how", "web form")
    assert refused.status == 1
    assert refused.talk == (
        "ADDRESS: nothing may be sent to it (erased); --again says that they agreed anew\n"
    )
    assert feeds("subscribers", "add", "A@example.org", "--how", "on paper", "--again").status == 0
    assert states(feeds)["A@example.org"] == "active"


def test_L04_each_refused_row_is_named_and_the_others_are_taken(feeds: Feeds, newsroom: Project) -> None:
    newsroom.write("list.csv", "email,language\na@example.org,en\nhidden@\nhidden@example.org,x_y_z_\n")
    ran = feeds("subscribers", "import", "list.csv")
    assert ran.status == 1
    *faults, summary = ran.talk.splitlines()
    assert [fault.split(": ")[0] for fault in faults] == ["list.csv:3", "list.csv:4"]
    assert "hidden" not in ran.talk
    assert summary == "weekly: 1 added, 0 known, 0 suppressed, 2 refused."
    assert list(states(feeds)) == ["a@example.org"]


def test_an_import_speaks_json(feeds: Feeds, newsroom: Project) -> None:
    newsroom.write("list.csv", LIST + "hidden@\n")
    ran = feeds("subscribers", "import", "list.csv", "--json")
    told = json.loads(ran.out)
    assert {name: told[name] for name in ("added", "known", "suppressed", "refused")} == {
        "added": 2,
        "known": 0,
        "suppressed": 0,
        "refused": 1,
    }
    assert [fault["line"] for fault in told["faults"]] == [4]
    assert "hidden" not in ran.out


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffemail;language\r\nä@example.org;fr\r\n".encode(),
        "email\tlanguage\nä@example.org\tfr\n".encode("utf-16"),
        '{"email": "ä@example.org", "language": "fr"}\n'.encode(),
    ],
    ids=["bom", "utf-16", "json"],
)
def test_L04_standard_input_is_taken_in_any_form(feeds: Feeds, content: bytes) -> None:
    ran = feeds("subscribers", "import", "-", "--how", "at the fair, on paper", stdin=content)
    assert ran.status == 0, ran.talk
    (row,) = rows(feeds)
    assert (row["address"], row["language"]) == ("ä@example.org", "fr")
    assert row["consent"] == "at the fair, on paper"


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("nowhere.csv", None, "nowhere.csv: cannot be read: No such file or directory"),
        ("content", None, "content: cannot be read: Is a directory"),
        ("a\0b", None, "a\\x00b: cannot be read: no name of a file"),
        ("list.csv", "", "list.csv:1: is empty"),
        ("list.csv", "name,town\nx,y\n", "list.csv:1: the header has no column “address” or “email”"),
        ("list.csv", "email,email\nx,y\n", "list.csv:1: the header names address twice"),
    ],
)
def test_L04_a_file_that_is_none_is_one_line(
    feeds: Feeds, newsroom: Project, file: str, content: str | None, problem: str
) -> None:
    if content is not None:
        newsroom.write(file, content)
    ran = feeds("subscribers", "import", file)
    assert (ran.status, ran.out, ran.talk) == (1, "", problem + "\n")


def test_L04_a_row_of_a_hundred_megabytes_is_refused_and_the_next_is_taken(
    feeds: Feeds, newsroom: Project
) -> None:
    with (newsroom.root / "list.csv").open("wb") as file:
        file.write(b"email,x\na@example.org,")
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b"\nb@example.org,y\n")
    ran = feeds("subscribers", "import", "list.csv")
    assert ran.talk.startswith("list.csv:2: is longer than 65536 characters\n")
    assert list(states(feeds)) == ["b@example.org"]


# Export


def test_an_export_can_be_imported_elsewhere(feeds: Feeds, newsroom: Project) -> None:
    newsroom.write("list.csv", LIST)
    feeds("subscribers", "import", "list.csv")
    exported = feeds("subscribers", "export")
    assert exported.talk == "weekly: 2 subscribers.\n"
    lines = feeds("subscribers", "export", "--format", "json").out
    assert [json.loads(line)["address"] for line in lines.splitlines()] == ["a@example.org", "B@example.org"]
    assert json.loads(lines.splitlines()[0])["topics"] == ["space"]
    assert feeds("subscribers", "export", "--json").out == lines
    for content in (exported.out, lines):
        other = newsroom.root / "other.db"
        other.unlink(missing_ok=True)
        os.environ["FEEDS_LEDGER"] = str(other)
        try:
            assert feeds("subscribers", "import", "-", stdin=content.encode()).status == 0
            assert feeds("subscribers", "export").out == exported.out
        finally:
            del os.environ["FEEDS_LEDGER"]


def test_S15_whom_nothing_may_be_sent_to_is_exported_as_gone(feeds: Feeds, newsroom: Project) -> None:
    """Imported into another ledger, a list must not bring back who complained."""
    from feeds.job.opening import opened

    newsroom.write("list.csv", LIST)
    feeds("subscribers", "import", "list.csv")
    with opened(newsroom.root) as ledger:
        ledger.suppress("a@example.org", "failed: complaint")
    row = rows(feeds)[0]
    assert (row["state"], row["suppressed"]) == ("unsubscribed", "failed: complaint")
    assert json.loads(feeds("subscribers", "show", "a@example.org", "--json").out)["state"] == "active"


# One by one


def test_somebody_is_added_with_their_consent(feeds: Feeds, two: Project) -> None:
    ran = feeds(
        *("subscribers", "add", "Ä.B@Exämple.org", "--newsletter", "daily", "--how", "asked by phone"),
        *("--topic", "trade", "--topic", "space", "--language", "FR", "--json", *NOW),
    )
    assert json.loads(ran.out) == {
        "newsletter": "daily",
        "address": "Ä.B@xn--exmple-cua.org",
        "state": "active",
        "topics": ["Trade", "space"],
        "language": "fr",
        "consent": "asked by phone",
        "consent_at": "2026-11-22T12:00:00+00:00",
        "confirmed_at": "",
        "suppressed": "",
    }
    shown = feeds("subscribers", "show", "ä.b@EXÄMPLE.org", "--newsletter", "daily")
    assert "topics: Trade, space\n" in shown.out
    assert "suppressed" not in shown.out


def test_E08_another_spelling_is_the_same_subscriber(feeds: Feeds) -> None:
    assert feeds("subscribers", "add", "A.B@Example.org", "--how", "x").status == 0
    again = feeds("subscribers", "add", "a.b@EXAMPLE.ORG", "--how", "y")
    assert again.status == 0
    assert again.talk == "On the list already, and left as it was; --again puts down what they say now.\n"
    assert "consent: x\n" in again.out
    assert list(states(feeds)) == ["A.B@example.org"]
    assert "consent: y\n" in feeds("subscribers", "add", "a.b@example.org", "--how", "y", "--again").out


def test_E07_a_look_alike_is_shown_as_what_it_is(feeds: Feeds) -> None:
    ran = feeds("subscribers", "add", "ceo@gm\N{CYRILLIC SMALL LETTER A}il.com", "--how", "x")
    assert "address: ceo@xn--gmil-63d.com\n" in ran.out


def test_all_that_is_wrong_with_somebody_is_said_at_once_and_not_who(feeds: Feeds, two: Project) -> None:
    ran = feeds(
        *("subscribers", "add", "hidden@localhost", "--newsletter", "daily", "--how", "x"),
        *("--topic", "spce", "--language", "zz"),
    )
    assert ran.status == 1
    assert [line.split(": ")[0] for line in ran.talk.splitlines()] == ["--language", "--topic", "ADDRESS"]
    assert "--topic: “spce” is not offered; did you mean “space”?" in ran.talk
    assert "--language: “zz” is not offered; known are en, fr" in ran.talk
    assert "hidden" not in ran.talk
    assert states(feeds, "--newsletter", "daily") == {}


@pytest.mark.parametrize("verb", ["add", "remove", "show", "erase"])
@pytest.mark.parametrize(
    "address", ["hidden", "hidden@", "hidden@x y.org", "x@y.org>\r\nRCPT TO:<hidden@example.org>"]
)
def test_E09_what_is_no_address_is_refused(feeds: Feeds, verb: str, address: str) -> None:
    ran = feeds("subscribers", verb, address, *(("--how", "x") if verb == "add" else ()))
    assert (ran.status, ran.out) == (1, "")
    assert ran.talk.startswith("ADDRESS: is no e-mail address") and ran.talk.count("\n") == 1
    assert "hidden" not in ran.talk


def test_who_is_removed_is_unsubscribed_and_may_come_back(feeds: Feeds) -> None:
    feeds("subscribers", "add", "a@example.org", "--how", "x")
    assert "state: unsubscribed\n" in feeds("subscribers", "remove", "A@example.org").out
    assert "state: unsubscribed\n" in feeds("subscribers", "remove", "a@example.org").out
    assert "state: active\n" in feeds("subscribers", "add", "a@example.org", "--how", "y").out


@pytest.mark.parametrize("verb", ["remove", "show"])
def test_who_is_not_on_the_list_is_not_found(feeds: Feeds, verb: str) -> None:
    ran = feeds("subscribers", verb, "hidden@example.org")
    assert (ran.status, ran.talk) == (1, "ADDRESS: is not on the list of weekly\n")
    feeds("subscribers", "erase", "hidden@example.org")
    ran = feeds("subscribers", verb, "hidden@example.org")
    assert ran.talk == "ADDRESS: is not on the list of weekly, and nothing may be sent to it (erased)\n"


def test_S10_erasing_leaves_nothing_of_an_address_in_any_newsletter(feeds: Feeds, two: Project) -> None:
    for name in ("weekly", "daily"):
        feeds("subscribers", "add", "findme@example.org", "--how", "x", "--newsletter", name)
    home = two.root / ".feeds"
    assert any(b"findme" in file.read_bytes() for file in home.iterdir())
    ran = feeds("subscribers", "erase", "FindMe@example.org")
    assert (ran.status, ran.talk) == (0, "Erased from 2 lists. Nothing is ever sent there again.\n")
    assert not any(b"findme" in file.read_bytes() for file in home.iterdir())
    again = feeds("subscribers", "erase", "findme@example.org", "--json")
    assert json.loads(again.out) == {"erased": 0}
    assert feeds("subscribers", "stats", "--newsletter", "daily").out == "suppressed: 0\n"


def test_the_list_in_numbers(feeds: Feeds, newsroom: Project) -> None:
    newsroom.write("list.csv", LIST + "c@example.org,,,active\n")
    feeds("subscribers", "import", "list.csv")
    assert feeds("subscribers", "stats").out.splitlines() == [
        "suppressed: 0",
        "active: 2",
        "unsubscribed: 1",
        "language of the newsletter: 1",
        "language fr: 1",
        "topic space: 1",
    ]
    assert json.loads(feeds("subscribers", "stats", "--json").out) == {
        "newsletter": "weekly",
        "states": {"active": 2, "unsubscribed": 1},
        "languages": {"": 1, "fr": 1},
        "topics": {"space": 1},
        "suppressed": 0,
    }


# Which newsletter, which project


def test_with_several_newsletters_one_must_be_named(feeds: Feeds, two: Project) -> None:
    ran = feeds("subscribers", "stats")
    assert (ran.status, ran.talk) == (
        1,
        "feeds.toml: has 2 newsletters; say which: weekly or daily\n",
    )
    near = feeds("subscribers", "stats", "--newsletter", "dayly")
    assert near.talk == "feeds.toml: there is no newsletter “dayly”; did you mean “daily”?\n"
    far = feeds("subscribers", "stats", "--newsletter", "x")
    assert far.talk == "feeds.toml: there is no newsletter “x”; known are weekly, daily\n"
    feeds("subscribers", "add", "a@example.org", "--how", "x", "--newsletter", "daily")
    assert states(feeds, "--newsletter", "weekly") == {}


@pytest.mark.parametrize(
    "arguments", [("stats",), ("export",), ("show", "a@example.org"), ("erase", "a@example.org")]
)
def test_without_a_project_or_a_newsletter_no_ledger_is_made(
    feeds: Feeds, newsroom: Project, arguments: tuple[str, ...]
) -> None:
    newsroom.write("feeds.toml", '[publication]\ntitle = "x"\nurl = "https://example.org/"\n')
    ran = feeds("subscribers", *arguments)
    assert (ran.status, ran.talk) == (1, "feeds.toml: has no newsletter; add a table [newsletter.NAME]\n")
    (newsroom.root / "feeds.toml").unlink()
    ran = feeds("subscribers", *arguments)
    assert ran.status == 1 and ran.talk.startswith("feeds.toml: not found; run `feeds init`")
    assert not (newsroom.root / ".feeds").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("add", "a@example.org"), "the following arguments are required: --how"),
        (("add", "a@example.org", "--how", "a\nb"), "argument --how: it has a line break"),
        (("export", "--format", "xml"), "invalid choice: 'xml'"),
        (("import",), "the following arguments are required: file"),
    ],
)
def test_usage_is_status_2(feeds: Feeds, arguments: tuple[str, ...], problem: str) -> None:
    ran = feeds("subscribers", *arguments)
    assert ran.status == 2
    assert problem in ran.talk


# As a process


def test_L02_a_closed_pipe_ends_an_export_quietly(feeds: Feeds, newsroom: Project) -> None:
    newsroom.write("list.csv", "email\n" + "".join(f"reader{n}@example.org\n" for n in range(5_000)))
    assert feeds("subscribers", "import", "list.csv").status == 0
    piped = subprocess.run(
        f"{sys.executable} -m feeds subscribers export -C {newsroom.root} | head -2",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (piped.returncode, piped.stdout.count("\n"), piped.stderr) == (0, 2, "")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_L02_a_signal_ends_an_import_quietly_and_it_can_be_made_again(
    feeds: Feeds, newsroom: Project, number: int, status: int
) -> None:
    command = [sys.executable, "-m", "feeds", "subscribers", "import", "-", "-C", str(newsroom.root)]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits none
    importing = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert importing.stdin
    importing.stdin.write(b"email\n" + b"".join(b"reader%d@example.org\n" % n for n in range(12_000)))
    importing.stdin.flush()
    ledger = newsroom.root / ".feeds/ledger.db-wal"
    while not (ledger.exists() and b"reader4999@" in ledger.read_bytes()):
        time.sleep(0.05)
    importing.send_signal(number)
    _, talk = importing.communicate(timeout=60)
    assert (importing.returncode, talk) == (status, b"")
    there = len(states(feeds))
    assert 0 < there < 12_000 and there % 5_000 == 0
    newsroom.write("list.csv", "email\n" + "".join(f"reader{n}@example.org\n" for n in range(12_000)))
    again = feeds("subscribers", "import", "list.csv")
    assert again.talk == f"weekly: {12_000 - there:,} added, {there:,} known, 0 suppressed, 0 refused.\n"


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from feeds.cli import main\ntry: main(['subscribers', 'add', '--help'])\n"
    code += "except SystemExit: print(sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    heavy = ("sqlalchemy", "email_validator", "pydantic", "cryptography", "flufl.bounce", "rich", "feeds.job")
    assert not [name for name in heavy if f"'{name}'" in shown]


def test_a_long_import_shows_progress_on_a_terminal_and_nowhere_else(newsroom: Project) -> None:
    newsroom.write("list.csv", "email\n" + "".join(f"reader{n}@example.org\n" for n in range(20_000)))
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "feeds", "subscribers", "import", str(newsroom.root / "list.csv")]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    importing = subprocess.Popen(
        [*command, "-C", str(newsroom.root)], stdout=subprocess.PIPE, stderr=theirs, env=environment
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # how Linux says that the terminal's other end is closed
        pass
    written, _ = importing.communicate(timeout=60)
    assert (importing.returncode, written) == (0, b"")
    assert b"Importing, KB" in shown and b"weekly: 20,000 added" in shown
    assert b"@" not in shown


def test_a_path_from_elsewhere_is_taken_as_it_is_typed(feeds: Feeds, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST)
    assert feeds("subscribers", "import", tmp_path / "list.csv").status == 0
