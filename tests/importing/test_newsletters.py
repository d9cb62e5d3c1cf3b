"""Substack's and Buttondown's archives."""

from __future__ import annotations

import json

import pytest

from tests.importing.conftest import Import
from tests.importing.samples import BUTTONDOWN, substack, zipped

SITE = ("--site", "https://name.substack.com")


def test_substack_comes_with_addresses_and_ids(bring: Import) -> None:
    bring(zipped(substack()), "export.zip", *SITE)
    assert bring.status == 0
    assert bring.files == [
        "2024/2024-05-03-dish.md",
        "2024/2024-05-04-paid.md",
        "2024/2024-05-05-talk.md",
        "undated/idea.md",
    ]
    assert bring.fields() == {
        "title": "The dish",
        "published": "2024-05-03T10:00:00+00:00",
        "summary": "A subtitle, with a comma",
        "url": "https://name.substack.com/p/dish",
        "id": "https://name.substack.com/p/dish",
        "body": "<p>Text.</p>\n<p>End.</p>\n",
    }
    assert (
        bring.fields("2024/2024-05-05-talk.md")["attachments"][0]["url"] == "https://cdn.example.org/talk.mp3"
    )
    assert "pages (1)" in bring.said
    assert "posts for paying readers only, now drafts (1)" in bring.said
    bring.builds()
    assert "Secret" not in bring.feed()
    assert "Perhaps" not in bring.feed()


def test_substack_without_its_address_says_so_and_comes_once(bring: Import) -> None:
    bring(zipped(substack()), "export.zip")
    assert "say --site https://NAME.substack.com" in bring.said
    bring.builds()
    bring(zipped(substack()), "export.zip")
    assert len(bring.files) == 4
    assert "4 there already" in bring.said


def test_substack_unpacked_or_in_a_folder_of_the_zip(bring: Import) -> None:
    bring(zipped({f"name-export/{name}": text for name, text in substack().items()}), "export.zip", *SITE)
    assert len(bring.files) == 4
    for name, text in substack().items():
        bring.project.write(f"unpacked/{name}", text)
    bring.run(str(bring.project.root / "unpacked"), *SITE)
    assert "4 there already" in bring.said


def test_a_fault_in_a_row_names_its_line(bring: Import) -> None:
    rows = substack()["posts.csv"].replace("The dish", "=?x?q?y?=")
    bring(zipped(substack(**{"posts.csv": rows})), "export.zip", *SITE)
    assert bring.status == 1
    assert "export.zip/posts.csv:2: “=?x?q?y?=”: title: " in bring.said


def test_buttondown_keeps_its_markdown(bring: Import) -> None:
    bring(zipped({"emails/dish.md": BUTTONDOWN}), "b.zip", "--site", "https://buttondown.com/name")
    assert bring.status == 0
    assert bring.fields() == {
        "title": "The dish",
        "published": "2024-05-03T10:00:00+00:00",
        "summary": "Two sentences.",
        "url": "https://buttondown.com/name/archive/dish/",
        "image": {"src": "https://cdn.example.org/lead.png"},
        "id": "https://buttondown.com/name/archive/dish/",
        "body": "Hello , **dish**.\n\n\n",
    }
    assert "marks for Buttondown to fill in" in bring.said
    assert "pictures that lie in the export (1)" in bring.said
    bring.builds()


def test_buttondown_as_rows_or_as_json(bring: Import) -> None:
    row = {
        "subject": "A",
        "body": "*Text*",
        "status": "sent",
        "slug": "a",
        "publish_date": "2024-05-03T10:00:00Z",
    }
    row |= {"absolute_url": "https://buttondown.com/name/archive/a/", "email_type": "public"}
    bring(zipped({"emails.csv": ",".join(row) + "\n" + ",".join(row.values()) + "\n"}), "b.zip")
    assert bring.fields()["id"] == "https://buttondown.com/name/archive/a/"
    bring(json.dumps({"results": [row], "count": 1}), "emails.json")
    assert "1 there already" in bring.said


@pytest.mark.parametrize("kind", ["private", "premium"])
def test_emails_for_some_readers_stay_drafts(bring: Import, kind: str) -> None:
    text = BUTTONDOWN.replace("email_type: public", f"email_type: {kind}")
    bring(zipped({"emails/dish.md": text}), "b.zip")
    assert bring.fields()["draft"] is True


def test_a_broken_email_is_named_and_the_others_come(bring: Import) -> None:
    bring(zipped({"emails/a.md": "---\nsubject: [\n---\n", "emails/dish.md": BUTTONDOWN}), "b.zip")
    assert bring.status == 1
    assert len(bring.files) == 1
    assert "b.zip/emails/a.md:3: is no YAML" in bring.said
