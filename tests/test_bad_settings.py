"""Rows G of the catalogue of bad inputs: feeds.toml is refused in lines that name line, key and remedy."""

from __future__ import annotations

import pytest

from feeds.errors import SettingsError
from tests.conftest import SETTINGS, Project


def refusals(project: Project, settings: str) -> list[str]:
    """Each fault of a feeds.toml as a person sees it."""
    project.write("feeds.toml", settings)
    with pytest.raises(SettingsError) as refusal:
        project.load()
    return [str(fault) for fault in refusal.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "title =",
            "titel =",
            "feeds.toml:2: publication.titel: is unknown; did you mean “title”?",
            id="G01-typo",
        ),
        pytest.param(
            "[feed.news]",
            "[feeds.news]",
            "feeds.toml:5: feeds: is unknown; did you mean “feed”?",
            id="G01-table",
        ),
        pytest.param(
            "[feed.news]",
            "[feed.news]\nlimit = '5'",
            "feeds.toml:6: feed.news.limit: must be a whole",
            id="G01-type",
        ),
        pytest.param(
            "[feed.news]", "[feed.news]\nlimit = 0", "feeds.toml:6: feed.news.limit: ", id="G01-zero"
        ),
        pytest.param(
            "[feed.news]", "[feed.'n/../x']", "feeds.toml:5: feed.n/../x: is no good name", id="G01-name"
        ),
        pytest.param(
            "https://", "", "feeds.toml:3: publication.url: “example.org/” is no web address", id="G02-scheme"
        ),
        pytest.param(
            "https://", "https://me:pw@", "feeds.toml:3: publication.url: carries a user name", id="G02-user"
        ),
        pytest.param(
            "https://example.org", "https://exa mple.org", "feeds.toml:3: publication.url:", id="G02-space"
        ),
        pytest.param(
            '"news@example.org"',
            "'\"A\" <evil@example.org>, b@example.org'",
            "newsletter.weekly.sender.email",
            id="G04-two",
        ),
        pytest.param(
            '"news@example.org"',
            '"a@example.org\\r\\nBcc: b@e.org"',
            "sender.email: has a line break",
            id="G04-crlf",
        ),
        pytest.param(
            "url =",
            'timezone = "Mars/Base"\nurl =',
            "feeds.toml:3: publication.timezone: “Mars/Base”",
            id="G06-zone",
        ),
        pytest.param(
            "url =",
            'output = "../x"\nurl =',
            "feeds.toml:3: publication.output: “../x” must be",
            id="C22-output",
        ),
        pytest.param(
            "url =",
            'output = "content/x"\nurl =',
            "publication: output “content/x” lies in content",
            id="C22-nested",
        ),
        pytest.param(
            "url =",
            'accent = "red"\nurl =',
            "feeds.toml:3: publication.accent: “red” is no colour",
            id="G01-colour",
        ),
        pytest.param(
            "url =",
            'address = "/{slgu}/"\nurl =',
            "publication.address: does not know {slgu}",
            id="G01-pattern",
        ),
        pytest.param(
            "url =", 'address = "/{slug/"\nurl =', "publication.address: has a single { or }", id="G01-brace"
        ),
        pytest.param("url =", "url = [\nurl =", "feeds.toml:4: is no TOML", id="G01-syntax"),
    ],
)
def test_bad_setting(project: Project, old: str, new: str, expected: str) -> None:
    faults = refusals(project, SETTINGS.replace(old, new, 1))
    assert any(expected in fault for fault in faults), faults
    assert all("\n" not in fault for fault in faults)


def test_G01_an_empty_file_says_what_is_missing(project: Project) -> None:
    assert refusals(project, "") == ["feeds.toml: publication: is missing"]


def test_G01_no_file_says_what_to_do(project: Project) -> None:
    (project.root / "feeds.toml").unlink()
    with pytest.raises(SettingsError, match=r"feeds\.toml: not found; run `feeds init`"):
        project.load()


def test_G01_an_unknown_format_is_named(project: Project) -> None:
    project.write("feeds.toml", SETTINGS.replace("[feed.news]", '[feed.news]\nformats = ["atom", "jsn"]'))
    with pytest.raises(
        SettingsError, match=r"feed\.news\.formats: does not know “jsn”; known are atom, rss, json"
    ):
        project.load()


def test_G01_all_faults_come_at_once(project: Project) -> None:
    broken = SETTINGS.replace("https://", "").replace("[feed.news]", "[feed.news]\nlimit = 'x'")
    assert len(refusals(project, broken)) == 2


def test_G03_a_password_has_no_place_in_feeds_toml(project: Project) -> None:
    """It would be committed; it goes into the environment, and is never printed."""
    [fault] = refusals(project, SETTINGS.replace("[feed.news]", 'password = "hunter2"\n[feed.news]'))
    assert "publication.password: is unknown" in fault
    assert "hunter2" not in fault


def test_G02_http_is_allowed_and_warned_of(project: Project) -> None:
    project.write("feeds.toml", SETTINGS.replace("https://", "http://"))
    assert project.faults() == [
        "feeds.toml: publication.url: warning: begins with http://; readers and mailboxes want https://"
    ]


def test_G02_spaces_around_the_address_do_not_matter(project: Project) -> None:
    project.write("feeds.toml", SETTINGS.replace('"https://example.org/"', '"  https://example.org "'))
    assert project.load().settings.publication.url == "https://example.org/"


def test_G03_a_password_in_the_settings_is_refused_and_not_shown(project: Project) -> None:
    settings = f'{SETTINGS}\n[delivery]\ntransport = "smtps://me:hunter2@mail.example.org"\n'
    [fault] = refusals(project, settings)
    assert fault.startswith("feeds.toml:11: delivery.transport: carries a password; put that into")
    assert "hunter2" not in fault


def test_G06_a_schedule_that_is_none_is_refused(project: Project) -> None:
    for text in ("* * * * * *", "0 0 30 2 *", "Thursday 25:00", "Tursday 08:00"):
        [fault] = refusals(project, f'{SETTINGS}every = "{text}"\n')
        assert fault.startswith("feeds.toml:9: newsletter.weekly.every: ")


def test_the_ledgers_folder_is_not_for_anything_else(project: Project) -> None:
    [fault] = refusals(project, SETTINGS.replace("[feed.news]", 'output = ".feeds"\n[feed.news]'))
    assert "publication.output: “.feeds” is kept for what nobody else may read" in fault


def test_G01_what_cannot_be_read_is_said_without_python_s_words(project: Project) -> None:
    assert refusals(project, "x = " + "9" * 5000) == ["feeds.toml: has a number of thousands of digits"]
    project.write("feeds.toml", b"# one\ntitle = '\xe9'\n")
    with pytest.raises(SettingsError, match=r"^feeds\.toml: is not UTF-8 in line 2; save"):
        project.load()
    (project.root / "feeds.toml").unlink()
    (project.root / "feeds.toml").mkdir()
    with pytest.raises(SettingsError, match=r"^feeds\.toml: cannot be read: Is a directory$"):
        project.load()
