"""What was written arrives: in every part, in every script, and whatever becomes of the templates.

`FEEDS_MUTANTS=4000 pytest tests/newsletter/test_fidelity.py` breaks the templates in as many ways.
"""

from __future__ import annotations

import os
import random
import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest

from feeds.article import Person
from feeds.config import Sender
from feeds.delivery.message import message
from feeds.errors import TemplateError
from feeds.library import Issue
from feeds.newsletter import compose, guarded
from feeds.templating import packaged
from tests.newsletter.examples import PICTURE, SCRIPTS, make_issue, make_story, seen

MORE = {
    "right-to-left marks": "\u200fشركة\u200f Ltd\u200e (1)",
    "soft hyphens": "Donau\u00addampf\u00adschiff\u00adfahrt",
    "zero-width joiners": "क्\u200dष ن\u200cها 👨\u200d👩\u200d👧\u200d👦",
    "Chinese beyond the plane": "𠮷野家 𪚥",
    "isolated marks": "\u25cc\u0301 \u0301x",
    "arithmetic": "1 < 2 && 3 > 2 ?a=1&copy=2&lt;",
    "entities": "&amp;amp; &#233; &nbsp; &bogus;",
    "percent and dollars": "100% %s %(a)s $1 {0} \\0 \\n",
    "ligatures and spaces": "ﬁ\u2009ﬂ\u2003x\u2060y\u3000z",
}
EVERY = SCRIPTS | MORE


def issue_of(text: str) -> Issue:
    """An issue that says a text in every field, also what the gate would not let through."""
    image = PICTURE.model_copy(update={"alt": f"{text} 1", "credit": f"{text} 2"})
    body = re.sub(r"([\\`*_{}\[\]<>()#&$!|~^%?=])", r"\\\1", f"{text} 3")
    author = Person(name="x").model_copy(update={"name": f"{text} 5"})
    lead = make_story(0, title=f"{text} 4", image=image, authors=(author,), body=body)
    item = make_story(1, title=f"{text} 6", teaser=f"{text} 7", image=image)
    sender = Sender(name="x", email="news@example.org").model_copy(update={"name": text})
    return make_issue(lead=lead, items=(item,), title=f"{text} 8", imprint=f"{text} 9", sender=sender)


def sender_of(raw: bytes) -> str:
    """The name in From, without blanks: Python loses or adds them where it folds a long name."""
    name, _ = parseaddr(message_from_bytes(raw)["From"].replace("\r\n", ""))
    return re.sub(r"\s", "", str(make_header(decode_header(name))))


@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY.keys())
def test_every_script_arrives_in_the_message(text: str) -> None:
    digest = compose(issue_of(text))
    raw = message(digest)
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    plain, html = (part.get_content() for part in mail.iter_parts())
    page = seen(html)
    assert str(mail["Subject"]) == digest.subject == f"{text} 4"
    assert sender_of(raw) == re.sub(r"\s", "", text)
    assert [image.attributes["alt"] for image in page.all("img")] == [f"{text} 1"] * 2
    words = " ".join(plain.split())
    for number in range(2, 10):
        assert f"{text} {number}" in page.text
        if number > 3:
            assert " ".join(f"{text} {number}".split()) in words
    assert "\\u{" not in html.replace("\\u{41}", "")


@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY.keys())
def test_no_script_breaks_out_of_its_element(text: str) -> None:
    plain, full = seen(compose(issue_of("x")).html), seen(compose(issue_of(text)).html)
    assert [element.name for element in full.elements] == [element.name for element in plain.elements]


TOKENS = re.compile(r"\{[{%#].*?[}%#]\}|</?[a-z][\w-]*|/?>|[\w#.-]+|\s+|.", re.DOTALL)
RUBBISH = [
    "<mj-text>", "</mj-text>", "<mj-foo/>", "</div>", "<p>", "&", "<", "{{ x }}", "{% endif %}", "{% for %}",
    '"', "'", "<mj-include path='/etc/passwd'/>", "\u00a0", "<![CDATA[", "<!--", "-->", "{{", "%}",
    "<mj-section>", "<mj-column>", "<mj-raw>", "<mj-attributes>", "width='1e9px'", "{{ '' * 3 }}", "\\", "\0",
]  # fmt: skip


def mutant(seed: int) -> tuple[str, str]:
    """The name of one of our templates, and its source with something wrong in it."""
    chance = random.Random(seed)
    name = chance.choice(["digest.mjml", "digest.mjml", "_article.mjml", "digest.txt"])
    tokens = TOKENS.findall((packaged() / name).read_text("utf-8"))
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        at, other = chance.randrange(len(tokens)), chance.choice(tokens)
        change = chance.choice(["delete", "double", "replace", "insert", "swap"])
        if change == "swap":
            there = chance.randrange(len(tokens))
            tokens[at], tokens[there] = tokens[there], tokens[at]
        else:
            rubbish = chance.choice(RUBBISH)
            tokens[at] = {
                "delete": "", "double": tokens[at] * 2, "replace": other, "insert": tokens[at] + rubbish,
            }[change]  # fmt: skip
    return name, "".join(tokens)


def test_T_mutated_templates_give_a_digest_or_one_line_of_error(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    issue = make_issue(2)
    made = refused = 0
    for seed in range(int(os.environ.get("FEEDS_MUTANTS", "60"))):
        name, source = mutant(seed)
        for file in ("digest.mjml", "_article.mjml", "digest.txt"):
            text = source if file == name else (packaged() / file).read_text("utf-8")
            (folder / file).write_bytes(text.encode())
            os.utime(folder / file, (seed, seed))  # Jinja tells an edited file by its time
        try:
            digest = compose(issue, templates=folder)
        except TemplateError as refusal:
            refused += 1
            said = str(refusal)
            assert "\n" not in said, (seed, said)
            assert re.match(r"templates/\S*(digest\.mjml|_article\.mjml|digest\.txt):\d+: ", said), (
                seed,
                said,
            )
        else:
            made += 1
            assert digest.html.startswith("<!doctype html>"), seed
            assert "<mj-" not in digest.html, seed
    assert made > 10
    assert refused > 10


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's templates; one folder for all tests, so that one child renders them."""
    folder = tmp_path_factory.mktemp("project") / "templates"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("masthead", "problem"),
    [
        ("<mj-text>\n{{ ''.__class__.__mro__ }}</mj-text>", ":4: is not allowed: "),
        ("<mj-text>\n\n{{ titel }}</mj-text>", ":5: there is no “titel” here"),
        ("<mj-text>{{ subject|safe }}</mj-text>", ":3: |safe lets anything through"),
        ("<mj-text><a href={{ issue.web }}>a</a></mj-text>", ":3: href in <a> has no quotation marks"),
        ("{% include '../../etc/passwd' %}", ":3: “../../etc/passwd” is not found"),
        ("<mj-text>{{ env }}</mj-text>", ":3: there is no “env” here"),
        ("<mj-include path='/etc/passwd'/>", ":3: <mj-include> loses the layout"),
        ("{% include 'digest.mjml' %}", "goes round in circles"),
        ("<mj-text>" + "<b>" * 20_000, ":3: <b> is nested more than 100 levels deep"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]>", ":3: a DOCTYPE, CDATA or processing instruction"),
        ("<mj-text>{{ 'x' * 10 ** 10 }}</mj-text>", ":3: is not allowed: * makes too much here"),
    ],
)
def test_T_rows_in_a_foreign_template(foreign: Path, masthead: str, problem: str) -> None:
    own = f"{{% extends 'package/digest.mjml' %}}\n{{% block masthead %}}\n{masthead}\n{{% endblock %}}"
    (foreign / "digest.mjml").write_text(own)
    with pytest.raises(TemplateError) as raised:
        compose(make_issue(), templates=foreign)
    assert problem in str(raised.value)
    assert str(raised.value).startswith("templates/digest.mjml")
    assert "\n" not in str(raised.value)
    assert guarded._children[0].alive
