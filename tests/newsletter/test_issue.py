"""What an issue carries: the rules, the lead, the groups, the introduction, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.article import Article
from feeds.errors import ContentError, SettingsError
from feeds.newsletter import introduction
from feeds.newsletter.desk import Desk
from feeds.newsletter.introduction import Introduction
from feeds.newsletter.why import named
from tests.conftest import Project
from tests.newsletter.desks import NOW, approved, make_desk, make_settings, numbers, story
from tests.newsletter.examples import last_mentions, seen, text_links


@dataclass(frozen=True, kw_only=True)
class Leading(Article):
    """An article whose front matter says `lead:`."""

    lead: tuple[str, ...] = ()


def leading(number: int, *newsletters: str) -> Article:
    return Leading(**{**vars(story(number)), "lead": newsletters})


def only(desk: Desk) -> list[int]:
    """The one variant's articles, by their numbers."""
    (issue,) = desk.variants.values()
    return numbers(issue.articles)


def test_fewer_than_the_least_make_no_issue() -> None:
    assert make_desk([story(1)], least=2).variants == {}
    assert only(make_desk([story(1), story(2)], least=2)) == [1, 2]


def test_at_most_so_many_with_the_lead_among_them() -> None:
    assert only(make_desk([story(n) for n in range(9)], items=3)) == [0, 1, 2]


@pytest.mark.parametrize("fields", [{"lead": "5.md"}, {}])
def test_the_editors_lead_is_in_though_it_is_beyond_the_limit(fields: dict[str, Any]) -> None:
    articles = [story(n) for n in range(5)] + [leading(5) if fields else leading(5, "weekly")]
    assert only(make_desk(articles, items=3, **fields)) == [5, 0, 1]


def test_the_newest_that_wants_to_lead_every_newsletter_leads() -> None:
    assert only(make_desk([story(0), leading(1, "*"), leading(2, "*"), leading(3, "other")])) == [1, 0, 2, 3]
    assert only(make_desk([story(0), leading(1, "*"), story(2)], lead="2.md"))[0] == 2


def test_a_lead_that_was_carried_does_not_lead_again() -> None:
    desk = approved(make_desk([story(1), story(2)], lead="2.md", items=1))
    assert only(desk) == [1]


def test_a_lead_that_is_no_article_is_a_fault() -> None:
    (fault,) = make_desk([story(1)], lead="no.md").faults()
    assert str(fault) == "feeds.toml: newsletter.weekly.lead: there is no article “no.md” in content/"
    assert make_desk([story(1)], lead="1.md").faults() == ()


def test_groups_by_topic_stand_in_the_topics_order_and_the_rest_last() -> None:
    articles = [story(0), story(1), story(2, "trade"), story(3, "Space"), story(4, "space", "trade")]
    desk = make_desk(articles, group="tag", topics=["space", "trade"])
    issue = desk.variants["en"]
    assert [(name, numbers(group)) for name, group in issue.groups] == [
        ("space", [3, 4]),
        ("trade", [2]),
        ("", [1]),
    ]
    page = desk.digests["en"]
    assert re.findall(r"<h2 class=\"ink\"[^>]*>([^<]*)", page.html) == ["Space", "Trade", "More news"]
    assert re.findall(r"^(Space|Trade|More news)$", page.text, re.MULTILINE) == [
        "Space",
        "Trade",
        "More news",
    ]
    assert last_mentions(text_links(page.text)) == last_mentions(seen(page.html).links)


def test_groups_by_first_tag_are_one_in_any_spelling() -> None:
    articles = [story(0, "x"), story(1, "Moon"), story(2, "mars"), story(3, "moon")]
    groups = make_desk(articles, group="tag").variants["en"].groups
    assert [(name, numbers(group)) for name, group in groups] == [("Moon", [1, 3]), ("mars", [2])]


def test_groups_by_language_begin_with_the_issues_own() -> None:
    articles = [story(0), story(1, language="fr"), story(2, language="de"), story(3, language="en-GB")]
    desk = make_desk(articles, group="language")
    assert [name for name, _ in desk.variants["en"].groups] == ["en", "fr", "de"]
    assert re.findall(r"<h2 class=\"ink\"[^>]*>([^<]*)", desk.digests["en"].html) == [
        "English",
        "French",
        "German",
    ]


def test_the_number_is_in_the_subject_and_in_the_masthead() -> None:
    digest = make_desk([story(1)], subject="{title} {number}").digests["en"]
    assert digest.subject == "Example news 1"
    assert "· Issue 1" in seen(digest.html).text
    assert "· Issue 1\n" in digest.text


def test_what_is_older_than_the_newsletter_is_no_news() -> None:
    desk = make_desk([story(0), story(9)], since="2026-11-19")
    assert only(desk) == [0]
    assert desk.verdict(story(9)).reason == "not selected: it is from before 2026-11-19"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"least": 9, "items": 8}, "least = 9 is more than items = 8; no issue could be"),
        ({"languages": ["en", "en-GB"]}, "languages: “en” takes “en-GB” too; name one of them"),
        ({"languages": ["en", "en"]}, "languages: “en” takes “en” too"),
    ],
)
def test_settings_that_cannot_be_are_refused(fields: dict[str, object], problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        make_settings(**fields)


def test_settings_are_named_with_their_line(project: Project) -> None:
    text = (project.root / "feeds.toml").read_text("utf-8")
    project.write("feeds.toml", f"{text}least = 3\nitems = 2\n")
    with pytest.raises(SettingsError, match=r"feeds.toml:7: newsletter.weekly: least = 3 is more than items"):
        project.load()


def test_why_each_article_is_in_or_out() -> None:
    tomorrow = NOW + timedelta(days=1)
    articles = [
        story(0, "a"),
        story(1, "a"),
        story(2, "a"),
        story(3, "a", draft=True),
        story(4, "a", published=tomorrow),
        story(5, "a", expires=NOW),
        story(6, "b"),
        story(7, "a", language="fr"),
    ]
    desk = make_desk(articles, items=2, select={"tag": "a", "language": "en"})
    told = {int(v.article.title[6:]): v.reason for v in desk.verdicts()}
    assert told == {
        0: "lead",
        1: "item",
        2: "beyond the limit of 2; it waits for a later issue",
        3: "is a draft",
        4: "not out before 2026-11-23 12:00",
        5: "expired on 2026-11-22",
        6: "not selected: its tag is not a",
        7: "not selected: its language is not en",
    }
    later = approved(desk)
    assert later.verdict(articles[0]).reason == "carried by issue 1"
    assert later.verdict(articles[2]).included


def test_why_nothing_goes_out() -> None:
    desk = make_desk([story(1), story(2, language="fr")], least=2, languages=["en", "de"])
    assert [str(verdict) for verdict in desk.verdicts()] == [
        "content/1.md: waits: an issue needs 2 new articles",
        "content/2.md: not selected: its language is not en or de",
    ]


def test_an_article_is_found_by_file_id_or_address() -> None:
    library = make_desk([story(1), story(2)]).library
    for wanted in ("content/2.md", "2.md", story(2).id, story(2).url):
        assert named(library, wanted).title == "Story 2"
    with pytest.raises(ContentError, match=r"^3.md: is no article's file, id or address here$"):
        named(library, "3.md")


def test_an_introduction_comes_first_and_its_links_lead_to_articles() -> None:
    said = Introduction("content/_weekly.md", "## Hello\n\nRead [this](1.md), *please*.\n\n- one\n- two")
    desk = replace(make_desk([story(0), story(1)]), introductions={"": said})
    digest = desk.digests["en"]
    page = seen(digest.html)
    assert page.links[0] == text_links(digest.text)[0] == story(1).url
    assert page.text.index("Hello") < page.text.index("Story 0", page.text.index("Hello"))
    assert digest.text.index("Hello") < digest.text.index("Story 0")
    assert "<em>please</em>" in digest.html
    assert [element.name for element in page.elements if re.fullmatch("h[1-6]", element.name)][:2] == [
        "h1",
        "h2",
    ]
    assert last_mentions(text_links(digest.text)) == last_mentions(page.links)


def test_introductions_are_no_articles_and_speak_each_language(project: Project) -> None:
    project.article()
    for name in ("_weekly.md", "_weekly.fr.md", "_weekly-old.md", "_other.md"):
        project.write(f"content/{name}", f"Text of {name}\n")
    assert [article.file for article in project.collect().library.articles] == ["content/a.md"]
    assert project.faults() == []
    found = introduction.read(project.root, "content", "weekly")
    assert {language: said.markdown for language, said in found.items()} == {
        "": "Text of _weekly.md",
        "fr": "Text of _weekly.fr.md",
    }


def test_introductions_go_to_the_readers_of_their_language() -> None:
    said = {"": Introduction("_weekly.md", "Hello"), "fr": Introduction("_weekly.fr.md", "Bonjour")}
    articles = [story(0), story(1, language="fr"), story(2, language="de")]
    desk = replace(make_desk(articles, languages=["en", "fr", "de"]), introductions=said)
    found = {key: issue.introduction for key, issue in desk.variants.items()}
    assert found == {"en": "<p>Hello</p>", "fr": "<p>Bonjour</p>", "de": ""}


def test_an_introduction_for_nobody_and_one_sent_before_are_said() -> None:
    said = {
        "": Introduction("content/_weekly.md", "Hello"),
        "it": Introduction("content/_weekly.it.md", "Ciao"),
    }
    desk = replace(make_desk([story(0), story(1)], items=1), introductions=said)
    assert [str(fault) for fault in approved(desk).faults()] == [
        "content/_weekly.it.md: warning: has no readers: the newsletter weekly does not speak it",
        "newsletter weekly: warning: its introduction is that of issue 1; write another, or delete it",
    ]


def test_groups_of_an_issue_that_is_set_tightly() -> None:
    topics = ["space", "trade"]
    articles = [story(n, topics[n % 2], teaser="Words, words. " * 60) for n in range(120)]
    digest = make_desk(articles, items=120, group="tag", topics=topics).digests["en"]
    assert digest.fitted
    assert digest.size < 100_000
    assert re.findall(r"<h2 class=\"ink\"[^>]*>([^<]*)", digest.html) == ["Space", "Trade"]
    assert digest.html.count("<table") == digest.html.count("</table>")
    assert last_mentions(text_links(digest.text)) == last_mentions(seen(digest.html).links)


def test_introductions_with_faults_are_all_named(project: Project) -> None:
    project.write("content/_weekly.md", "---\ntitle: no\n---\n")
    project.write("content/_weekly.fr.md", b"\xff")
    project.write("content/_weekly.de.md", "x" * 5001)
    with pytest.raises(ContentError) as refusal:
        introduction.read(project.root, "content", "weekly")
    assert [str(fault) for fault in refusal.value.faults] == [
        "content/_weekly.de.md: has 5,001 characters; an introduction may have 5,000",
        "content/_weekly.fr.md: cannot be read; save it as UTF-8",
        "content/_weekly.md: has a head; an introduction is no article, so begin with its first word",
    ]


def test_an_introduction_that_is_nested_too_deeply_is_named() -> None:
    deep = Introduction("content/_weekly.md", "<div>" * 200)
    with pytest.raises(ContentError, match=r"content/_weekly.md: is nested more than 100 levels deep"):
        _ = replace(make_desk([story(0)]), introductions={"": deep}).variants


def test_a_link_is_no_introduction(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "_weekly.md").symlink_to("/etc/hostname")
    assert introduction.read(tmp_path, "content", "weekly") == {}
