"""The digest: what it says, how it looks to a mail program, what it must not hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from feeds.article import FullArticle, Image, Person
from feeds.colours import ENOUGH, contrast, dark, inverted, light
from feeds.errors import TemplateError
from feeds.newsletter import check, compose
from feeds.newsletter.excerpt import excerpt
from feeds.newsletter.plain import width, wrapped
from tests.newsletter.examples import (
    PICTURE,
    SCRIPTS,
    last_mentions,
    make_issue,
    make_story,
    seen,
    text_links,
)


def unwrapped(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text)


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_every_script_arrives_unchanged_in_every_field(text: str) -> None:
    image = Image(src=PICTURE.src, alt=text, credit=f"{text} 1", width=1200, height=675)
    body = re.sub(r"([\\`*_{}\[\]<>()#&$!|~^])", r"\\\1", text)
    lead = make_story(0, title=f"{text} 2", image=image, authors=(Person(name=f"{text} 3"),), body=body)
    item = make_story(1, title=f"{text} 4", teaser=f"{text} 5", image=image)
    issue = make_issue(lead=lead, items=(item,), title=f"{text} 6", imprint=f"{text} 7", subject="{lead}")
    digest = compose(issue)
    page = seen(digest.html)
    assert digest.subject == f"{text} 2"
    assert all(f"{text} {n}" in page.text for n in range(1, 8))
    assert {image.attributes["alt"] for image in page.all("img")} == {text}
    assert "\\u{" not in digest.html.replace("\\u{41}", "")
    assert all(f"{text} {n}" in unwrapped(digest.text) for n in range(2, 8))
    assert re.sub(r"\s", "", text) in re.sub(r"\s", "", digest.text)


@pytest.mark.parametrize("count", [1, 2, 8, 40])
def test_links_of_text_and_html_are_the_same_in_the_same_order(count: int) -> None:
    digest = compose(make_issue(count))
    assert last_mentions(text_links(digest.text)) == last_mentions(seen(digest.html).links)


def test_same_items_in_the_same_order_in_both() -> None:
    digest = compose(make_issue(5))
    titles = [f"Story {n}" for n in range(5)]
    assert re.findall(r"^Story \d$", digest.text, re.MULTILINE) == titles
    assert re.findall(r"Story \d(?=</a></h)", digest.html) == titles


def test_no_address_is_broken_and_lines_are_short() -> None:
    address = "https://example.org/" + "a-long-way/" * 30
    digest = compose(make_issue(lead=make_story(0, url=address, body=f"See <{address}> for more. " * 9)))
    assert address in text_links(digest.text)
    assert all(len(line) <= 72 for line in digest.text.splitlines() if "://" not in line)


def test_links_at_the_end() -> None:
    issue = make_issue()
    assert seen(compose(issue).html).links[-3:] == [issue.news, issue.unsubscribe, issue.web]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Full article in German", "More news", "All news", "Unsubscribe", "November 20, 2026"]),
        (
            "fr",
            ["L’article complet en allemand", "À lire aussi", "Toutes les actualités", "20 novembre 2026"],
        ),
        ("de", ["Vollständiger Artikel auf Deutsch", "Weitere Meldungen", "Abmelden", "20. November 2026"]),
    ],
)
def test_the_words_are_the_readers(language: str, words: list[str]) -> None:
    full = FullArticle(url="https://example.com/ganz", language="de")
    digest = compose(make_issue(language=language, lead=make_story(0, full_article=full, language=language)))
    assert all(word in seen(digest.html).text and word in unwrapped(digest.text) for word in words)
    assert full.url in digest.html
    assert full.url in digest.text
    assert seen(digest.html).all("html")[0].attributes["lang"] == digest.language == language


def test_from_the_right() -> None:
    page = seen(compose(make_issue(language="ar")).html)
    assert page.all("html")[0].attributes["dir"] == "rtl"
    assert {h.attributes["dir"] for h in page.all("h3")} == {"ltr"}
    assert {h.attributes["lang"] for h in page.all("h3")} == {"en"}
    assert "←" in page.text
    assert "→" not in page.text


def test_images_are_measured_and_absolute() -> None:
    for image in seen(compose(make_issue()).html).all("img"):
        assert str(image.attributes["src"]).startswith("https://")
        assert image.attributes["alt"] == "A dish"
        assert (image.attributes["width"], image.attributes["height"]) in [("520", "292"), ("120", "68")]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"src": "https://example.org/a.svg"}, "is SVG, which mail programs do not show"),
        ({"src": "https://example.org/a.webp"}, "is WEBP, which mail programs do not show"),
        ({"src": "http://example.org/a.jpg"}, "is not at an https address"),
        ({"width": None}, "has no known width and height"),
    ],
)
def test_images_that_mails_cannot_show_are_left_out_and_named(
    change: dict[str, object], problem: str
) -> None:
    image = PICTURE.model_copy(update=change)
    digest = compose(make_issue(1, lead=make_story(0, image=image)))
    assert seen(digest.html).all("img") == []
    (fault,) = check(digest)
    assert str(fault).startswith(f"content/a.md: image: warning: {image.src} {problem}")


def test_small_and_tall_images_keep_their_shape() -> None:
    def sizes(width: int, height: int) -> tuple[object, object]:
        image = PICTURE.model_copy(update={"width": width, "height": height})
        shown = seen(compose(make_issue(1, lead=make_story(0, image=image))).html).all("img")[0]
        return shown.attributes["width"], shown.attributes["height"]

    assert sizes(300, 200) == ("300", "200")
    assert sizes(1000, 3000) == ("187", "560")


def test_without_images_and_alone() -> None:
    digest = compose(make_issue(1, lead=make_story(0, image=None, body="")))
    assert seen(digest.html).all("img") == []
    assert "What happened in story 0." in digest.html
    assert "More news" not in digest.html + digest.text


def test_T16_sizes_stay_below_what_gmail_clips() -> None:
    assert compose(make_issue(8)).size < 60_000
    forty = compose(make_issue(40))
    assert forty.size < 100_000
    large = make_issue(8, items=tuple(make_story(n, teaser="x" * 20_000) for n in range(1, 8)))
    assert compose(large).size < 100_000


def test_T17_braces_in_content_stay_text() -> None:
    lead = make_story(0, title="{{ 7*7 }}", body="`{% include 'x' %}` and {{ lead }} and {# this #}")
    digest = compose(make_issue(1, lead=lead))
    assert "{{ 7*7 }}" in digest.html
    assert digest.subject == "{{ 7*7 }}"
    assert "{{ lead }} and {# this #}" in digest.text


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        ("{lead}", "Story 0"),
        ("{title}, {date}", "Example news, November 20, 2026"),
        ("{{x}} {lead}", "{x} Story 0"),
    ],
)
def test_subject(pattern: str, subject: str) -> None:
    assert compose(make_issue(subject=pattern)).subject == subject


@pytest.mark.parametrize(
    "teaser", ["x", "Short. " * 3, "A long sentence. " * 30, "長い文" * 100, "👩🏽‍🚀" * 80, "x" * 400]
)
@pytest.mark.parametrize("count", [1, 5])
def test_preheader_is_neither_short_nor_long_and_padded(teaser: str, count: int) -> None:
    digest = compose(make_issue(count, lead=make_story(0, teaser=teaser)))
    assert 35 <= len(digest.preheader) <= 110
    assert not digest.preheader.endswith("\u200d…")
    assert digest.preheader + "\u034f\u200c\u00a0" * 60 in seen(digest.html).text


def test_long_subject_is_said() -> None:
    digest = compose(make_issue(lead=make_story(0, title="Long " * 20)))
    assert "its subject has 99 characters" in str(check(digest)[0])


def test_the_html_is_clean() -> None:
    digest = compose(make_issue())
    page = seen(digest.html)
    assert {e.name for e in page.elements} & {"script", "form", "iframe", "object", "link", "input"} == set()
    assert {t.attributes.get("role") for t in page.all("table")} == {"presentation"}
    assert re.search(r"(?<!&)#[0-9a-f]{3}\b", digest.html) is None
    assert not re.search(r"<mj-|\{\{|\{%|\bNone\b|undefined", digest.html)
    styles = "".join(re.findall(r"<style.*?</style>", digest.html, re.DOTALL))
    assert len(styles) < 16 * 1024
    assert "prefers-color-scheme:dark" in styles
    assert "url(" not in styles


def test_the_same_issue_gives_the_same_bytes() -> None:
    assert compose(make_issue()) == compose(make_issue())


@pytest.mark.parametrize(
    "accent", ["#ffff00", "#000000", "#ffffff", "#1f4e79", "#808080", "#00ff00", "#ff69b4"]
)
def test_colours_can_be_read_in_light_dark_and_turned_round(accent: str) -> None:
    for palette in (light(accent), dark(accent)):
        for text in (palette.ink, palette.quiet, palette.accent):
            assert contrast(text, palette.paper) >= ENOUGH
            assert contrast(text, palette.ground) >= ENOUGH
    day = light(accent)
    for text in (day.ink, day.quiet, day.accent):
        assert contrast(inverted(text), inverted(day.paper)) >= ENOUGH
        assert contrast(inverted(text), inverted(day.ground)) >= ENOUGH


def test_accent_that_can_be_read_is_kept() -> None:
    assert light("#b4472f").accent == "#b4472f"


def test_excerpt_ends_between_two_blocks() -> None:
    html = "".join(f"<p>{str(n) * 500}</p><h2>Then</h2>" for n in range(9))
    blocks = excerpt(html)
    assert [block.text[0] for block in blocks] == ["0", "T", "1"]


def test_excerpt_of_one_endless_paragraph_is_cut_at_a_sentence() -> None:
    (block,) = excerpt(f"<p>{'A sentence of some words. ' * 200}</p>")
    assert block.text.endswith("words.")
    assert len(block.text) <= 1200


def test_excerpt_leaves_out_what_mails_cannot_show() -> None:
    html = (
        "<p>A<img src='https://x/a.png'> b<sup><a href='https://x/#fn-1'>1</a></sup></p>"
        "<table><tr><td>no</td></tr></table><pre>no</pre><figure><p>no</p></figure>"
        "<video><p>no</p></video><section><ol><li>no</li></ol></section>"
        "<div><p>yes<br>too</p></div>loose<ul><li><p>one</p></li><li>two<img></li></ul>"
        "<blockquote><p>said <video>no</video><i>so</i></p></blockquote><h5>end</h5><p>.</p>"
    )
    assert "".join(block.html({"li": "margin:0"}) for block in excerpt(html)) == (
        "<p>A b</p><p>yes<br>too</p><p>loose</p>"
        '<ul><li style="margin:0"><p>one</p></li><li style="margin:0">two</li></ul>'
        "<blockquote><p>said <i>so</i></p></blockquote><h3>end</h3><p>.</p>"
    )


def test_wrapping() -> None:
    assert wrapped("a b c", 3) == "a b\nc"
    assert wrapped("- aa bb cc", 7) == "- aa bb\n  cc"
    assert wrapped("12. aa bb", 7) == "12. aa\n    bb"
    assert wrapped("x https://example.org/a-b-c y", 5) == "x\nhttps://example.org/a-b-c\ny"
    assert wrapped("a\u00a0b c", 3) == "a\u00a0b\nc"
    assert wrapped("日本語。日本語", 6) == "日本\n語。日\n本語"
    assert width("日e\u0301") == 3
    assert wrapped("") == ""


def test_template_of_a_project_overrides_a_block(tmp_path: Path) -> None:
    own = "{% extends 'package/digest.mjml' %}{% block masthead %}<mj-text>Ours</mj-text>{% endblock %}"
    (tmp_path / "digest.mjml").write_text(own)
    html = compose(make_issue(), templates=tmp_path).html
    assert "Ours" in html
    assert "<h1" not in html
    assert "All news" in html


def test_fault_in_mjml_names_the_templates_line(tmp_path: Path) -> None:
    block = "{% block masthead %}\n<mj-text>\n<mj-txt/>\n</mj-text>{% endblock %}"
    own = "{% extends 'package/digest.mjml' %}\n" + block
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "digest.mjml").write_text(own)
    with pytest.raises(TemplateError) as raised:
        compose(make_issue(), templates=folder)
    assert str(raised.value) == "templates/digest.mjml:4: <mj-txt> is unknown; did you mean <mj-text>?"
