"""The same hostile post in every kind of export: nothing runs, nothing odd comes along, no other is lost."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from feeds import values
from feeds.config import PublicationSettings
from feeds.errors import FeedsError
from feeds.importing import Imported, Wish, bring_in
from feeds.sources import read
from tests.importing.samples import ghost, ghost_post, item, substack, wordpress, zipped

PUBLICATION = PublicationSettings(title="Example news", url="https://example.org/")
LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
Maker = Callable[[str, str], str | bytes]
"""An export of a post with this title and this text, and of another post that is all right."""


def _wordpress(title: str, text: str) -> str:
    return wordpress(
        item(title=title, content_encoded=text),
        item(guid="g:2", link="https://x.example.org/2", wp_post_name="2"),
    )


def _ghost(title: str, text: str) -> str:
    return ghost(ghost_post(title=title, html=text), ghost_post(id="2", slug="2"))


def _substack(title: str, text: str) -> bytes:
    head = (
        "post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url"
    )
    quoted = title.replace('"', '""')
    row = f'101.dish,2024-05-03T10:00:00.000Z,true,,,newsletter,everyone,"{quoted}",,'
    other = "102.other,2024-05-04T10:00:00.000Z,true,,,newsletter,everyone,The dish,,"
    files = {"posts/101.dish.html": text, "posts/102.other.html": "<p>Other.</p>"}
    return zipped({**substack(), **files, "posts.csv": f"{head}\n{row}\n{other}\n"})


def _buttondown(title: str, text: str) -> bytes:
    head = "id: {}\nsubject: {}\nstatus: published\nemail_type: public\nslug: {}\npublish_date: 2024-05-03"
    one, other = head.format("a", json.dumps(title), "a"), head.format("b", "The dish", "b")
    return zipped({"emails/a.md": f"---\n{one}\n---\n{text}", "emails/b.md": f"---\n{other}\n---\nOther."})


def _buttondown_json(title: str, text: str) -> str:
    given = {"status": "sent", "email_type": "public", "publish_date": "2024-05-03T10:00:00Z"}
    one = {**given, "id": "a", "slug": "a", "subject": title, "body": text}
    return json.dumps(
        {"results": [one, {**one, "id": "b", "slug": "b", "subject": "The dish", "body": "Other."}]}
    )


def _atom(title: str, text: str) -> str:
    other = _entry("urn:b", "The dish", "<p>Other.</p>")
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{_entry('urn:a', title, text)}{other}</feed>"


def _entry(id: str, title: str, text: str) -> str:
    return (
        f"<entry><id>{id}</id><title>{escape(title)}</title><link href='https://x.example.org/{id}'/>"
        f"<updated>2024-05-03T10:00:00Z</updated><content type='html'>{escape(text)}</content></entry>"
    )


def _rss(title: str, text: str) -> str:
    items = "".join(
        f"<item><guid>{id}</guid><title>{escape(escape(said))}</title><link>https://x.example.org/{id}</link>"
        f"<pubDate>Fri, 03 May 2024 10:00:00 GMT</pubDate><description>{escape(body)}</description></item>"
        for id, said, body in (("a", title, text), ("b", "The dish", "Other."))
    )
    return f"<rss version='2.0'><channel><title>X</title>{items}</channel></rss>"


def _json_feed(title: str, text: str) -> str:
    one = {"id": "a", "url": "https://x.example.org/a", "title": title, "content_html": text}
    dated = {**one, "date_published": "2024-05-03T10:00:00Z"}
    other = {
        **dated,
        "id": "b",
        "url": "https://x.example.org/b",
        "title": "The dish",
        "content_html": "Other.",
    }
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "X", "items": [dated, other]})


KINDS: dict[str, Maker] = {
    "WordPress": _wordpress,
    "Ghost": _ghost,
    "Substack": _substack,
    "Buttondown": _buttondown,
    "Buttondown JSON": _buttondown_json,
    "Atom": _atom,
    "RSS": _rss,
    "JSON Feed": _json_feed,
}
every = pytest.mark.parametrize("kind", KINDS)
of_xml = pytest.mark.parametrize("kind", ["WordPress", "Atom", "RSS"])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a project."""
    (tmp_path / "project/content").mkdir(parents=True)
    return tmp_path / "project"


def brought(root: Path, content: str | bytes) -> Imported:
    """Import this."""
    file = root.parent / "export"
    file.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    wish = Wish("https://x.example.org/", PUBLICATION.url)
    return bring_in(str(file), root, PUBLICATION, wish, progress=lambda done, total: None)


def pages(root: Path) -> dict[str, str]:
    """The title of each article that was brought in, and its text as a browser would have it."""
    reading = read(PUBLICATION, root)
    assert [str(fault) for fault in reading.faults if not fault.warning] == []
    return {article.title: article.html for article in reading.library.articles}


@every
def test_F14_markup_in_a_title_is_text(root: Path, kind: str) -> None:
    brought(root, KINDS[kind]("A <img src=x onerror=alert(1)> &lt;b&gt;B&lt;/b&gt;", "<p>Text.</p>"))
    [title] = set(pages(root)) - {"The dish"}
    assert "<img" not in title
    assert values.markup_in(title) is None


@every
def test_C27_C28_nothing_in_a_text_runs(root: Path, kind: str) -> None:
    text = (
        "<p onclick='alert(1)'>Text. <a href='javascript:alert(2)'>b</a>"
        "<a href='&#x6A;avascript:alert(3)'>c</a><img src='x' onerror='alert(4)'></p>\n\n"
        "<script>alert(5)</script>\n\n<svg onload='alert(6)'></svg>\n\n"
        "<iframe srcdoc='alert(7)'></iframe><style>@import 'alert(8)'</style><base href='https://evil.example/'>"
    )
    brought(root, KINDS[kind]("Title", text))
    html = pages(root)["Title"]
    assert "alert" not in html
    assert "evil" not in html
    assert "Text." in html


@every
def test_C09_C10_C11_odd_characters_do_not_come_along(root: Path, kind: str) -> None:
    odd = "A\u202e\u2066 B" if kind in ("Buttondown", "Substack") else "A\x0b\u202e\u2066 B"
    brought(root, KINDS[kind](f"{odd} title", f"<p>{odd} text.</p>"))
    assert "A B title" in pages(root)


@every
def test_C16_a_text_too_long_is_named_and_the_others_come(root: Path, kind: str) -> None:
    made = brought(root, KINDS[kind]("Long", "<p>" + "word " * 400_000 + "</p>"))
    assert list(pages(root)) == ["The dish"]
    assert (
        any("Long" in str(fault) and "1,000,000" in str(fault) for fault in made.faults)
        or kind == "WordPress"
    )


@every
def test_C30_what_is_nested_too_deeply_stops_no_other(root: Path, kind: str) -> None:
    brought(root, KINDS[kind]("Deep", "<div>" * 20_000 + "x"))
    assert pages(root)["The dish"]
    assert "<div><div><div>" not in pages(root).get("Deep", "")


@every
def test_E02_a_coded_header_in_a_title_is_named_and_the_others_come(root: Path, kind: str) -> None:
    made = brought(root, KINDS[kind]("=?utf-8?q?Hi=0D=0ABcc:x?=", "<p>Text.</p>"))
    assert [str(fault).partition("title: ")[2][:10] for fault in made.faults] == ["has =?…? i"]
    assert list(pages(root)) == ["The dish"]


@of_xml
def test_F12_entities_are_refused(root: Path, kind: str) -> None:
    content = KINDS[kind]("Title", "Text.")
    assert isinstance(content, str)
    start = content.index("<feed") if kind == "Atom" else content.index("<rss")
    with pytest.raises(FeedsError, match="declares entities of its own"):
        brought(root, content[:start] + LAUGHS + content[start:].replace("Title", "&b;"))
    assert list((root / "content").iterdir()) == []


def test_F12_entities_in_a_list_are_refused(root: Path) -> None:
    with pytest.raises(FeedsError, match="declares entities of its own"):
        brought(root, f"{LAUGHS}<opml version='2.0'><body><outline xmlUrl='&b;'/></body></opml>")


@pytest.mark.parametrize("kind", ["Ghost", "Buttondown JSON", "JSON Feed"])
def test_C04_json_that_is_nested_without_end_is_refused(root: Path, kind: str) -> None:
    content = KINDS[kind]("Title", "Text.")
    assert isinstance(content, str)
    with pytest.raises(FeedsError, match="is nested too deeply"):
        brought(root, content.replace('"Title"', "[" * 100_000))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('subject: !!python/object/apply:os.system ["id"]', "tag"),  # C01
        ("subject: &a [x, *a]", "anchor"),  # C02
        ("subject: " + "[" * 5000, "deep"),  # C04
        ("subject: one\nsubject: two", "twice"),  # C05
    ],
)
def test_C01_C02_C04_C05_the_front_matter_of_buttondown(root: Path, line: str, problem: str) -> None:
    folder = root.parent / "unpacked"
    with zipfile.ZipFile(io.BytesIO(_buttondown("Title", "Text."))) as files:
        files.extractall(folder)
    email = f"---\nid: c\n{line}\nstatus: published\nemail_type: public\n---\nText."
    (folder / "emails/c.md").write_text(email)
    wish = Wish("https://x.example.org/", PUBLICATION.url)
    made = bring_in(str(folder), root, PUBLICATION, wish, progress=lambda done, total: None)
    [fault] = made.faults
    assert fault.where.file.endswith("emails/c.md")
    assert problem in fault.problem
    assert set(pages(root)) == {"Title", "The dish"}
