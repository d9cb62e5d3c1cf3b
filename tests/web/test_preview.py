"""The preview in a real browser: it shows what there is, and what changes, without being asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from threading import Timer
from typing import Any

import pytest

from feeds.web.preview import serving
from tests import browser
from tests.conftest import NOW, Project

INSIDE = "[...document.querySelectorAll('iframe')].map((f) => f.contentDocument?.body?.innerText ?? '')"
GENEROUS = 15
"""Seconds; the machine may be busy. What is usual is measured, and printed."""


def awaited(address: str, condition: str, change: Callable[[], object]) -> float:
    """Open a page, change something, and wait until a condition holds: milliseconds from the change on."""
    began: list[float] = []

    def made() -> None:
        change()
        began.append(time.time() * 1000)

    timer = Timer(0.4, made)
    timer.start()
    script = f"""(async () => {{
      for (const end = Date.now() + {GENEROUS * 1000}; Date.now() < end;) {{
        if ({condition}) return Date.now();
        await new Promise((r) => setTimeout(r, 5));
      }}
      return document.body.innerText.slice(0, 2000);
    }})()"""
    found = browser.ask(address, script, width=1280)
    timer.join()
    assert isinstance(found, int | float), found
    return found - began[0]


def inside(text: str) -> str:
    return f"({INSIDE}).length === 2 && ({INSIDE}).every((text) => text.includes({json.dumps(text)}))"


def test_it_shows_newsletters_and_feeds(address: str) -> None:
    links = browser.ask(address, "[...document.querySelectorAll('#list a')].map((a) => a.innerText)")
    assert [link.split("\n")[-1] for link in links] == ["weekly", "news · 2"]
    assert all("The first text." in text for text in browser.ask(address, INSIDE))


def test_pictures_of_the_content_folder_show(address: str) -> None:
    script = """[...document.querySelectorAll('iframe')].map((f) =>
        [...f.contentDocument.images].map((image) => image.naturalWidth))"""
    assert browser.ask(address, script) == [[1], [1]]
    assert browser.ask(f"{address}newsletter/weekly?images=off", script) == [[0], [0]]


def test_each_variant(address: str) -> None:
    page = f"{address}newsletter/weekly?variant=ar"
    assert all("النص الأول" in text for text in browser.ask(page, INSIDE))
    assert browser.ask(page, "document.querySelector('iframe').contentDocument.documentElement.dir") == "rtl"


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True), ("inverted", False)])
def test_schemes(address: str, scheme: str, dark: bool) -> None:
    script = """(() => { const page = document.querySelector('iframe').contentDocument;
        const style = (one) => page.defaultView.getComputedStyle(one);
        const paper = style(page.querySelector('.paper')).backgroundColor;
        return [paper, style(page.documentElement).filter] })()"""
    colour, filtered = browser.ask(f"{address}newsletter/weekly?scheme={scheme}", script, dark=not dark)
    assert (colour == "rgb(27, 29, 32)") == dark
    assert (filtered != "none") == (scheme == "inverted")


def test_an_edit_is_on_screen(newsroom: Project, address: str) -> None:
    took = awaited(address, inside("Another text."), lambda: newsroom.article("a.md", "", "Another text.\n"))
    print(f"on screen after {took:.0f} ms")


def test_a_new_article_and_another_title(newsroom: Project, address: str) -> None:
    awaited(address, inside("Quite new"), lambda: newsroom.article("b.md", "title: Quite new"))
    condition = "document.title.includes('weekly') && document.querySelector('h1').innerText === 'Renamed'"
    settings = (newsroom.root / "feeds.toml").read_text().replace("Example news", "Renamed")
    awaited(address, condition, lambda: newsroom.write("feeds.toml", settings))


def test_a_fault_comes_and_goes(newsroom: Project, address: str) -> None:
    wrong = "document.querySelector('#wrong').innerText"
    condition = (
        f"/1 fault keeps/.test({wrong}) && /content\\/a.md:3/.test({wrong}) && {inside('The first text.')}"
    )
    awaited(address, condition, lambda: newsroom.article("a.md", "published: never"))
    href = browser.ask(address, "document.querySelector('#wrong a').href")
    assert href == f"vscode://file{(newsroom.root / 'content/a.md').resolve()}:3"
    mended = f"{wrong} === '' && {inside('All is well.')}"
    awaited(address, mended, lambda: newsroom.article("a.md", "", "All is well.\n"))


def test_broken_settings_and_templates(newsroom: Project, address: str) -> None:
    wrong = "document.querySelector('#wrong').innerText"
    kept = (newsroom.root / "feeds.toml").read_text()
    awaited(address, f"{wrong}.includes('is no TOML')", lambda: newsroom.write("feeds.toml", "[publication"))
    awaited(address, f"{wrong} === ''", lambda: newsroom.write("feeds.toml", kept))
    shown = "document.querySelector('#shown').innerText"
    awaited(
        address,
        f"{shown}.includes('cannot be made now') && {inside('The first text.')}",
        lambda: newsroom.write("templates/digest.mjml", "{{ nothing }}"),
    )


def test_it_may_begin_with_faults(project: Project) -> None:
    project.write("feeds.toml", "nonsense")
    with serving(project.root, NOW) as address:
        shown = browser.ask(address, "document.body.innerText")
    assert "feeds.toml" in shown
    assert "Nothing to show yet" in shown


def test_the_whole_check_is_told(newsroom: Project, address: str) -> None:
    newsroom.article("deep.md", "published: 2020-01-01", "> " * 500 + "deep\n")
    condition = "/nested/.test(document.querySelector('#wrong').innerText)"
    awaited(address, condition, lambda: None)


@pytest.mark.parametrize(
    ("tab", "form"),
    [
        ("read", "atom"),
        ("read", "json"),
        ("shown", "rss"),
        ("source", "json"),
        ("findings", "rss"),
        ("difference", "atom"),
        ("difference", "rss"),
    ],
)
def test_feeds(newsroom: Project, address: str, tab: str, form: str) -> None:
    if form == "rss":
        newsroom.load().build(NOW)
    page = f"{address}feed/news?tab={tab}&form={form}"
    shown = browser.ask(page, f"document.querySelector('main').innerText + {INSIDE}.join()")
    expected = {
        "read": "أخبار الفضاء",
        "shown": "The first text.",
        "source": "tag:example.org,2026-11-01:/a/",
        "findings": "find nothing wrong",
        "difference": "nothing new" if form == "rss" else "Nothing has been published",
    }
    assert expected[tab] in shown


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("text", "The first text."),
        ("source", "<!doctype html>"),
        ("headers", "List-Unsubscribe-Post"),
        ("findings", "Every check is content"),
    ],
)
def test_the_other_tabs(address: str, tab: str, expected: str) -> None:
    shown = browser.ask(f"{address}newsletter/weekly?tab={tab}", "document.querySelector('main').innerText")
    assert expected in shown


def test_keys_choose(address: str) -> None:
    def pressed(*keys: str) -> Any:
        place = "location.pathname.split('/').slice(2).join('/') + location.search"
        script = f"new Promise((done) => setTimeout(() => done({place}), 400))"
        return browser.ask(address, script, keys=keys)

    assert pressed("d").endswith("scheme=dark")
    assert pressed("2").endswith("tab=text")
    assert pressed("j") == "feed/news"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("page", ["", "newsletter/weekly?tab=headers", "feed/news"])
def test_axe_finds_nothing(address: str, page: str, dark: bool) -> None:
    assert browser.axe(address + page, dark=dark, width=1280) == []


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_in_faults(newsroom: Project, address: str, dark: bool) -> None:
    newsroom.article("a.md", "published: never")
    assert browser.axe(address, dark=dark, width=1280) == []


def test_no_request_leaves(newsroom: Project, address: str) -> None:
    there = "https://elsewhere.example"
    foreign = f"![x]({there}/x.png) <img src='{there}/y.png' srcset='{there}/z.png 2x'>\n"
    newsroom.article(
        "a.md", "image: {src: 'https://elsewhere.example/i.png', alt: I, width: 800, height: 400}", foreign
    )
    for page in ("newsletter/weekly", "feed/news", "feed/news?tab=shown"):
        wanted = browser.foreign(address + page)
        # What was open before may still try to reach its own preview, which has ended.
        assert [one for one in wanted if not one.startswith("http://127.0.0.1:")] == []
    shown = browser.ask(f"{address}newsletter/weekly", "document.querySelector('main').innerText")
    assert "stand elsewhere" in shown or "stands elsewhere" in shown


def test_frames_are_sandboxed(address: str) -> None:
    for page in ("newsletter/weekly", "feed/news?tab=shown"):
        sandboxes = browser.ask(
            address + page, "[...document.querySelectorAll('iframe')].map((f) => f.sandbox.value)"
        )
        assert sandboxes
        assert all("allow-scripts" not in sandbox and sandbox for sandbox in sandboxes)
