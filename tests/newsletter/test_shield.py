"""Each trap of the MJML engine, closed."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from feeds.newsletter.mjml import MjmlError, to_html
from feeds.newsletter.shield import KNOWN, encoded, shielded
from tests.newsletter.examples import SCRIPTS, seen


def mail(inside: str, head: str = "") -> str:
    body = f"<mj-body><mj-section><mj-column>\n{inside}\n</mj-column></mj-section></mj-body>"
    return f"<mjml><mj-head>{head}</mj-head>{body}</mjml>"


def made(inside: str, head: str = "") -> str:
    return to_html(mail(inside, head), title="A title", language="fr", direction="ltr")


def refusal(source: str) -> str:
    with pytest.raises(MjmlError) as raised:
        to_html(source, title="", language="en", direction="ltr")
    return str(raised.value)


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_every_script_survives_in_attributes_and_title(text: str) -> None:
    value = encoded(text)
    html = made(
        f'<mj-image src="https://example.org/a.png" alt="{value}" title="{value}"/>'
        f'<mj-text><a href="https://example.org/" title="{value}">x</a></mj-text>',
        head=f"<mj-title>{value}</mj-title>",
    )
    page = seen(html)
    assert page.all("img")[0].attributes["alt"] == text
    assert [a.attributes.get("title") for a in page.all("img") + page.all("a")] == [text, text]
    assert text in page.text
    assert [d.attributes["aria-label"] for d in page.all("div") if "aria-label" in d.attributes] == [text]


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_template_authors_need_not_encode(text: str) -> None:
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    page = seen(made(f'<mj-image src="https://example.org/a.png" alt="{plain}"/>'))
    assert page.all("img")[0].attributes["alt"] == text


def test_a_quote_in_single_quotes_does_not_break_out() -> None:
    page = seen(made("""<mj-image src='https://example.org/a.png' alt='" onerror="x'/>"""))
    assert page.all("img")[0].attributes["alt"] == '" onerror="x'
    assert "onerror" not in page.all("img")[0].attributes


def test_addresses_keep_their_ampersands() -> None:
    page = seen(made('<mj-text><a href="https://example.org/?a=1&amp;copy=2&lt=3">x</a></mj-text>'))
    assert page.links == ["https://example.org/?a=1&copy=2&lt=3"]


def test_images_always_have_alt() -> None:
    page = seen(
        made(
            '<mj-image src="https://example.org/a.png"/><mj-text><img src="https://example.org/b.png"></mj-text>'
        )
    )
    assert [image.attributes["alt"] for image in page.all("img")] == ["", ""]


def test_void_elements_are_closed() -> None:
    html = made('<mj-text>a<br>b<hr><p>c<img src="https://example.org/a.png" alt="d"></p><i/></mj-text>')
    assert "a<br />b<hr />" in html
    assert "<i></i>" in html


def test_html_has_language_direction_title_and_roles() -> None:
    html = made("<mj-text><table><tr><td>x</td></tr></table></mj-text>")
    page = seen(html)
    assert html.startswith("<!doctype html>")
    assert page.all("html")[0].attributes["lang"] == "fr"
    assert page.all("html")[0].attributes["dir"] == "ltr"
    assert "<title>A title</title>" in html
    assert {table.attributes.get("role") for table in page.all("table")} == {"presentation"}


def test_nobody_is_asked_for_anything() -> None:
    page = seen(made('<mj-text font-family="Roboto, Lato">x</mj-text>'))
    assert {element.name for element in page.elements} & {"link", "script", "img", "iframe"} == set()
    assert "@import" not in page.text


def test_short_colours_get_six_digits() -> None:
    html = made('<mj-text color="#abc"><p style="color:#123;border:1px solid #fff">x</p></mj-text>')
    assert "#aabbcc" in html
    assert "color:#112233;border:1px solid #ffffff" in html


def test_comments_go() -> None:
    assert "secret" not in made("<mj-text>a<!-- secret <mj-foo> -->b</mj-text>")


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        ("<mj-txt>x</mj-txt>", "MJML:2: <mj-txt> is unknown; did you mean <mj-text>?"),
        ("<mj-text>a < b</mj-text>", "MJML:2: a bare < ; write &lt;"),
        ("<mj-text><b>a</i></b></mj-text>", "MJML:2: </i> stands where </b> is due"),
        ("<mj-text><p>a</mj-text>", "MJML:2: </mj-text> stands where </p> is due"),
        ("</mj-column></b>", "MJML:2: </b> stands where </mj-section> is due"),
        ("<mj-text><![CDATA[x]]></mj-text>", "MJML:2: a DOCTYPE, CDATA or processing instruction"),
        ("<mj-text><?php ?></mj-text>", "MJML:2: a DOCTYPE, CDATA or processing instruction"),
        ("<mj-text><!-- x", "MJML:2: a comment never ends"),
        ("<mj-text><!--[if mso]>x<![endif]--></mj-text>", "MJML:2: the engine breaks conditional comments"),
        ('<mj-text color="rot&amp;gelb">x</mj-text>', "MJML:2: color=“rot&gelb” is no colour"),
        ("<mj-text><a href=''>x</a></mj-text>", "MJML:2: href is empty"),
        ("<mj-text><a href='/a'>x</a></mj-text>", "MJML:2: href=“/a” is no whole web address"),
        ("<mj-text><b onclick='x'>x</b></mj-text>", "MJML:2: onclick in <b> does not work in a mail"),
        ("<mj-text><b id='a' id='b'>x</b></mj-text>", "MJML:2: id is there twice in <b>"),
        ("<mj-text><b hidden>x</b></mj-text>", "MJML:2: hidden in <b> has no value"),
        ("<mj-text><b id='a\">x</b></mj-text>", "MJML:2: id in <b> has no quotation marks"),
        ("<mj-text><b ", "MJML:2: <b> is broken off"),
        ("<mj-text></b", "MJML:2: a closing tag is broken off"),
        ("<mj-text><script>x</script></mj-text>", "MJML:2: <script> is nothing that a mail may have"),
        ("<mj-social-element/>", "MJML:2: <mj-social-element> asks a third party"),
        ("<mjml></mjml>", "MJML:2: <mjml> must hold all the rest, once"),
    ],
)
def test_wrong_mjml_is_refused_with_its_line(inside: str, problem: str) -> None:
    assert refusal(mail(inside)).startswith(problem)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", "there is no <mjml> in it"),
        ("text", "has text outside <mjml>"),
        ("<p>x</p>", "<mjml> must hold all the rest"),
        ("<mjml></mjml><p/>", "<p> stands behind </mjml>"),
        ("<mjml>", "<mjml> is never closed"),
        ("</mjml>", "</mjml> closes nothing"),
        ("<mjml><mj-head><mj-font name='a' href='https://a'/>", "<mj-font> asks a third party"),
        ("<mjml><mj-head><mj-style>@import url(x)", "@import asks a third party"),
        ("<mjml><mj-head><mj-style inline='inline'>", "inline in <mj-style> does not work"),
        ("<mjml><mj-head><mj-html-attributes>", "<mj-html-attributes> does not work here"),
    ],
)
def test_wrong_frames_are_refused(source: str, problem: str) -> None:
    assert problem in refusal(source)


def test_T07_unquoted_attributes_are_refused() -> None:
    said = refusal(mail("<mj-text><a href=https://example.org/ onmouseover=x>a</a></mj-text>"))
    assert said == "MJML:2: href in <a> has no quotation marks around its value"


@pytest.mark.parametrize(
    "address", ["javascript:x", " JaVa\tScript:x", "&#106;avascript:x", "data:text/html,x", "//x"]
)
def test_T07_addresses_of_other_schemes_are_refused(address: str) -> None:
    assert "is no whole web address" in refusal(mail(f'<mj-text><a href="{address}">a</a></mj-text>'))


def test_T12_mj_include_is_refused() -> None:
    said = refusal(mail('<mj-include path="/etc/passwd"/>'))
    assert said == "MJML:2: <mj-include> loses the layout; use Jinja's {% include %}"


@pytest.mark.parametrize("depth", [101, 20_000])
def test_T13_deep_nesting_is_refused(depth: int) -> None:
    said = refusal(mail(f"<mj-text>{'<b>' * depth}x{'</b>' * depth}</mj-text>"))
    assert said == "MJML:2: <b> is nested more than 100 levels deep"


def test_T13_what_is_not_refused_fits_on_a_small_stack() -> None:
    deep = 100 - 5
    outcome: list[str] = []
    source = f"<mj-text>{'<b>' * deep}x{'</b>' * deep}</mj-text>"
    in_small_thread(lambda: outcome.append(made(source)))
    assert "x</b>" in outcome[0]


def test_T15_doctype_is_refused() -> None:
    bomb = '<!DOCTYPE lolz [<!ENTITY lol "lol">]>\n<mjml><mj-body>&lol;</mj-body></mjml>'
    assert refusal(bomb).startswith("MJML:1: a DOCTYPE")


def test_panic_in_the_engine_is_an_error_like_others(monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    def break_down(*_: object, **__: object) -> str:
        raise panic("index out of bounds")

    monkeypatch.setattr("mjml.mjml2html", break_down)
    assert refusal(mail("")) == "MJML:1: the engine broke down: index out of bounds"


def test_interruption_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("mjml.mjml2html", interrupt)
    with pytest.raises(KeyboardInterrupt):
        made("")


@pytest.mark.parametrize("left", ["<mj-text>", r'<img alt="\u{a0}">'])
def test_residue_is_refused(left: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mjml.mjml2html", lambda *_, **__: left)
    assert "the engine left" in refusal(mail(""))


def test_escapes_in_text_are_no_residue() -> None:
    assert r"\u{1F600}" in made(r"<mj-text>In Rust, \u{1F600} is 😀</mj-text>")


def test_every_known_element_reaches_the_engine() -> None:
    assert all(f"<{name}" in shielded(f"<mjml><{name}/></mjml>", {}) for name in KNOWN - {"mjml"})


def in_small_thread(work: Callable[[], None]) -> None:
    before = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        ("loose words", "MJML:2: has text right in <mj-column>; put it into <mj-text>"),
        ("<mj-text><b :x='a'>x</b></mj-text>", "MJML:2: “:x” in <b> is no attribute's name"),
        ("<mj-text><b @x='a'>x</b></mj-text>", "MJML:2: “@x” in <b> is no attribute's name"),
    ],
)
def test_what_the_engine_stumbles_over_is_refused_before(inside: str, problem: str) -> None:
    assert refusal(mail(inside)) == problem


def test_a_position_that_the_engine_names_becomes_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(safe: str, **_: object) -> str:
        raise ValueError(f"unexpected token at position {safe.encode().index(b'<mj-divider')}:9")

    monkeypatch.setattr("mjml.mjml2html", refuse)
    source = mail("<!-- <b> -->\n<mj-text title='é'>é<i/>\n</mj-text>\n\n<mj-divider/>")
    assert refusal(source).startswith("MJML:6: the engine refuses it: unexpected token")
