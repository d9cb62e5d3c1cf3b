"""HTML as the body of an article: safe, the same to the letter, and never taken for Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import markup, values
from feeds.importing import html, naming, shortcodes
from feeds.importing.base import Notes
from feeds.importing.shortcodes import paragraphs

BASE = "https://old.example.org/"


def body(text: str) -> str:
    return html.body(text, base=BASE, page=BASE, notes=Notes())


def shown(markdown: str) -> str:
    return markup.html(markdown, base=BASE, page=BASE, links={})


@pytest.mark.parametrize(
    "text",
    [
        "<p>*one* _two_ `three` [four](five)</p>\n\n    <p>not code</p>",
        "plain text\n\n# no heading\n\n- no list",
        "<pre>\n\n  a\n\n\n    b # c\n</pre><p>after</p>",
        "<b>bold</b>\n\n1. no list",
        "<ul>\n\n<li>one\n\n</li></ul>\n\ntext",
        '<p title="a\n\nb">x</p>\n\n*y*',
        "<table><tr><td>a\n\n| b |</td></tr></table>",
        "<p>a &lt;b&gt; &amp;amp; c\r\n\r\nd</p>",
    ],
)
def test_markdown_shows_what_the_html_says(text: str) -> None:
    clean = markup.sanitise(text, base=BASE, page=BASE)
    assert markup.text(shown(body(text))) == markup.text(clean)


FRAGMENTS = [
    "<p>",
    "</p>",
    "<pre>",
    "</pre>",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "# a",
    "- b",
    "*c*",
    "<div>",
    "</div>",
]
FRAGMENTS += [
    "<b>",
    "</b>",
    "<li>",
    "<!--",
    "-->",
    "`",
    "[x](y)",
    "&amp;",
    "&#10;",
    "<br>",
    "]",
    "<h2>",
    "1. ",
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join))
def test_whatever_the_html_markdown_changes_no_word(text: str) -> None:
    clean = markup.sanitise(text, base=BASE, page=BASE)
    assert "".join(markup.text(shown(body(text))).split()) == "".join(markup.text(clean).split())


def test_C27_C28_nothing_runs_and_what_goes_is_counted() -> None:
    notes = Notes()
    given = '<script>alert(1)</script><p onclick="x">a</p><a href="javascript:1">b</a><form><input></form>'
    made = html.body(given, base=BASE, page=BASE, notes=notes)
    assert "alert" not in made
    assert "javascript" not in made
    assert "onclick" not in made
    assert notes.left_out == {
        "<script> in the text": 1,
        "<form> in the text": 1,
        "<input> in the text": 1,
    }


def test_C30_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(markup.TooDeepError):
        body("<div>" * 20_000)


def test_a_frame_becomes_a_link() -> None:
    notes = Notes()
    made = html.body('<iframe src="//video.example.org/e"></iframe>', base=BASE, page=BASE, notes=notes)
    assert made == '<p><a href="https://video.example.org/e">https://video.example.org/e</a></p>'
    assert notes.changed == {"videos and other frames, now links": 1}


def test_tags_are_told_from_what_only_looks_like_one() -> None:
    given = '<p title="a > b">x < y</p><!-- <iframe src="https://x.example.org/"> --><iframe src=\'/e\'><a '
    notes = Notes()
    made = html.body(given, base=BASE, page=BASE, notes=notes)
    assert made == '<p title="a &gt; b">x &lt; y</p>'
    assert notes.left_out == {"frames without an address": 1}


def test_paragraphs_as_wordpress_makes_them() -> None:
    assert paragraphs("a\nb\n\nc") == "<p>a<br />\nb</p>\n<p>c</p>"
    assert paragraphs("a\n<ul>\n<li>b</li>\n</ul>\nc") == "<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n<p>c</p>"
    assert paragraphs("<blockquote>a\n\nb</blockquote>") == "<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>"
    assert paragraphs("<pre>a\n\nb</pre>") == "\n<pre>a\n\nb</pre>\n"


def test_an_address_alone_is_a_link() -> None:
    made = shortcodes.html("a\n\nhttps://video.example.org/?v=1&t=2\n\nb", {}, Notes())
    assert '<a href="https://video.example.org/?v=1&amp;t=2">' in made


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("The Dish", "the-dish"),
        ("%E3%81%82%E3%81%84", "あい"),
        ("../../etc/passwd", "etc-passwd"),
        ("con", "post-con"),
        ("AUX", "post-aux"),
        ("index", "post-index"),
        ("a" * 300, "a" * 80),
        ("é" * 300, "é" * 40),
        ("-rf", "rf"),
        ("a:b*c?", "a-b-c"),
        ("", "post"),
        ("...", "post"),
    ],
)
def test_C23_names_are_safe_on_every_system(wanted: str, found: str) -> None:
    assert naming.slug(wanted) == found


@given(st.text(), st.text())
def test_C22_every_slug_is_one_part_of_a_path(slug: str, title: str) -> None:
    made = naming.slug(slug, title)
    assert values.slug(made)
    assert len(made.encode()) <= naming.LONGEST + len("post-")


@given(st.text(alphabet="ab<>&;#/br imgp1x"))
def test_F14_defused_text_passes_the_gate(text: str) -> None:
    assert values.markup_in(html.defused(text)) is None
