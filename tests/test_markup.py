"""Markdown to safe HTML to text: addresses that work, and nothing that runs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import markup

BASE = "https://example.org/2026/a.md"
PAGE = "https://example.org/2026/a/"


def html(markdown: str, **links: str) -> str:
    """Markdown as an article at PAGE would be rendered."""
    return markup.html(markdown, base=BASE, page=PAGE, links=links)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("[x](b.html)", 'href="https://example.org/2026/b.html"'),
        ("[x](/b)", 'href="https://example.org/b"'),
        ("[x](#part)", 'href="https://example.org/2026/a/#part"'),
        ("[x](//cdn.example.org/b)", 'href="https://cdn.example.org/b"'),
        ("[x](mailto:a@example.org)", 'href="mailto:a@example.org"'),
        ("[x](other.md#part)", 'href="https://example.org/other/#part"'),
        ("![x](../i/a%20b.png)", 'src="https://example.org/i/a%20b.png"'),
        (
            '<img src="i.png" srcset="i.png 1x, j.png 2x" alt="">',
            "https://example.org/2026/i.png 1x, https://example.org/2026/j.png 2x",
        ),
        ('<video poster="p.png" src="v.mp4"></video>', 'poster="https://example.org/2026/p.png"'),
        ('<blockquote cite="/law">x</blockquote>', 'cite="https://example.org/law"'),
        ("<https://example.org/ü>", 'href="https://example.org/%C3%BC"'),
    ],
)
def test_every_address_is_absolute(markdown: str, expected: str) -> None:
    found = html(markdown, **{"other.md": "https://example.org/other/"})
    assert expected in found, found


@pytest.mark.parametrize(
    "markdown",
    [
        pytest.param("<script>alert(1)</script>", id="C27-script"),
        pytest.param('<p onclick="alert(1)">x</p>', id="C27-event"),
        pytest.param('<p style="position:fixed">x</p>', id="C27-style"),
        pytest.param('<iframe src="https://e.org"></iframe>', id="C27-iframe"),
        pytest.param('<object data="x"></object><form action="/x"><input></form>', id="C27-object"),
        pytest.param("[x](javascript:1)", id="C28-script"),
        pytest.param("[x](&#x6A;avascript:1)", id="C28-entity"),
        pytest.param('<a href="java\tscript:1">x</a>', id="C28-tab"),
        pytest.param("[x](data:text/html;base64,xx)", id="C28-data"),
        pytest.param("![x](data:image/png;base64,xx)", id="C28-image"),
        pytest.param("<svg><a href='javascript:1'>x</a></svg>", id="C28-svg"),
    ],
)
def test_nothing_runs(markdown: str) -> None:
    found = html(markdown)
    assert not re.search(r"script|onclick|style=|iframe|object|form|input|data:", found, re.IGNORECASE), found


@given(st.text(max_size=300))
def test_whatever_is_written_gives_safe_html_with_absolute_addresses(text: str) -> None:
    found = html(text)
    assert not re.search(r"<(script|style|iframe|object|form|svg)\b", found, re.IGNORECASE)
    for address in re.findall(r'(?:href|src)="([^"]*)"', found):
        assert re.match(r"(https?|mailto|tel):", address), found


def test_C10_a_reference_to_a_character_that_xml_lacks_is_dropped() -> None:
    assert html("a&#1;b&#xFFFE;c&#x85;d") == "<p>abcd</p>"


def test_github_s_markdown() -> None:
    found = html("| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n\nA note[^1]. ~~old~~\n\n[^1]: Text.")
    assert "<table>" in found
    assert "☑ done" in found
    assert "<del>old</del>" in found
    assert 'href="https://example.org/2026/a/#fn-1"' in found


def test_text_keeps_the_shape_of_the_writing() -> None:
    markdown = "# Head\n\nOne\ntwo <b>three</b>.\n\n1. a\n2. b\n   - c\n\n> said\n\n"
    markdown += "| a | b |\n|--|--|\n| 1 | 2 |\n\n```\nx  y\n```"
    assert markup.text(html(markdown)) == (
        "Head\n\nOne two three.\n\n1. a\n2. b\n  - c\n\nsaid\n\na · b\n1 · 2\n\nx  y"
    )


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("Short.", "Short."),
        ("One. " + "Two is here. " * 30, None),
        ("word " * 100, None),
        ("x" * 400, "x" * 279 + "…"),
        ("", ""),
    ],
)
def test_opening_ends_at_a_sentence_or_a_word(plain: str, expected: str | None) -> None:
    found = markup.opening(plain)
    assert len(found) <= 280
    assert found == expected if expected is not None else found.endswith((".", "…"))
    assert plain.startswith(found.rstrip("…"))


def test_references_are_found_with_their_lines() -> None:
    markdown = "a [x](y.md#z)\n\n![p](../i.png)\n[ref]: z.pdf\n<img src='q.png'>\n"
    markdown += "[no](https://e.org) [no](#x) [no](/x)"
    assert list(markup.references(markdown)) == [(1, "y.md"), (3, "../i.png"), (4, "z.pdf"), (5, "q.png")]


@given(st.from_regex(markup._ABSOLUTE, fullmatch=True))
def test_the_glance_at_an_absolute_address_sees_what_a_whole_look_sees(address: str) -> None:
    def resolved(reference: str) -> str | None:
        return markup.resolve(reference, base=BASE, page=PAGE, links={})

    assert resolved(address) == resolved(f" {address}")  # with a space around it, it is looked at whole


@given(st.text(alphabet="https:/?#[]@!.-a~%;=ü ", max_size=40))
def test_the_glance_lets_no_odd_address_pass(tail: str) -> None:
    address = f"https://{tail}"
    if markup._ABSOLUTE.fullmatch(address):
        assert address == markup.resolve(f" {address}", base=BASE, page=PAGE, links={})
