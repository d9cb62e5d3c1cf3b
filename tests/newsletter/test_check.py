"""Each check: what is in order passes, and each thing that is wrong is found, where it was written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.delivery.message import message
from feeds.errors import Fault, FetchError, Place
from feeds.newsletter import Digest, check, clients, compose
from feeds.newsletter.check import online
from feeds.newsletter.checks.contrast import colour
from feeds.newsletter.checks.page import read
from feeds.newsletter.checks.styles import Screen, rules, styled
from feeds.newsletter.digest import composed
from tests.newsletter.examples import PICTURE, SCRIPTS, make_issue, make_story

GOOD = compose(make_issue())
RAW = message(GOOD)


def said(digest: Digest, raw: bytes | None = None, templates: Path | None = None) -> list[str]:
    return [str(fault) for fault in check(digest, raw, templates=templates)]


def html(old: str, new: str, count: int = -1) -> Digest:
    assert old in GOOD.html, old
    return replace(GOOD, html=GOOD.html.replace(old, new, count))


def within(extra: str, text: str = "") -> Digest:
    """The digest with something more in its footer, and in its text."""
    return replace(html("</body>", extra + "</body>"), text=GOOD.text + text)


@pytest.mark.parametrize(
    ("count", "language"), [(1, "en"), (4, "fr"), (4, "de"), (4, "ar"), (4, "fa"), (40, "en"), (300, "ar")]
)
def test_what_we_make_is_in_order(count: int, language: str) -> None:
    digest = compose(make_issue(count, language=language))
    faults = [fault for fault in said(digest, message(digest)) if "Gmail clips" not in fault]
    assert faults == []
    assert not any(not fault.warning for fault in check(digest))


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_no_script_is_taken_for_a_fault(text: str) -> None:
    body = re.sub(r"([\\`*_{}\[\]<>()#&$!|~^])", r"\\\1", text)
    image = PICTURE.model_copy(update={"alt": text})
    digest = compose(make_issue(lead=make_story(0, title=text, body=body, image=image), title=text))
    assert said(digest, message(digest)) == []


SIZES = {
    "long": (replace(GOOD, html=GOOD.html + "é" * 40_000), "newsletter weekly: warning: its HTML has "),
    "clipped": (replace(GOOD, html=GOOD.html + "é" * 60_000), "newsletter weekly: its HTML has 13"),
    "styles": (
        html("<style", f"<style>{'p{margin:0}' * 2000}</style><style", 1),
        " bytes of styles; Gmail forgets more than 16,384",
    ),
    "subject": (
        replace(GOOD, subject="x" * 71),
        "newsletter weekly: warning: its subject has 71 characters; mailboxes show about 70",
    ),
    "no subject": (replace(GOOD, subject=" "), "newsletter weekly: its subject is empty"),
    "two subjects": (replace(GOOD, subject="a\nBcc: b"), "newsletter weekly: its subject has a line break"),
    "preheader": (
        html(GOOD.preheader, "x"),
        "warning: the preheader is not padded, so the masthead shows beside it",
    ),
    "no padding": (
        html("\u034f\u200c\u00a0", ""),
        "warning: the preheader is not padded, so the masthead shows beside it",
    ),
}
FRAMES = {
    "doctype": (html("<!doctype html>", ""), "the HTML does not begin with <!doctype html>"),
    "lang": (html(' lang="en"', ""), "<html> has no lang, which"),
    "dir": (html(' dir="ltr"', ""), "<html> has no dir, which"),
    "title": (html("<title>Story 0</title>", "<title> </title>"), "has no title"),
    "role": (html(' role="presentation"', ""), "a table for layout has no role=“presentation”"),
    "width": (within('<table role="none" width="700"></table>'), "something is 700 pixels wide"),
    "styled": (within('<p style="margin:0;min-width:601px">x</p>'), "something is 601 pixels wide"),
    "script": (within("<script>1</script>"), "<script> is nothing that a mail may have"),
    "form": (within('<form><input type="text"></form>'), "<form> is nothing that a mail may have"),
    "iframe": (within("<iframe></iframe>"), "<iframe> is nothing that a mail may have"),
    "object": (within("<object></object>"), "<object> is nothing that a mail may have"),
    "sheet": (within('<link rel="stylesheet" href="https://x.example/a.css">'), "<link> is nothing"),
    "import": (within("<style>@import url(x)</style>"), "@import in a style asks a third party"),
    "font": (within("<style>@font-face{}</style>"), "@font-face in a style asks a third party"),
    "handler": (within('<p onclick="x">x</p>'), "onclick in <p> does not work in a mail"),
    "ground": (within('<p style="background:url(https://x.example/a.png)">x</p>'), "url(https://x.ex"),
}
IMAGES = {
    "alt": (within('<img src="https://a.example/a.png" width="1" height="1">'), "has no alt"),
    "size": (within('<img src="https://a.example/a.png" alt="" width="100%" height="1">'), "width=“100%”"),
    "half": (within('<img src="https://a.example/a.png" alt="" width="1" height="1.5">'), "height=“1.5”"),
    "relative": (within('<img src="/a.png" alt="" width="1" height="1">'), "/a.png is no https address"),
    "plain": (within('<img src="http://a.example/a.png" alt="" width="1" height="1">'), "is no https"),
    "data": (within('<img src="data:image/png;base64,x" alt="" width="1" height="1">'), "is no https"),
    "svg": (within('<img src="https://a.example/a.svg?x" alt="" width="1" height="1">'), "is SVG, which"),
    "webp": (within('<img src="https://a.example/a.webp" alt="" width="1" height="1">'), "is WEBP, which"),
    "avif": (within('<img src="https://a.example/a.AVIF" alt="" width="1" height="1">'), "is AVIF, which"),
}
LINKS = {
    "empty": (within('<a href="">Our shop</a>'), "a link, is empty"),
    "hash": (within('<a href="#">Our shop</a>'), "a link, is empty"),
    "relative": (within('<a href="/shop">Our shop</a>'), "a link, “/shop”, is no whole web address"),
    "script": (within('<a href="javascript:x">Our shop</a>'), "a link, “javascript:x”, is no whole"),
    "plain": (
        within('<a href="http://a.example/">Our shop</a>', "\nhttp://a.example/\n"),
        "warning: a link, http://a.example/, is not https",
    ),
    "localhost": (within('<a href="https://localhost:8000/x">Our shop</a>'), "leads nowhere outside"),
    "private": (within('<a href="https://192.168.1.7/x">Our shop</a>'), "leads nowhere outside"),
    "loopback": (within('<a href="https://[::1]/x">Our shop</a>'), "leads nowhere outside"),
    "intranet": (within('<a href="https://wiki/x">Our shop</a>'), "leads nowhere outside"),
    "here": (
        within('<a href="https://example.org/all/">here</a>'),
        "warning: the link to https://example.org/all/ says “here” only; say where it goes",
    ),
    "hier": (
        within('<a href="https://example.org/all/">→ <b>Hier!</b>…</a>'.replace("!", "")),
        "says “→ Hier…”",
    ),
    "ici": (within('<a href="https://example.org/all/">Cliquez ici</a>'), "says “Cliquez ici” only"),
    "mute": (within('<a href="https://example.org/all/"><b> </b></a>'), "all/ has no words"),
    "unsubscribe": (
        html("https://example.org/unsubscribe", "https://example.org/x"),
        "has no link to unsubscribe, https://example.org/unsubscribe",
    ),
    "web": (html(GOOD.issue.web, "https://example.org/x"), "has no link to read it on the web, "),
}
PARTS = {
    "missing": (replace(GOOD, text=GOOD.text.replace(GOOD.issue.news, "")), "all/ is not in the text part"),
    "broken": (
        replace(GOOD, text=GOOD.text.replace("/newsletters/weekly/1.html", "/newsletters/we\nekly/1.html")),
        "/weekly/1.html is broken in the text part, to https://example.org/newsletters/we",
    ),
    "more": (
        replace(GOOD, text=GOOD.text + "\nhttps://example.org/more\n"),
        "warning: https://example.org/more is in the text part only",
    ),
    "order": (
        replace(
            GOOD, text=GOOD.text.replace("/2/?a", "/9/?a").replace("/1/?a", "/2/?a").replace("/9/?a", "/1/?a")
        ),
        "the stories are in another order in the text part",
    ),
    "no lead": (
        html("https://example.org/0/", "https://example.org/z/"),
        "the lead story, https://example.org/0/?a=1&b=2, is not linked",
    ),
}
LEFT = {
    "jinja": (within("<p>{{ title }}</p>"), "“{{” is left in the HTML: “"),
    "block": (replace(GOOD, text=GOOD.text + "{% if %}"), "“{%” is left in the text part"),
    "rust": (within('<p title="a\\u{a0}b">x</p>'), "“\\u{” is left in the HTML: “"),
    "None": (replace(GOOD, subject="News of None"), "“None” is left in the subject: “News of None”"),
    "undefined": (within("<p>undefined</p>"), "“undefined” is left in the HTML"),
    "mjml": (within("<mj-text>x</mj-text>"), "“<mj-” is left in the HTML"),
}
DAY = '<div style="background:#ffffff">{}</div>'
COLOURS = {
    "light": (
        within(DAY.format('<p style="color:#8a8a8a">Grey</p>')),
        "warning: “Grey” has a contrast of 3.5, #8a8a8a on #ffffff",
    ),
    "unseen": (
        within(DAY.format('<p style="color:#fff">White</p>')),
        "“White” has a contrast of 1.0, #ffffff",
    ),
    "dark": (
        within('<p class="ink" style="color:#1b1c1e"><span style="color:#222222">Night</span></p>'),
        "“Night” has a contrast of 1.2 in the dark, #222222 on #111315",
    ),
    "round": (
        within('<p style="color:#7a7a7a;background:#000000">Round</p>'),
        "“Round” has a contrast of 3.7 where a mail program turns colours round",
    ),
    "link": (
        within('<div style="background:#00008b"><a href="https://example.org/all/">All of it</a></div>'),
        "“All of it” has a contrast of",
    ),
}
EVERY = SIZES | FRAMES | IMAGES | {f"link {k}": v for k, v in LINKS.items()} | PARTS | LEFT | COLOURS


@pytest.mark.parametrize(("digest", "problem"), EVERY.values(), ids=EVERY.keys())
def test_what_is_wrong_is_found(digest: Digest, problem: str) -> None:
    found = said(digest)
    assert any(problem in fault for fault in found), found
    assert all("\n" not in fault and ": " in fault for fault in found)


def test_hidden_text_may_have_any_colour() -> None:
    assert said(within('<p style="display:none;color:#ffffff;background:#fefefe">x</p>')) == []


def test_what_an_article_says_itself_is_no_residue() -> None:
    story = make_story(
        0, title="None of {{ it }} is undefined", body="`{% raw %}` and `\\u{41}` and `<mj-text>`"
    )
    assert said(compose(make_issue(lead=story))) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"src": "https://example.org/a.svg"}, "is SVG, which mail programs do not show"),
        ({"src": "http://example.org/a.jpg"}, "is not at an https address"),
        ({"width": None}, "has no known width and height"),
        ({"alt": ""}, "has no words for those who do not see it"),
    ],
)
def test_an_articles_own_picture_is_named_with_its_file(change: dict[str, object], problem: str) -> None:
    image = PICTURE.model_copy(update=change)
    (fault,) = check(compose(make_issue(1, lead=make_story(0, image=image))))
    assert fault.where == Place("content/a.md", 0, "image")
    assert problem in fault.problem
    assert fault.warning


def test_a_link_in_an_article_is_named_with_its_file() -> None:
    digest = compose(
        make_issue(lead=make_story(0, body="Read [here](https://example.com/) and [x](https://10.0.0.1/)."))
    )
    assert [str(fault.where) for fault in check(digest)] == ["content/a.md: body"] * 2


def test_a_template_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "digest.mjml").write_text(
        "{% extends 'package/digest.mjml' %}\n{% block masthead %}\n<mj-text>\n"
        '<p style="display:grid">Grid</p>\n<p style="color:#dddddd">Pale</p>\n'
        '<p><a href="https://example.org/all/">mehr</a></p><video></video>\n</mj-text>{% endblock %}'
    )
    found = said(composed(make_issue(), tmp_path), templates=tmp_path)
    where = f"{tmp_path.name}/digest.mjml"
    assert found[:2] == [
        f"{where}:6: warning: the link to https://example.org/all/ says “mehr” only; say where it goes",
        f"{where}:5: “Pale” has a contrast of 1.4, #dddddd on #ffffff; 4.5 is needed",
    ]
    assert any(
        fault.startswith(f"{where}:4: warning: display:grid is not known to Outlook (Windows)")
        for fault in found
    )
    assert any(
        fault.startswith(f"{where}:6: warning: <video> element is not known to Gmail (") for fault in found
    )


@pytest.mark.parametrize(
    ("source", "feature"),
    [
        ('<p style="display:flex;gap:4px">x</p>', "display:flex"),
        ('<p style="width:calc(100% - 2px)">x</p>', "CSS calc() function"),
        ("<style>p:hover{color:red}p::after{content:''}</style>", "::after"),
        ("<style>@keyframes x{from{color:#fff}}</style>", "@keyframes"),
        ("<style>a[href]{color:#000}</style>", "Attribute selector"),
        ('<p style="width:50vw">x</p>', "vw unit"),
        ('<p style="position:absolute">x</p>', "position"),
        ("<svg></svg>", "Embedded <svg> image"),
    ],
)
def test_clients_that_lack_something_are_named(source: str, feature: str) -> None:
    found = [fault for fault in said(within(source)) if "caniemail.com, 20" in fault]
    assert any(f"warning: {feature} is not known to " in fault for fault in found), found


HEADERS: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda raw: raw.replace(b"From:", b"X-From:"), "From: is there 0 times instead of once"),
    (
        lambda raw: b"Date: Thu, 19 Nov 2026 10:00:00 +0000\r\n" + raw,
        "Date: is there 2 times instead of once",
    ),
    (lambda raw: re.sub(rb"Date: [^\r]*", b"Date: yesterday", raw), "Date: is no date"),
    (
        lambda raw: re.sub(rb"Message-ID: [^\r]*", b"Message-ID: <a b@c>", raw),
        "Message-ID: is “<a b@c>”, which",
    ),
    (lambda raw: raw.replace(b"List-Id: <", b"List-Id: "), "List-Id: is “weekly.example.org>”, which"),
    (
        lambda raw: raw.replace(b"<https://example.org/unsub", b"<http://example.org/unsub"),
        "List-Unsubscribe: is",
    ),
    (
        lambda raw: raw.replace(b"List-Unsubscribe: <", b"List-Unsubscribe: =?utf-8?q?<"),
        "List-Unsubscribe: is",
    ),
    (
        lambda raw: raw.replace(b"List-Unsubscribe: <https://", b"List-Unsubscribe: <https:\r\n //"),
        "List-Unsubscribe: is",
    ),
    (
        lambda raw: raw.replace(b"=One-Click", b"=Two"),
        "List-Unsubscribe-Post: is “List-Unsubscribe=Two” instead",
    ),
    (
        lambda raw: raw.replace(b"auto-generated", b"no"),
        "Auto-Submitted: is “no” instead of “auto-generated”",
    ),
    (lambda raw: raw.replace(b"Precedence: bulk\r\n", b""), "Precedence: is there 0 times"),
    (lambda raw: raw.replace(b"\r\n", b"\n"), "has lines that do not end in CRLF"),
    (lambda raw: b"X-Long: " + b"x" * 999 + b"\r\n" + raw, "has a line of 1,007 bytes"),
    (lambda raw: b"X-Eight: \xc3\xa9\r\n" + raw, "has bytes above 127"),
    (lambda raw: b"X-Nul: \0\r\n" + raw, "has a NUL in it"),
    (
        lambda raw: raw.replace(b"multipart/alternative", b"multipart/mixed"),
        "Content-Type: must be multipart/alt",
    ),
    (lambda raw: raw.replace(b"Subject: Story 0", b"Subject: Another"), "Subject: does not say what"),
    (
        lambda raw: raw.replace(b"From: Example news <news@example.org>", b"From: a@b.org, c@d.org"),
        "From: must name one",
    ),
]


def test_headers_in_order() -> None:
    assert said(GOOD, RAW) == []


@pytest.mark.parametrize(("change", "problem"), HEADERS, ids=[problem[:30] for _, problem in HEADERS])
def test_headers_that_are_wrong(change: Callable[[bytes], bytes], problem: str) -> None:
    changed = change(RAW)
    assert changed != RAW
    found = check(GOOD, changed)
    assert any(f"newsletter weekly: {problem}" in str(fault) and not fault.warning for fault in found), found


def test_the_final_bytes_are_what_is_looked_at() -> None:
    raw = message(within("<script>1</script>"))
    assert any("<script>" in fault for fault in said(GOOD, raw))


@pytest.mark.parametrize("size", [0, 1, 10, 1000, len(RAW) // 2, len(RAW) - 30])
def test_any_bytes_give_findings_and_no_traceback(size: int) -> None:
    assert any(not fault.warning for fault in check(GOOD, RAW[:size]))


def test_online_asks_every_link_and_picture_once() -> None:
    asked: list[str] = []

    def fetch(address: str) -> None:
        asked.append(address)
        if address.endswith("/all/"):
            raise FetchError(Fault(Place(address), "answers 404 Not Found"))

    found = online(GOOD, fetch)
    assert [str(fault).partition(": ")[2] for fault in found] == [
        "warning: https://example.org/all/ answers 404 Not Found"
    ]
    assert len(asked) == len(set(asked))
    assert {PICTURE.src, "https://example.com/x", "https://example.org/unsubscribe"} <= set(asked)


def test_the_cascade() -> None:
    page = read(
        "<!doctype html><style>p{color:#111111}.a{color:#222222}div>.a{color:#333333!important}"
        "@media (max-width:480px){p{color:#444444!important}}"
        "@media (prefers-color-scheme:dark){#x .a{color:#555555!important}}"
        "@media print{p{color:#666666!important}}p:hover{color:#777777}body *{margin:0}</style>"
        '<body id="x"><div><p class="a b" style="color:#888888;background:#999999 url(x;y)">x</p></div>'
        "<p>y</p>"
    )
    first, second = page.all("p")

    def shown(screen: Screen) -> tuple[str, str]:
        sheet = rules(page, screen)
        return styled(first, sheet)["color"], styled(second, sheet)["color"]

    assert shown(Screen()) == ("#333333", "#111111")
    assert shown(Screen(dark=True)) == ("#555555", "#111111")
    assert shown(Screen(width=400)) == ("#333333", "#444444")
    assert styled(first, ())["background-color"] == "#999999 url(x;y)"
    assert styled(second, rules(page, Screen()))["margin"] == "0"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("#ABC", "#aabbcc"),
        ("#123456 url(x)", "#123456"),
        ("rgb(1, 2, 300)", "#0102ff"),
        ("White", "#ffffff"),
        ("1px solid red", "#ff0000"),
        ("transparent", None),
        ("inherit", None),
        ("", None),
    ],
)
def test_colours_are_read(written: str, found: str | None) -> None:
    assert colour(written) == found


def test_the_clients_data_says_where_it_is_from() -> None:
    data = json.loads((Path(clients.__file__).parent / "clients.json").read_text("utf-8"))
    assert data["source"].startswith("https://www.caniemail.com/")
    assert "MIT License" in data["licence"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", data["date"])
    assert len(data["features"]) > 150
    for feature in data["features"]:
        kinds = {token.partition(" ")[0] for token in feature["find"]}
        assert kinds <= set("at attribute element function image keyword link media property".split()) | set(
            "pseudo selector type unit value".split()
        )
        assert feature["lacks"]
