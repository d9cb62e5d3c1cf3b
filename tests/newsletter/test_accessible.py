"""The digest in a real browser: axe has nothing against it, nothing sticks out, it asks for pictures only."""

from __future__ import annotations

import pytest

from feeds.newsletter import compose
from tests.browser import ask, axe, foreign
from tests.newsletter.examples import PICTURE, make_issue, make_story

# A mail is an article (role=“article”) within the mail program's page, whose landmarks these would double.
OF_WHOLE_PAGES = {"landmark-one-main", "region"}
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente and a title that goes on for three lines"
ISSUES = {
    "four": make_issue(4),
    "one": make_issue(1),
    "tight": make_issue(30, items=tuple(make_story(n, teaser="word " * 1000) for n in range(1, 30))),
    "long titles": make_issue(3, lead=make_story(0, title=LONG), items=(make_story(1, title=LONG),)),
    "Arabic": make_issue(
        3, language="ar", lead=make_story(0, language="ar", title="لوكسمبورغ توقّع اتفاقية"), title="أخبار"
    ),
}
PAGES = {name: compose(issue).html for name, issue in ISSUES.items()}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["four", "one", "tight", "Arabic"])
def test_axe_has_nothing_against_it(name: str, dark: bool) -> None:
    found = axe(PAGES[name], dark=dark)
    assert [said for said in found if said.partition(":")[0] not in OF_WHOLE_PAGES] == []


@pytest.mark.parametrize("width", [320, 600])
@pytest.mark.parametrize("name", ["tight", "long titles", "Arabic"])
def test_nothing_sticks_out(name: str, width: int) -> None:
    assert ask(PAGES[name], "document.documentElement.scrollWidth", width=width) <= width


def test_only_pictures_are_asked_for() -> None:
    assert set(foreign(PAGES["four"])) <= {PICTURE.src}
