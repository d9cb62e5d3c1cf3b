"""Rows C of the catalogue of bad inputs: each is refused in one line that names file, line and field."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path

import pytest

from feeds.errors import ContentError
from feeds.sources import files
from tests.conftest import NOW, Project


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(
            "x: !!python/object/apply:os.system [id]",
            "content/a.md:4: has the tag tag:yaml.org,2002:python/object/apply:os.system",
            id="C01-python-object",
        ),
        pytest.param("a: &a [x, x]\nb: *a", "content/a.md:4: has an anchor or alias", id="C02-alias-bomb"),
        pytest.param("a: " + "[" * 5000, "content/a.md:", id="C04-nested-lists"),
        pytest.param(
            "title: a\ntitle: b", "content/a.md:4: title: is there twice, in lines 3 and 4", id="C05-twice"
        ),
        pytest.param(
            "published: 2026-02-30",
            "content/a.md:3: published: “2026-02-30” is no date",
            id="C07-no-such-day",
        ),
        pytest.param('title: "a\\0b"', "content/a.md:3: title: has the character U+0000", id="C09-nul"),
        pytest.param('title: "\\ud800"', "content/a.md:3: is no YAML", id="C09-surrogate"),
        pytest.param(
            'title: "a\\x0bb"', "content/a.md:3: title: has the character U+000B", id="C10-vertical-tab"
        ),
        pytest.param(
            'title: "a\\x1fb"', "content/a.md:3: title: has the character U+001F", id="C10-unit-separator"
        ),
        pytest.param(
            'title: "a\\uFFFEb"', "content/a.md:3: title: has the character U+FFFE", id="C10-non-character"
        ),
        pytest.param(
            'title: "a\\u202Eb"', "content/a.md:3: title: has the direction control U+202E", id="C11-override"
        ),
        pytest.param(
            'authors: ["a\\u2066b"]',
            "content/a.md:4: authors[0].name: has the direction control",
            id="C11-isolate",
        ),
        pytest.param("content: x", "content/a.md:4: content: is unknown", id="C12-key-content"),
        pytest.param("handler: x", "content/a.md:4: handler: is unknown", id="C12-key-handler"),
        pytest.param("1: x", "content/a.md:2: has the field 1, which is no name", id="C12-key-number"),
        pytest.param("tags:\n\t- a", "content/a.md:5: is no YAML: a tab", id="C15-tab-indent"),
        pytest.param("titel: a", "content/a.md:4: titel: is unknown; did you mean “title”?", id="C17-typo"),
        pytest.param(
            "image: {src: https://e.org/x.png, width: true}",
            "image.width: must be a whole number",
            id="C20-bool",
        ),
        pytest.param(
            'image: {src: https://e.org/x.png, width: "1_000"}', "image.width: must be a whole", id="C20-text"
        ),
        pytest.param("draft: yes please", "content/a.md:4: draft: must be true or false", id="C20-draft"),
        pytest.param("slug: ../../etc/cron.d/x", "content/a.md:4: slug: may hold letters", id="C22-up"),
        pytest.param("slug: /etc/passwd", "content/a.md:4: slug: may hold letters", id="C22-absolute"),
        pytest.param("slug: ..", "content/a.md:4: slug: must not begin with a dot", id="C22-dots"),
        pytest.param("slug: .", "content/a.md:4: slug: must not begin with a dot", id="C22-dot"),
        pytest.param('slug: ""', "content/a.md:4: slug: may hold letters", id="C22-empty"),
        pytest.param('slug: "a\\0b"', "content/a.md:4: slug: has the character U+0000", id="C22-nul"),
        *(
            pytest.param(f'slug: "{name}"', "content/a.md:4: slug: ", id=f"C23-{name.strip()}")
            for name in ("con", "aux.txt", ".htaccess", "-rf", "index", "feed.xml", "dot.", "space ", "COM1")
            if name != "space "
        ),
        pytest.param(
            "url: javascript:alert(1)",
            "content/a.md:4: url: “javascript:alert(1)” is no web",
            id="F06-script",
        ),
        pytest.param(
            'title: "a\\nBcc: b@example.org"', "content/a.md:3: title: has a line break", id="E01-newline"
        ),
        pytest.param('title: "a\\u2028b"', "content/a.md:3: title: has a line break", id="E01-separator"),
        pytest.param(
            'title: "a </b> b"', "content/a.md:3: title: has the markup </b> in it", id="T05-markup"
        ),
        pytest.param(
            "summary: Tom &amp; Ann", "content/a.md:4: summary: has the markup &amp; in it", id="T05-entity"
        ),
        pytest.param(
            'title: "=?utf-8?q?Hi=0D=0ABcc:x?="',
            "content/a.md:3: title: has =?…? in it",
            id="E02-encoded-word",
        ),
    ],
)
def test_bad_field(project: Project, head: str, expected: str) -> None:
    project.article(head=head)
    project.article("fine.md")
    faults = project.faults()
    assert any(fault.startswith(expected) or expected in fault for fault in faults), faults
    assert all("\n" not in fault for fault in faults)
    assert [found.file for found in project.collect().library.articles] == ["content/fine.md"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            "---\ntitle: x\n", "content/a.md:1: has front matter that does not end", id="C13-no-end"
        ),
        pytest.param("Just text\n", "content/a.md:1: has no front matter", id="C13-no-start"),
        pytest.param("", "content/a.md: is empty", id="C26-empty"),
        pytest.param(b"---\ntitle: x\n\xff\n", "content/a.md:3: is not UTF-8", id="C09-not-utf8"),
        pytest.param(
            "---\ntitle: x\npublished: 2026-01-01\n---\n" + "x" * files.LARGEST,
            "content/a.md: is 1,000,0",
            id="C16-too-long",
        ),
        pytest.param(
            "---\ntitle: x\npublished: 2026-01-01\n---\none\n\ntwo \x00",
            "content/a.md:7: body: has the character U+0000",
            id="C09-in-the-body",
        ),
        pytest.param(
            "---\n? [a]\n: b\n---\n", "content/a.md:2: has brackets or braces where", id="C06-list-for-a-name"
        ),
        pytest.param(
            "---\na: 1\na: 2\n? [b]\n: 2\n---\n",
            "content/a.md:3: a: is there twice, in lines 2 and 3",
            id="C04-list",
        ),
        pytest.param("---\nnull: 1\n---\n", "content/a.md:2: has the field None", id="C06-null-for-a-name"),
    ],
)
def test_bad_file(project: Project, content: str | bytes, expected: str) -> None:
    project.write("content/a.md", content)
    [fault] = project.faults()
    assert fault.startswith(expected)


@pytest.mark.parametrize("name", ["a.json", "a.toml"])
def test_C16_a_number_of_thousands_of_digits_is_named(project: Project, name: str) -> None:
    digits = "9" * 5000
    project.write(f"content/{name}", f'{{"title": {digits}}}' if name == "a.json" else f"title = {digits}")
    assert project.faults() == [f"content/{name}: has a number of thousands of digits; put it in quotes"]


def test_C02_an_alias_bomb_is_refused_at_once(project: Project) -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))
    project.article(head=f"a0: &a0 [lol, lol]\n{levels}")
    started = time.monotonic()
    [fault] = project.faults()
    assert "anchor or alias" in fault
    assert time.monotonic() - started < 2


def test_C15_rule_in_the_body_mark_and_line_ends_are_all_right(project: Project) -> None:
    project.write(
        "content/a.md",
        b"\xef\xbb\xbf---\r\ntitle: A\r\npublished: 2026-01-01\r\n---\r\nOne\r\n\r\n---\r\n\r\nTwo\r\n",
    )
    [article] = project.collect().library.articles
    assert article.markdown == "One\n\n---\n\nTwo"
    assert article.html == "<p>One</p>\n<hr>\n<p>Two</p>"


def test_C19_a_time_without_zone_is_local_to_the_publication(project: Project) -> None:
    project.write(
        "feeds.toml",
        (project.root / "feeds.toml").read_text().replace('org/"', 'org/"\ntimezone = "Asia/Tokyo"', 1),
    )
    project.article(head="published: 2026-11-01T09:30")
    [article] = project.collect().library.articles
    assert article.published == datetime.fromisoformat("2026-11-01T09:30:00+09:00")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("É", "É", id="C24-nfc-nfd"),
        pytest.param("A", "a", id="C24-case"),
        pytest.param("ß", "ẞ", id="C24-sharp-s"),
        pytest.param("ｅｖｉｌ", "evil", id="C24-full-width"),
    ],
)
def test_addresses_that_some_system_takes_for_one(project: Project, one: str, other: str) -> None:
    project.article("1/a.md", f'slug: "{one}"')
    project.article("2/a.md", f'slug: "{other}"')
    project.write(
        "feeds.toml",
        (project.root / "feeds.toml").read_text().replace("[feed", 'address = "/{slug}/"\n[feed', 1),
    )
    assert any(
        "content/2/a.md:4: slug: gives the same address as content/1/a.md" in fault
        for fault in project.faults()
    )


def test_C26_links_pipes_and_unreadable_files_are_named_and_never_opened(project: Project) -> None:
    content = project.root / "content"
    (content / "link.md").symlink_to("/etc/passwd")
    (content / "folder").symlink_to("/etc")
    os.mkfifo(content / "pipe.md")
    project.article("fine.md")
    faults = project.faults()
    assert faults == [
        "content/folder: is a link; put the file itself here",
        "content/link.md: is a link; put the file itself here",
        "content/pipe.md: is a pipe or device, no file; remove it",
    ]


def test_C26_unreadable(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.article()

    def forbidden(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbidden)  # root, who runs the tests in CI, reads everything
    assert project.faults() == ["content/a.md: cannot be read: Permission denied"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(">" * 50_000, id="C29-quotes"),
        pytest.param("[" * 50_000, id="C29-brackets"),
        pytest.param("[a](" * 30_000, id="C29-links"),
        pytest.param("<div>" * 20_000, id="C30-nested-div"),
    ],
)
def test_deep_markup_is_refused_or_rendered_quickly(project: Project, body: str) -> None:
    project.article(body=body)
    started = time.monotonic()
    [article] = project.collect().library.articles
    try:
        assert article.html
    except ContentError as refusal:
        assert str(refusal) == "content/a.md: body: is nested more than 100 levels deep; make it flatter"
    assert time.monotonic() - started < 1.5


def test_C32_one_id_twice(project: Project) -> None:
    project.article("a.md", "id: tag:example.org,2026:x")
    project.article("b.md", "id: tag:example.org,2026:x")
    assert project.faults() == ["content/b.md:4: id: gives the same id as content/a.md; change one of them"]


def test_C33_content_that_changes_while_it_is_read_is_read_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.article("a.md")
    whole_read = files._bytes
    times: list[int] = []

    def bytes_and_an_edit(file: str | Path) -> bytes:
        content = whole_read(file)
        if not times:
            times.append(1)
            project.article("b.md", "title: Added while we read")
        return content

    monkeypatch.setattr(files, "_bytes", bytes_and_an_edit)
    reading = project.collect()
    assert not reading.faults
    assert len(reading.library.articles) == 2


def test_C33_content_that_never_rests_is_a_fault(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.article("a.md")
    whole_read = files._bytes

    def bytes_and_an_edit(file: str | Path) -> bytes:
        content = whole_read(file)
        project.article("b.md", f"title: Edit {time.monotonic_ns()}")
        return content

    monkeypatch.setattr(files, "_bytes", bytes_and_an_edit)
    assert any(fault.startswith("content: keeps changing") for fault in project.faults())


def test_G11_nothing_is_interpolated_in_content(project: Project) -> None:
    project.article(head='title: "${HOME} {{ 1 }} %(x)s"', body="${HOME} {{ 1 }}")
    [article] = project.collect().library.articles
    assert article.title == "${HOME} {{ 1 }} %(x)s"
    assert article.text == "${HOME} {{ 1 }}"


def test_all_faults_of_all_files_come_at_once_and_nothing_is_written(project: Project) -> None:
    project.article("a.md", "titel: x\npublished: never")
    project.article("b.md", "slug: ..")
    with pytest.raises(ContentError) as refusal:
        project.load().build(NOW)
    assert len(refusal.value.faults) == 3
    assert not project.load().output.exists()
