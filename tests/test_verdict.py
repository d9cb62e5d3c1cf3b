"""A finding in our own output names the file, line and field of the article that it comes from."""

from __future__ import annotations

import pytest

from feeds import formats, verdict
from feeds.article import Attachment, FullArticle, Image, Translation
from feeds.errors import Fault, Place
from tests.conftest import NOW, SETTINGS, Project, make_article

PODCAST = '[feed.news.podcast]\ncategory = ["Technology"]\nimage = "https://example.org/cover.png"\n'


def found(project: Project, form: str, settings: str = "") -> list[Fault]:
    """What the rules say of the project's feed in one format."""
    feed_settings = f'[feed.news]\nformats = ["{form}"]\n{settings}'
    project.write("feeds.toml", SETTINGS.replace("[feed.news]\n", feed_settings))
    publication = project.load()
    library = publication.collect(NOW).library.at(NOW)
    document = formats.render(library.feed("news", publication.settings.feed["news"]), form)
    by_id = {article.id: article for article in library.articles}
    return list(verdict.of_ours(document, by_id, NOW, project.root))


@pytest.mark.parametrize(
    ("form", "head", "place"),
    [
        ("atom", "id: https://EXAMPLE.org/1", Place("content/a.md", 4, "id")),
        ("atom", "published: 1925-05-31", Place("content/a.md", 3, "published")),
        ("rss", "published: 1925-05-31", Place("content/a.md", 3, "published")),
        ("atom", "tags: [x]\nupdated: 2064-05-31", Place("content/a.md", 5, "updated")),
    ],
)
def test_a_finding_names_the_line_and_field_of_the_article(
    project: Project, form: str, head: str, place: Place
) -> None:
    project.article(head=head)
    assert place in [fault.where for fault in found(project, form)]


def test_a_picture_that_apple_does_not_take_is_named_by_its_line(project: Project) -> None:
    sound = "attachments: [{url: https://example.org/a.mp3, type: audio/mpeg, length: 9}]"
    project.article(head=f"{sound}\nimage: {{src: https://example.org/i.gif, alt: x}}")
    (fault,) = found(project, "rss", PODCAST)
    assert str(fault).startswith("content/a.md:5: image: the image must be JPEG or PNG (Apple")


def test_a_file_that_is_gone_or_not_ours_to_read_leaves_the_line_out(project: Project) -> None:
    file = project.article(head="id: https://EXAMPLE.org/1")
    publication = project.load()
    library = publication.collect(NOW).library.at(NOW)
    document = formats.render(library.feed("news", publication.settings.feed["news"]), "atom")
    by_id = {article.id: article for article in library.articles}
    for content in (b"\xff", b"no front matter"):
        file.write_bytes(content)
        (fault,) = verdict.of_ours(document, by_id, NOW, project.root)
        assert fault.where == Place("content/a.md", 0, "id")
        assert fault.warning
    file.unlink()
    assert next(verdict.of_ours(document, by_id, NOW, project.root)).where.line == 0


FULL = make_article(
    teaser="A teaser.",
    image=Image(src="https://example.org/i.png", alt="x", credit="y"),
    attachments=(Attachment(url="https://example.org/a.pdf"), Attachment(url="https://example.org/b.pdf")),
    full_article=FullArticle(url="https://example.org/full", language="de"),
    translations=(Translation(language="fr", url="https://example.org/fr/"),),
)


@pytest.mark.parametrize(
    ("element", "field"),
    [
        ("feed/entry[3]/title", "title"),
        ("feed/entry[3]/author/name", "authors[0].name"),
        ("feed/entry[3]/author[2]/uri", "authors[1].url"),
        ("rss/channel/item[1]/dc:creator[2]", "authors[1]"),
        ("items[1]/authors[2]/url", "authors[1].url"),
        ("items[1]/authors", "authors"),
        ("feed/entry[1]/category", "tags[0]"),
        ("rss/channel/item[1]/category[3]", "tags[2]"),
        ("items[1]/tags", "tags"),
        ("feed/entry[1]/summary", "summary"),
        ("rss/channel/item[1]/description", "summary"),
        ("rss/channel/item[1]/content:encoded", "body"),
        ("items[1]/content_html", "body"),
        ("items[2]/attachments[2]/url", "attachments[1]"),
        ("feed/entry[1]/media:content/media:credit", "image.credit"),
        ("feed/entry[1]/media:content", "image"),
        ("rss/channel/item[1]/media:content[2]/media:title", "attachments"),
        ("rss/channel/item[1]/itunes:season", "episode"),
        ("items[1]/external_url", "full_article.url"),
        ("feed/entry[1]/link", "url"),
        ("feed/entry[1]/link[2]", "translations"),
        ("feed/entry[1]/link[3]", "url"),
        ("feed/entry[1]/link[4]", "full_article.url"),
        ("feed/entry[1]/link[5]", "attachments"),
        ("rss/channel/item[1]/link", "url"),
        ("feed/entry[1]", ""),
        ("feed/updated", ""),
    ],
)
def test_each_element_leads_to_a_field(element: str, field: str) -> None:
    assert verdict.field_of(element, FULL) == field


def test_a_summary_nobody_wrote_is_a_matter_of_the_text() -> None:
    assert verdict.field_of("feed/entry[1]/summary", make_article()) == "body"
    assert verdict.field_of("rss/channel/item[1]/atom:link", make_article()) == "attachments"
