"""Issues on the web: the mail less what is personal, the archive, the feed; all say the same."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from xml.etree import ElementTree

import pytest

from feeds import formats
from feeds.delivery.message import message
from feeds.newsletter import pages
from feeds.newsletter.desk import Desk
from feeds.newsletter.pages import Shelf, without_personal
from feeds.publication import load
from tests.newsletter.desks import NOW, PUBLICATION, approved, make_desk, story
from tests.newsletter.examples import last_mentions, seen, text_links

ROOT = Path(__file__).parent.parent.parent
ATOM = "{http://www.w3.org/2005/Atom}"


def shown(desk: Desk, language: str = "en", title: str = "Example weekly") -> Shelf:
    made = pages.shelf(desk.issues, language, desk.library.publication, title=title)
    assert made
    return made


def made(desk: Desk, language: str = "en") -> dict[str, str]:
    return {document.path: document.content.decode() for document in pages.documents(shown(desk, language))}


@pytest.mark.parametrize("name", ["weekly", "hebdo"])
def test_mail_html_text_web_copy_and_feed_carry_the_same(name: str) -> None:
    publication = load(ROOT)
    settings = publication.settings.newsletter[name].model_copy(update={"group": "tag"})
    library = publication.collect(NOW).library
    desk = Desk(name=name, settings=settings, library=library, issues=(), now=NOW)
    (digest,) = desk.digests.values()
    titles = [article.title for article in digest.issue.articles]
    urls = [a.full_article.url if a.full_article else a.url for a in digest.issue.articles]

    mail = message_from_bytes(message(digest), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    text, html = (part.get_content().replace("\r\n", "\n") for part in mail.iter_parts())
    assert (text, html.rstrip("\n")) == (digest.text, digest.html.rstrip("\n"))

    after = approved(desk)
    web = made(after)[f"newsletters/{name}/0001.html"]
    entry = ElementTree.fromstring(formats.render(pages.feed(shown(after)), "atom").content).find(
        f"{ATOM}entry"
    )
    assert entry is not None
    content = str(entry.findtext(f"{ATOM}content"))

    for page in (html, web):
        assert headlines(page) == list(zip(titles, urls, strict=True))
    assert [e.attributes["href"] for e in seen(content).all("a")] == urls
    assert seen(content).texts == titles
    places = [" ".join(text.split()).rindex(" ".join(title.split())) for title in titles]
    assert places == sorted(places)
    assert last_mentions(text_links(text)) == last_mentions(seen(html).links)
    assert [url for url in text_links(text) if url in urls][-len(urls) + 1 :] == urls[1:]
    assert entry.findtext(f"{ATOM}title") == mail["Subject"] == digest.subject
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.attrib["href"] == digest.issue.web == canonical(web)


def headlines(html: str) -> list[tuple[str, str]]:
    """Title and address of each story of a page, in their order."""
    found = re.findall(r"<h[23][^>]*><a class=\"ink\" href=\"([^\"]*)\"[^>]*>(.*?)</a></h[23]>", html)
    return [(seen(title).text, seen(f'<a href="{url}">').links[0]) for url, title in found]


def canonical(html: str) -> object:
    (link,) = [e for e in seen(html).all("link") if e.attributes["rel"] == "canonical"]
    return link.attributes["href"]


def test_the_web_copy_is_the_mail_less_what_is_personal() -> None:
    desk = approved(make_desk([story(0), story(1)], imprint="1 Example Street"))
    mail = desk.issues[0].variants["en"]
    web = made(desk)["newsletters/weekly/0001.html"]
    page = seen(web)
    assert "unsubscribe" not in web.lower()
    assert "You are receiving" not in web
    assert "View on the web" not in web
    assert "1 Example Street" in page.text
    assert page.all("title")
    assert [e.attributes.get("role") for e in page.elements if "aria-label" in e.attributes] == ["main"]
    assert "aria-roledescription" not in web
    assert page.links[-2:] == [
        "https://example.org/newsletters/weekly/",
        "https://example.org/newsletters/weekly/atom.xml",
    ]
    assert len(page.all("meta")) > 0
    assert not [e for e in page.all("meta") if e.attributes.get("name") == "robots"]
    begun = mail.html.index("<h1")
    assert mail.html[begun : begun + 5000] in web
    assert [e.attributes["src"] for e in page.all("img")] == [
        e.attributes["src"] for e in seen(mail.html).all("img")
    ]


def test_each_language_has_its_page_and_knows_the_others() -> None:
    desk = approved(make_desk([story(0), story(1, language="ar")], languages=["en", "ar"]))
    found = made(desk)
    assert list(found) == [
        "newsletters/weekly/0001.html",
        "newsletters/weekly/0001.ar.html",
        "newsletters/weekly/index.html",
    ]
    arabic = seen(found["newsletters/weekly/0001.ar.html"])
    assert arabic.all("html")[0].attributes["dir"] == "rtl"
    assert "كل الأعداد" in arabic.text
    assert "English" in arabic.text
    tongues = [e.attributes["hreflang"] for e in arabic.all("link") if "hreflang" in e.attributes]
    assert tongues == ["en", "ar"]
    assert "العربية" in seen(found["newsletters/weekly/index.html"]).text


def test_topics_have_no_pages_of_their_own() -> None:
    desk = approved(make_desk([story(0, "a"), story(1, "b")], topics=["a", "b"]))
    assert len(desk.issues[0].variants) == 3
    assert list(made(desk)) == ["newsletters/weekly/0001.html", "newsletters/weekly/index.html"]


def test_only_approved_issues_are_shown_newest_first_year_by_year() -> None:
    desk = approved(make_desk([story(n) for n in range(4)], items=1))
    desk = approved(replace(desk, now=NOW.replace(year=2027)))
    drafted = replace(desk, issues=(*desk.issues, desk.draft().issue))
    archive = made(drafted)["newsletters/weekly/index.html"]
    page = seen(archive)
    assert re.findall(r'<h2 id="year-\d+">(\d+)</h2>', archive) == ["2027", "2026"]
    assert [link for link in page.links if re.search(r"\d{4}\.html$", link)] == [
        "https://example.org/newsletters/weekly/0002.html",
        "https://example.org/newsletters/weekly/0001.html",
    ]
    assert "2 issues" in page.text
    assert "November 22, 2027" in page.text
    assert pages.shelf(drafted.issues[2:], "en", PUBLICATION, title="x") is None


@pytest.mark.parametrize("language", ["en", "fr", "de", "ar"])
def test_the_archive_is_well_formed_and_speaks_the_language(language: str) -> None:
    title = """<b>"it's" &amp; 5 > 4"""
    desk = approved(make_desk([story(0, title=title), story(1, title=title * 2)]))
    archive = made(desk, language)["newsletters/weekly/index.html"]
    page = seen(archive)
    assert page.all("html")[0].attributes["lang"] == language
    assert page.text.count(title) == 3
    assert [e.name for e in page.elements if re.fullmatch("h[1-6]", e.name)] == ["h1", "h2", "h3"]
    assert not {e.name for e in page.elements} & {"script", "iframe", "form"}
    assert not [e for e in page.all("link") if e.attributes["rel"] == "stylesheet"]
    assert ("All issues" in page.text) == (language == "en")


@pytest.mark.parametrize(
    ("html", "rest"),
    [
        ('<p>a</p><p class="x personal">b <b>c</b></p>d</body>', "<p>a</p>!d</body>"),
        ('<div class="personal">a<div>b</div>c\n</div>\n<p class="personal">d</p>e', "!\ne"),
        ('x\n\n é <a href="https://u.example/?a&amp;b">u</a>.', "x\n\n é !."),
        ('<p class="impersonal">a</p></body>', '<p class="impersonal">a</p>!</body>'),
        ("no body", "no body!"),
        ('<!-- <p class="personal"> --><p>a</p></body>', '<!-- <p class="personal"> --><p>a</p>!</body>'),
    ],
)
def test_what_is_personal_is_cut_out_wherever_it_stands(html: str, rest: str) -> None:
    assert without_personal(html, "https://u.example/?a&b", "!") == rest


def test_the_feed_of_issues_is_valid_and_says_when_each_went_out() -> None:
    desk = approved(make_desk([story(0, title="A & <b>"), story(1)]))
    feed = pages.feed(shown(desk))
    root = ElementTree.fromstring(formats.render(feed, "atom").content)
    assert root.findtext(f"{ATOM}title") == "Example weekly"
    assert root.findtext(f"{ATOM}entry/{ATOM}published") == "2026-11-22T12:00:00+00:00"
    assert (
        root.findtext(f"{ATOM}entry/{ATOM}id") == "tag:example.org,2026-11-22:/newsletters/weekly/0001.html"
    )
    assert feed.address("atom") == "https://example.org/newsletters/weekly/atom.xml"
