"""Rows C of the catalogue of bad inputs, in every dialect: one line that names file, line and field."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from feeds.errors import Fault, SettingsError
from feeds.sources import dialects
from feeds.sources.base import Raw
from tests.conftest import NOW, Project
from tests.sources.dialects.sites import SAMPLES, around, project, with_post

ALL = sorted(SAMPLES)
YAML = [dialect for dialect in ALL if dialect != "pelican"]


def faults(made: Project) -> list[str]:
    """What is wrong with posts, each of which was left out and stops nothing."""
    found = made.collect().faults
    assert all(fault.warning for fault in found)
    site = "../site"
    return [
        f"{fault.where}: {fault.problem.removesuffix('; left out')}"
        for fault in found
        if fault.problem.endswith("; left out") and fault.where.file != site
    ]


def file(dialect: str) -> str:
    return f"../site/{SAMPLES[dialect].post}"


@pytest.mark.parametrize("dialect", YAML)
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "x: !!python/object/apply:os.system [id]",
            ":4: has the tag tag:yaml.org,2002:python/object",
            id="C01",
        ),
        pytest.param("a: &a [x, x]\nb: *a", ":4: has an anchor or alias", id="C02-alias-bomb"),
        pytest.param("a: " + "[" * 5000, ":", id="C04-nested-lists"),
        pytest.param('description: "\\ud800"', ":4: is no YAML", id="C09-surrogate"),
        pytest.param(
            'tags: ["a\\u202Eb"]', ":4: tags[0]: has the direction control U+202E", id="C11-override"
        ),
        pytest.param("1: x", ":2: has the field 1, which is no name", id="C12-key-number"),
        pytest.param("tags:\n\t- a", ":5: is no YAML: a tab", id="C15-tab-indent"),
        pytest.param("- a list", ":", id="C12-no-table"),
    ],
)
def test_what_is_wrong_with_a_head_is_one_line(
    tmp_path: Path, dialect: str, line: str, expected: str
) -> None:
    [said] = faults(with_post(tmp_path, dialect, line))
    assert said.startswith(file(dialect) + expected)


@pytest.mark.parametrize("dialect", YAML)
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a\\0b", "U+0000"),
        ("a\\x0bb", "U+000B"),
        ("a\\x1fb", "U+001F"),
        ("a\\uFFFEb", "U+FFFE"),
        ("a\\u202Eb", "U+202E"),
        ("=?utf-8?q?Bcc?=", "=?…?"),
    ],
    ids=["C09-nul", "C10-vertical-tab", "C10-unit-separator", "C10-non-character", "C11-override", "E-coded"],
)
def test_a_title_that_cannot_be_shown_is_a_fault(
    tmp_path: Path, dialect: str, name: str, expected: str
) -> None:
    [said] = faults(with_post(tmp_path, dialect, name=name))
    assert said.startswith(f"{file(dialect)}:2: title: ")
    assert expected in said


@pytest.mark.parametrize("dialect", YAML)
def test_C05_a_key_that_is_there_twice_is_named_with_both_lines(tmp_path: Path, dialect: str) -> None:
    made = with_post(tmp_path, dialect, "description: a\ndescription: b")
    all_said = [str(fault) for fault in made.collect().faults if "description" in str(fault)]
    [said] = all_said
    assert "description: is there twice, in lines 4 and 5; keep one" in said
    read = [article.summary for article in made.collect().library.articles]
    goes_on = dialect in ("hugo", "jekyll")  # and takes the last
    assert read == (["b"] if goes_on else [])
    assert said.endswith("; the last counts" if goes_on else "; left out")


def test_C05_of_pelicans_head_the_first_counts(tmp_path: Path) -> None:
    made = with_post(tmp_path, "pelican", "tags: a,\n    b\nTags: c\n    d")
    [article] = made.collect().library.articles
    assert article.tags == ("a", "b")
    problem = "tags: is there twice, in lines 3 and 5; keep one; the first counts"
    assert f"../site/content/crane.md:5: warning: {problem}" in map(str, made.collect().faults)


@pytest.mark.parametrize("dialect", ALL)
def test_C07_a_day_that_is_none_is_named(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    text = sample.head.replace("2026-03-04", "2026-02-30").replace("{name}", "N").replace("{line}", "x: y")
    [said] = faults(project(tmp_path, dialect, {**sample.files, sample.post: text}))
    line = 2 if dialect == "pelican" else 3
    assert said == f"{file(dialect)}:{line}: date: “2026-02-30” is no date: day is out of range for month"


@pytest.mark.parametrize("dialect", YAML)
def test_C12_keys_that_mean_something_to_python_mean_nothing(tmp_path: Path, dialect: str) -> None:
    made = with_post(tmp_path, dialect, "content: x\nhandler: y\nbody: z\n__class__: q")
    [article] = made.collect().library.articles
    assert article.html == "<p>Text.</p>"


@pytest.mark.parametrize("dialect", YAML)
def test_C13_a_head_that_does_not_end_is_a_fault(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    made = project(tmp_path, dialect, {**sample.files, sample.post: "---\ntitle: N\ndate: 2026-01-01\n"})
    [said] = faults(made)
    assert said.startswith(f"{file(dialect)}:1: has front matter that does not end")


@pytest.mark.parametrize("dialect", ALL)
def test_C15_byte_order_marks_windows_lines_and_rules_are_read(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    text = sample.head.replace("{name}", "N").replace("{line}", "x: y") + "One\n\n---\n\nTwo\n"
    made = project(tmp_path, dialect, {**sample.files, sample.post: ""})
    made.write(f"../site/{sample.post}", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    found = {one.file: one for one in made.collect().library.articles}
    assert found[file(dialect)].html == "<p>One</p>\n<hr>\n<p>Two</p>"


@pytest.mark.parametrize("dialect", ALL)
def test_C16_a_file_beyond_all_measure_is_a_fault(tmp_path: Path, dialect: str) -> None:
    made = with_post(tmp_path, dialect, body="x" * 1_000_001)
    [said] = faults(made)
    assert said.startswith(f"{file(dialect)}: is 1,000,")


@pytest.mark.parametrize("dialect", YAML)
def test_C19_a_time_without_a_zone_is_local_or_utc_as_the_generator_has_it(
    tmp_path: Path, dialect: str
) -> None:
    sample = SAMPLES[dialect]
    head = (
        sample.head.replace("2026-03-04", "2026-03-04 09:00:00")
        .replace("{name}", "N")
        .replace("{line}", "x: y")
    )
    files = {**sample.files, sample.post: head}
    made = project(tmp_path, dialect, files, 'timezone = "Europe/Luxembourg"')
    found = {one.file: one for one in made.collect().library.articles}[file(dialect)]
    local = f"2026-03-04T09:00:00+0{1 if dialect in ('hugo', 'zola') else 0}:00"
    assert found.published == datetime.fromisoformat(local)


@pytest.mark.parametrize("slug", ["../../etc/cron.d/x", "..", "a/../../b", "a\\\\b"])
@pytest.mark.parametrize("dialect", [one for one in YAML if one != "jekyll"])
def test_C22_an_address_that_leads_elsewhere_is_refused_or_harmless(
    tmp_path: Path, dialect: str, slug: str
) -> None:
    made = with_post(tmp_path, dialect, f'slug: "{slug}"')
    said = faults(made)
    for article in made.collect().library.articles:
        assert ".." not in article.url.split("/")
        assert "\\" not in article.url
        assert article.url.startswith("https://example.org/")
    assert all(": slug: " in line for line in said)
    assert said or made.collect().library.articles


@pytest.mark.parametrize("dialect", ALL)
def test_C24_of_two_addresses_that_look_the_same_one_counts(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    folder = sample.bare.rpartition("/")[0]
    text = sample.head.replace("{name}", "N").replace("{line}", "x: y") + "Text.\n"
    twins = dict.fromkeys((f"{folder}/2026-01-05-caf\u00e9.md", f"{folder}/2026-01-05-cafe\u0301.md"), text)
    made = project(tmp_path, dialect, {**sample.files, **twins})
    assert [article.title for article in made.collect().library.articles].count("N") == 1
    [said] = faults(made)
    assert "gives the same address as" in said


@pytest.mark.parametrize("dialect", ALL)
def test_C26_links_pipes_and_empty_files_are_never_read(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    made = project(tmp_path, dialect, sample.files)
    folder = (tmp_path / "site" / sample.bare).parent
    (folder / "2026-01-01-link.md").symlink_to("/etc/passwd")
    os.mkfifo(folder / "2026-01-02-pipe.md")
    (folder / "2026-01-03-empty.md").write_bytes(b"")
    said = [str(fault) for fault in made.collect().faults]
    assert any("2026-01-01-link.md: warning: is a link" in line for line in said)
    assert any("2026-01-02-pipe.md: warning: is a pipe" in line for line in said)
    assert "../site: warning: 1 file is empty; left out" in said
    assert len(made.collect().library.articles) == 2


@pytest.mark.parametrize("dialect", ALL)
def test_C26_what_is_no_text_is_a_fault(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    made = project(tmp_path, dialect, sample.files)
    made.write(f"../site/{sample.post}", sample.head.encode() + b"\n\xff\xfe")
    [said] = faults(made)
    assert "is not UTF-8; save it in that encoding" in said


@pytest.mark.parametrize("dialect", ALL)
def test_C27_C28_scripts_and_their_addresses_never_come_through(tmp_path: Path, dialect: str) -> None:
    body = "<script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](&#x6A;avascript:1)\n\nEnd.\n"
    [article] = with_post(tmp_path, dialect, body=body).collect().library.articles
    assert "script" not in article.html
    assert "End." in article.html


MARKS = [
    *"{{ {% {{< {{</* {{/* <A <A{ <!-- <pre> {# {a ]( [a]({ ){.a *[ @/ $ ` > > {/* \\{ ::a[ | ]:{".split(),
    *("::: a\n", ":::\n", "```\n", "> [!N]\n", "!!! a\n    b\n", "\n|a", "a\n: b\n", "{::comment}"),
    *("import a\n", "import {a\n", "export const a\n", "{% raw %}", "{% for %}", '{{< a "', "{{< a >}}"),
]
"""What begins something, and is never followed by its end."""


@pytest.mark.parametrize("dialect", ALL)
def test_C29_marks_that_never_end_are_read(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    made = project(tmp_path, dialect, sample.files)
    site = around(dialects.opened(made.load().settings.publication, made.root), *sample.files)
    head = sample.head.replace("{name}", "N").replace("{line}", "x: y")
    for mark in MARKS:
        assert isinstance(dialects.read(site, sample.post, head + mark * 1_000, "a.md"), Raw | Fault)


@pytest.mark.parametrize("dialect", ALL)
def test_C30_elements_nested_without_end_are_left_out(tmp_path: Path, dialect: str) -> None:
    made = with_post(tmp_path, dialect, body="<div>\n" * 20_000)
    [said] = faults(made)
    assert said.startswith(f"{file(dialect)}:")
    assert said.endswith("body: is nested more than 100 levels deep; make it flatter")


def test_paragraphs_that_nobody_ended_are_no_depth(tmp_path: Path) -> None:
    [article] = with_post(tmp_path, "hugo", body="<p>One\n" * 200).collect().library.articles
    assert article.text.count("One") == 200


@pytest.mark.parametrize("dialect", ALL)
def test_F12_a_post_with_a_fault_is_left_out_and_the_others_are_built(tmp_path: Path, dialect: str) -> None:
    sample = SAMPLES[dialect]
    text = sample.head.replace("2026-03-04", "soon").replace("{name}", "N").replace("{line}", "x: y")
    made = project(tmp_path, dialect, {**sample.files, sample.post: text})
    built = made.load().build(NOW)
    assert len(built.library.articles) == 1
    assert any("date: warning: “soon” is no date" in str(fault) for fault in built.faults)


@pytest.mark.parametrize(
    ("dialect", "config", "text", "expected"),
    [
        ("hugo", "hugo.toml", "title = ", "hugo.toml is no TOML"),
        ("jekyll", "_config.yml", "title: [", "_config.yml"),
        ("zola", "config.toml", "title = ", "config.toml is no TOML"),
        ("pelican", "pelicanconf.py", "SITENAME = (", "pelicanconf.py:1 is no Python"),
    ],
)
def test_settings_of_a_site_that_cannot_be_read_are_named(
    tmp_path: Path, dialect: str, config: str, text: str, expected: str
) -> None:
    made = project(tmp_path, dialect, {**SAMPLES[dialect].files, config: text})
    with pytest.raises(SettingsError) as refusal:
        made.collect()
    [fault] = refusal.value.faults
    assert str(fault).startswith("feeds.toml: publication.content: “../site” is no site that can be read: ")
    assert expected in str(fault)


def test_pelicans_settings_are_never_run(tmp_path: Path) -> None:
    made = project(tmp_path, "pelican", SAMPLES["pelican"].files)
    made.load().build(NOW)
    assert not list(tmp_path.rglob("run"))


def test_an_alias_bomb_in_a_sites_settings_is_bounded(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    made = project(tmp_path, "jekyll", {**SAMPLES["jekyll"].files, "_config.yml": bomb})
    with pytest.raises(SettingsError, match=r"_config\.yml"):
        made.collect()


def test_content_without_a_dialect_still_lies_in_the_project(tmp_path: Path) -> None:
    made = Project(tmp_path / "p")
    made.write("feeds.toml", '[publication]\ntitle = "T"\nurl = "https://e.org"\ncontent = "../site"\n')
    with pytest.raises(SettingsError, match="must be a folder or file inside the project"):
        made.load()
