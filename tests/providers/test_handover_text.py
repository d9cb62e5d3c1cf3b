"""Text stays text in the hands of a service: proved with an engine that reads braces as theirs do."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined

from feeds.delivery.handover import buttondown, listmonk, mailchimp
from feeds.delivery.handover.base import Tags
from feeds.delivery.handover.text import retagged, retagged_html
from feeds.delivery.splice import NAME, PREFERENCES, Marks, cut

MARKS = Marks("https://example.org/unsubscribe", "https://example.org/web/1", PREFERENCES, NAME)
VALUES = {
    "unsubscribe": "https://lists.example.net/u/1",
    "web": "https://lists.example.net/w/1",
    "preferences": "https://lists.example.net/p/1",
    "name": "Ada",
}
BRACED = {"listmonk": listmonk.TAGS, "buttondown": buttondown.TAGS}
# Braces open variables, blocks and comments, as in Go and Django; strict, so that no name passes unknown.
ENGINE = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
JOINER = "\u2060"

SPECIAL = """{ {{ {% {# }} %} #} * | *| |* *|UNSUB|* " ' \\ - x""".split()
CODE = ["{{ 1/0 }}", "{% raw %}", "{{ UnsubscribeURL }}", "https://e.org/a@TrackLink", " "]
pieces = st.lists(st.sampled_from([*SPECIAL, *CODE, *MARKS.named().values()]), max_size=30).map("".join)


def filled(text: str, *, html: bool = False) -> str:
    """The text with each mark that stands whole replaced; the same cut that the messages themselves have."""
    found, slots = cut(text, MARKS, html=html)
    return found[0] + "".join(VALUES[slot] + piece for slot, piece in zip(slots, found[1:], strict=True))


def braces_rendered(text: str, tags: Tags) -> str:
    """What an engine makes of it, which knows the service's own tags and no other."""
    for name, tag in tags.named().items():
        text = text.replace(tag, f"{{{{ {name} }}}}")
    return ENGINE.from_string(text).render(VALUES)


def stars_rendered(text: str, tags: Tags) -> str:
    """What merge tags become: ours their values, and any other would be an error."""
    named = {tag: VALUES[name] for name, tag in tags.named().items()}
    return re.sub(r"\*\|(.*?)\|\*", lambda found: named[found[0]], text, flags=re.DOTALL)


@pytest.mark.parametrize("service", BRACED)
@given(text=pieces)
@example("{{{ {%{# }}")
@example("{" + MARKS.unsubscribe + "}")
def test_T17_braces_in_plain_text_stay_text(service: str, text: str) -> None:
    made = retagged(text, MARKS, BRACED[service])
    assert braces_rendered(made, BRACED[service]) == filled(text)
    if service == "listmonk":
        assert "@TrackLink" not in made


@pytest.mark.parametrize("service", BRACED)
@given(text=pieces)
@example("{{{ {%{# }}")
def test_T17_braces_in_html_stay_text(service: str, text: str) -> None:
    page = f"<p>{html.escape(text)}</p>"
    made = retagged_html(page, MARKS, BRACED[service])
    own = "".join(BRACED[service].named().values())
    assert all(brace in own for brace in re.findall(r"\{+", made))  # no brace but those of our tags
    assert html.unescape(braces_rendered(made, BRACED[service])) == html.unescape(filled(page, html=True))
    if service == "listmonk":
        assert "@TrackLink" not in made


@given(text=pieces)
@example("*" + MARKS.unsubscribe + "|x|*")
@example(MARKS.name + "|x|*")
def test_T17_merge_tags_in_plain_text_stay_text(text: str) -> None:
    made = retagged(text, MARKS, mailchimp.TAGS)
    assert made.count("*|") == len(cut(text, MARKS)[1])  # none but ours, not even one that begins in ours
    assert stars_rendered(made, mailchimp.TAGS).replace(JOINER, "") == filled(text)


@given(text=pieces)
@example("*" + MARKS.unsubscribe + "|x|*")
@example(MARKS.name + "|x|*")
def test_T17_merge_tags_in_html_stay_text(text: str) -> None:
    page = f"<p>{html.escape(text)}</p>"
    made = retagged_html(page, MARKS, mailchimp.TAGS)
    assert made.count("*|") == len(cut(page, MARKS, html=True)[1])
    assert html.unescape(stars_rendered(made, mailchimp.TAGS)) == html.unescape(filled(page, html=True))


def test_a_style_sheet_stays_one() -> None:
    style = "<style>@media (max-width:480px){#a{color:red}.b{margin:0}}\n*|*{color:red}</style>"
    page = f"<head>{style}</head><p>{{</p>"
    made = retagged_html(page, MARKS, buttondown.TAGS)
    assert made == f"<head>{style.replace('{#a', '{ #a')}</head><p>&#123;</p>"
    assert "*|" not in retagged_html(page, MARKS, mailchimp.TAGS)


@pytest.mark.parametrize("tags", [*BRACED.values(), mailchimp.TAGS])
def test_each_mark_becomes_the_services_tag(tags: Tags) -> None:
    page = "".join(f'<a href="{mark}">x</a>' for mark in MARKS.named().values())
    made = retagged_html(page, MARKS, tags)
    assert made == "".join(f'<a href="{tag}">x</a>' for tag in tags.named().values())
