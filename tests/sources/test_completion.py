"""What a file leaves out is completed, what it refers to is found, and versions know each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.article import Article
from tests.conftest import NOW, SETTINGS, Project

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000030000000208060000009d74661a0000000b49444154789c6360c0090000140001"
    "9d8e32f30000000049454e44ae426082"
)
"""A picture of 3 by 2 pixels."""


def only(project: Project) -> Article:
    """The project's one article, without a fault."""
    reading = project.collect()
    assert not reading.faults
    [article] = reading.library.articles
    return article


def settings(project: Project, publication: str) -> None:
    """Add lines to [publication]."""
    project.write("feeds.toml", SETTINGS.replace("[feed.news]", f"{publication}\n[feed.news]", 1))


def test_what_a_file_need_not_say_is_completed(project: Project) -> None:
    project.article("2026/a-walk.md", body="First sentence. Second one.\n\nMore.")
    article = only(project)
    assert article.url == "https://example.org/2026/a-walk/"
    assert article.id == "tag:example.org,2026-11-01:/2026/a-walk/"
    assert article.updated == article.published
    assert article.language == "en"
    assert [author.name for author in article.authors] == ["Example news"]
    assert article.summary == "First sentence. Second one. More."


def test_what_a_file_says_is_kept(project: Project) -> None:
    project.article(
        head="id: urn:x:1\nurl: https://elsewhere.example.org/x\nupdated: 2026-11-02\nlanguage: fr-lu\n"
        "summary: Two\n  lines.\nauthors: [{name: A, email: A@Example.org, url: 'https://e.org'}, B]\n"
        "tags: [one, two, one]\nfull_article: {url: 'https://e.org/x', language: lb}\nexpires: 2027-01-01"
    )
    article = only(project)
    assert (article.id, article.url) == ("urn:x:1", "https://elsewhere.example.org/x")
    assert (article.language, article.summary, article.tags) == ("fr-LU", "Two lines.", ("one", "two"))
    assert [(author.name, author.email) for author in article.authors] == [
        ("A", "A@example.org"),
        ("B", None),
    ]
    assert article.full_article is not None
    assert article.full_article.language == "lb"
    assert article.updated > article.published


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "title: T\npublished: 2026-01-02\nbody: |\n  Text.\n"),
        ("a.yml", "title: T\npublished: 2026-01-02\nbody: Text.\n"),
        ("a.json", '{"title": "T", "published": "2026-01-02", "body": "Text."}'),
        ("a.toml", 'title = "T"\npublished = 2026-01-02\nbody = "Text."\n'),
        ("A.MD", "---\ntitle: T\npublished: 2026-01-02\n---\nText.\n"),
    ],
)
def test_all_kinds_of_file_say_the_same(project: Project, name: str, text: str) -> None:
    project.write(f"content/{name}", text)
    article = only(project)
    assert (article.title, article.html, f"{article.published:%Y-%m-%d}") == (
        "T",
        "<p>Text.</p>",
        "2026-01-02",
    )


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/{folder}/{slug}/", "https://example.org/2026/deep/a/"),
        ("/{year}/{month}/{day}/{slug}.html", "https://example.org/2026/11/01/a.html"),
        ("/{language}/{slug}", "https://example.org/en/a"),
        ("news/{slug}/", "https://example.org/news/a/"),
    ],
)
def test_addresses_follow_the_pattern(project: Project, pattern: str, expected: str) -> None:
    settings(project, f'address = "{pattern}"')
    project.article("2026/deep/a.md")
    assert only(project).url == expected


def test_an_index_file_is_named_by_its_folder(project: Project) -> None:
    project.article("2026/trip/index.md")
    assert only(project).url == "https://example.org/2026/trip/"


def test_a_name_that_makes_no_address_says_what_to_do(project: Project) -> None:
    project.article("what is new?.md")
    [fault] = project.faults()
    assert fault.startswith("content/what is new?.md: slug: may hold letters, digits, - and _ only")
    assert "rename the file, or write slug:" in fault


def test_an_image_gets_its_size_and_address_from_its_file(project: Project) -> None:
    project.write("content/i/p.png", PIXEL)
    project.article("2026/a.md", "image: {src: ../i/p.png, alt: A pixel}")
    article = only(project)
    assert article.image is not None
    assert article.image.src == "https://example.org/i/p.png"
    assert (article.image.width, article.image.height) == (3, 2)
    assert article.files == ("i/p.png",)


def test_an_attachment_gets_its_length_and_type_from_its_file(project: Project) -> None:
    project.write("content/a.mp3", b"x" * 123)
    project.article(head="attachments: [{url: a.mp3, duration: 60}]")
    [attachment] = only(project).attachments
    assert (attachment.url, attachment.type, attachment.length) == (
        "https://example.org/a.mp3",
        "audio/mpeg",
        123,
    )


def test_what_is_not_there_is_named(project: Project) -> None:
    project.article(
        head="image: {src: no.png}\nattachments:\n  - {url: no.mp3}\n  - {url: https://e.org/x}\n"
        "translations: {fr: no.md}",
        body="![x](gone.png)\n\n[y](gone.md)",
    )
    assert project.faults() == [
        "content/a.md:4: image.src: there is no file “no.png” beside the article",
        "content/a.md:6: attachments[0].url: there is no file “no.mp3” beside the article",
        "content/a.md:7: attachments[1].length: is missing; write the size in bytes, or 0 if nobody knows",
        "content/a.md:7: attachments[1].type: is missing; write audio/mpeg, application/pdf …",
        "content/a.md:8: translations.fr: there is no article “no.md” beside this one",
        "content/a.md:10: body: warning: there is no file “gone.png” beside the article",
        "content/a.md:12: body: warning: there is no file “gone.md” beside the article",
    ]


def test_links_to_articles_and_files_lead_to_their_addresses(project: Project) -> None:
    project.write("content/files/t.pdf", b"%PDF")
    project.article("2025/b.md")
    project.article("2026/a.md", body="[b](../2025/b.md#end) [t](../files/t.pdf) [self](#top)")
    [_, article] = project.collect().library.articles
    assert 'href="https://example.org/2025/b/#end"' in article.html
    assert 'href="https://example.org/files/t.pdf"' in article.html
    assert 'href="https://example.org/2026/a/#top"' in article.html
    assert article.files == ("files/t.pdf",)


def test_files_beside_hidden_articles_are_not_published(project: Project) -> None:
    project.write("content/secret.png", PIXEL)
    project.write("content/open.png", PIXEL)
    project.article("a.md", "draft: true\nimage: {src: secret.png}")
    project.article("b.md", "published: 2030-01-01\nimage: {src: secret.png}")
    project.article("c.md", body="![x](open.png)")
    project.load().build(NOW)
    assert [path.name for path in (project.root / "public").glob("*.png")] == ["open.png"]


def test_translations_said_on_one_side_hold_on_all(project: Project) -> None:
    project.article("en.md", "translations: {fr: fr.md, de: de.md}")
    project.article("fr.md", "language: fr")
    project.article("de.md", "language: de\ntranslations: {lb: https://e.org/lb}")
    found = {
        article.language: {version.language: version.url for version in article.translations}
        for article in project.collect().library.articles
    }
    en, fr, de = (f"https://example.org/{language}/" for language in ("en", "fr", "de"))
    lb = "https://e.org/lb"
    assert found == {
        "en": {"de": de, "fr": fr, "lb": lb},
        "fr": {"de": de, "en": en, "lb": lb},
        "de": {"en": en, "fr": fr, "lb": lb},
    }


def test_a_translation_that_is_not_out_is_not_spoken_of(project: Project) -> None:
    project.article("en.md", "translations: {fr: fr.md}")
    project.article("fr.md", "language: fr\npublished: 2030-01-01")
    [article] = project.collect().library.at(NOW).articles
    assert article.translations == ()


def test_a_translation_in_another_language_than_said_is_a_fault(project: Project) -> None:
    project.article("en.md", "translations: {fr: de.md}")
    project.article("de.md", "language: de")
    [fault] = project.faults()
    assert fault.endswith("translations.fr: “de.md” is in the language de; correct one of them")


def test_every_kind_of_text_file_can_hold_the_lines_of_its_faults(project: Project) -> None:
    project.write("content/a.json", '{\n "title": "T",\n "published": "x"\n}')
    project.write("content/b.toml", 'title = "T"\npublished = "x"\n')
    project.write("content/c.yaml", "title: T\npublished: x\n")
    project.write("content/d.json", '{"title": "T",\n "title": "U"}')
    project.write("content/e.toml", "title = \n")
    project.write("content/f.json", "[1]")
    project.write("content/g.json", '{"title": NaN}')
    faults = [fault.partition(": ")[0] for fault in project.faults()]
    assert faults == [
        "content/a.json:3",
        "content/b.toml:2",
        "content/c.yaml:2",
        "content/d.json:2",
        "content/e.toml:1",
        "content/f.json:1",
        "content/g.json",
    ]


def test_no_content_folder_says_what_to_do(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("feeds.toml", SETTINGS)
    assert project.faults() == ["content: no such folder; make it, or name another in feeds.toml"]
