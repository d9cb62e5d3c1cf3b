"""WordPress's export: what comes along, what is left out and told, and that no reader sees a post again."""

from __future__ import annotations

import pytest

from tests.importing.conftest import Import
from tests.importing.samples import item, meta, wordpress

SECOND = {
    "guid": "https://old.example.org/?p=14",
    "link": "https://old.example.org/two/",
    "wp_post_name": "two",
}


def test_a_post_comes_with_all_that_it_has(bring: Import) -> None:
    attachment = item(
        meta("_wp_attachment_image_alt", "A dish at dusk"),
        wp_post_type="attachment",
        wp_post_id="13",
        wp_attachment_url="https://old.example.org/lead.jpg",
    )
    tags = (
        '<category domain="category" nicename="space">Space</category>'
        '<category domain="post_tag" nicename="rd"><![CDATA[R&amp;D]]></category>'
        '<category domain="category" nicename="uncategorized">Uncategorized</category>'
        '<category domain="post_format" nicename="aside">Aside</category>'
    )
    post = item(
        tags + meta("_thumbnail_id", "13"),
        title="The dish &amp; the <em>moon</em>",
        excerpt_encoded="A teaser.",
        wp_post_modified_gmt="2024-06-03 10:00:00",
    )
    bring(wordpress(post, attachment))
    assert bring.status == 0
    assert bring.files == ["2024/2024-05-03-dish.md"]
    assert bring.fields() == {
        "title": "The dish & the moon",
        "published": "2024-05-03T10:00:00+00:00",
        "updated": "2024-06-03T10:00:00+00:00",
        "summary": "A teaser.",
        "authors": ["Ada Byron"],
        "tags": ["Space", "R&D"],
        "language": "fr-FR",
        "url": "https://old.example.org/2024/05/dish/",
        "image": {"src": "https://old.example.org/lead.jpg", "alt": "A dish at dusk"},
        "id": "https://old.example.org/?p=12",
        "body": "<p>One.</p>\n<p>Two.</p>\n",
    }
    assert "items of type attachment (1)" in bring.said


def test_readers_know_it_by_the_same_guid_and_no_mail_address_is_published(bring: Import) -> None:
    bring(wordpress(item()))
    bring.builds()
    assert "<id>https://old.example.org/?p=12</id>" in bring.feed()
    assert "ada@example.org" not in bring.feed()


def test_only_posts_come_and_the_rest_is_counted(bring: Import) -> None:
    kinds = ["page", "page", "attachment", "nav_menu_item", "revision", "<b>odd</b>"]
    bring(wordpress(item(), *(item(guid=f"x{n}", wp_post_type=kind) for n, kind in enumerate(kinds))))
    assert bring.files == ["2024/2024-05-03-dish.md"]
    assert "items of type page (2)" in bring.said
    assert "items of type another (1)" in bring.said


@pytest.mark.parametrize("status", ["draft", "pending", "private"])
def test_what_was_not_public_is_a_draft(bring: Import, status: str) -> None:
    gone = {"wp_post_date_gmt": "0000-00-00 00:00:00", "wp_post_date": "0000-00-00 00:00:00"}
    bring(wordpress(item(wp_status=status, **gone)))
    assert bring.files == ["undated/dish.md"]
    fields = bring.fields()
    assert fields["draft"] is True
    assert "url" not in fields
    bring.builds()
    assert "dish" not in bring.feed()


def test_a_post_with_a_password_is_a_draft_and_the_trash_stays(bring: Import) -> None:
    bring(wordpress(item(wp_post_password="x"), item(guid="https://x.example.org/", wp_status="trash")))
    assert bring.fields()["draft"] is True
    assert "posts in the trash (1)" in bring.said


def test_a_scheduled_post_keeps_its_date(bring: Import) -> None:
    bring(wordpress(item(wp_status="future", wp_post_date_gmt="2031-01-02 10:00:00")))
    assert bring.fields()["published"] == "2031-01-02T10:00:00+00:00"
    assert "draft" not in bring.fields()
    assert bring.fields()["slug"] == "dish"
    bring.builds()
    assert "dish" not in bring.feed()


def test_a_second_run_goes_on_and_writes_over_nothing(bring: Import) -> None:
    bring(wordpress(item()))
    file = bring.project.root / "content" / bring.files[0]
    file.write_text(file.read_text("utf-8").replace("One.", "Edited."), "utf-8")
    moved = file.rename(file.with_name("elsewhere.md"))
    bring(wordpress(item(), item(**SECOND)))
    assert bring.status == 0
    assert bring.out.splitlines() == [str(bring.project.root / "content/2024/2024-05-03-two.md")]
    assert "1 there already" in bring.said
    assert "Edited." in moved.read_text("utf-8")


def test_posts_with_faults_are_named_by_line_and_the_others_written(bring: Import) -> None:
    bad = item(guid="https://old.example.org/?p=99", title="=?utf-8?q?x?=", link="https://old.example.org/b/")
    document = wordpress(item(), bad, item(**SECOND))
    bring(document)
    line = document[: document.index("=?utf-8")].count("\n")
    assert bring.status == 1
    assert len(bring.files) == 2
    assert f"export.xml:{line}: “=?utf-8?q?x?=”: title: has =?…? in it" in bring.said
    bring.builds()


def test_an_export_that_breaks_off_gives_what_is_whole(bring: Import) -> None:
    document = wordpress(item(), item(**SECOND))
    bring(document[: document.rindex("<wp:post_name>")])
    assert bring.status == 1
    assert len(bring.files) == 1
    assert "is no well-formed XML from here on" in bring.said


def test_two_items_of_one_id_or_address_come_once(bring: Import) -> None:
    bring(wordpress(item(), item(wp_post_name="two"), item(guid="https://old.example.org/?p=3")))
    assert bring.status == 1
    assert len(bring.files) == 1
    assert "has the same id as another post" in bring.said
    assert "is the address of content/2024/2024-05-03-dish.md, too" in bring.said


def test_control_characters_as_wordpress_writes_them_are_passed_over(bring: Import) -> None:
    bring(wordpress(item(content_encoded="One\x0b\x1f two.")))
    assert bring.status == 0
    assert bring.fields()["body"] == "<p>One two.</p>\n"


def test_a_recording_comes_along(bring: Import) -> None:
    enclosure = meta("enclosure", "https://cdn.example.org/a.mp3\n1234\naudio/mpeg\n")
    bring(wordpress(item(enclosure)))
    assert bring.fields()["attachments"] == [
        {"url": "https://cdn.example.org/a.mp3", "type": "audio/mpeg", "length": 1234}
    ]
    bring.builds()


def test_blocks_pictures_and_shortcodes(bring: Import) -> None:
    content = (
        "<!-- wp:paragraph -->\n<p>A [sic] one.</p>\n<!-- /wp:paragraph -->\n\n"
        '[caption id="a" width="300"]<img src="/dish.jpg" alt="A dish" /> At dusk[/caption]\n'
        '[gallery ids="13,77"] [contact-form-7 id="1" title="Form"] [[shown id="1"]]\n'
        '[box kind="x"]kept[/box]\n<pre>[caption a="b"]</pre>'
    )
    picture = item(
        wp_post_type="attachment",
        wp_post_id="13",
        wp_attachment_url="https://old.example.org/g.jpg",
    )
    bring(wordpress(item(content_encoded=content), picture))
    body = bring.fields()["body"]
    assert "<!--" not in body
    assert "A [sic] one." in body
    assert '<img src="https://old.example.org/dish.jpg" alt="A dish">' in body
    assert "<figcaption>At dusk</figcaption>" in body
    assert '<img src="https://old.example.org/g.jpg"' in body
    assert "contact-form" not in body
    assert '[shown id="1"]' in body
    assert "kept" in body
    assert "[box" not in body
    assert '<pre>[caption a="b"]</pre>' in body
    assert "shortcode [contact-form-7] (1)" in bring.said
    assert "shortcode [box], its text kept (1)" in bring.said
