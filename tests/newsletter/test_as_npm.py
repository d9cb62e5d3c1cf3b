"""Our engine renders as npm's mjml does: the same elements, texts, links, pictures and widths.

Both get the same MJML, through our shield. What Outlook alone sees, in conditional comments, is
compared like the rest. Where the two differ, `DIFFERENCES` says so.
"""

from __future__ import annotations

import json
import re
import subprocess
from difflib import unified_diff
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from feeds.newsletter import compose, mjml, shield
from tests.newsletter.examples import make_issue

HERE = Path(__file__).parent.parent / "mjml"


COLUMN = "<mj-section{}><mj-column{}>{}</mj-column></mj-section>"
INSIDE = {
    "text": '<mj-text padding="0" font-size="16px" color="#123456">Hello <b>you</b><br/>there</mj-text>',
    "button": '<mj-button href="https://example.org/?a=1&amp;b=2" border-radius="3px">Go</mj-button>',
    "image": '<mj-image src="https://example.org/a.png" alt="A dish" width="300px"/>',
    "linked image": '<mj-image src="https://example.org/a.png" alt="" href="https://example.org/"/>',
    "divider": '<mj-divider border-color="#ff0000" border-width="2px" padding="8px 0"/>',
    "spacer": '<mj-spacer height="20px"/>',
    "table": '<mj-table width="100%"><tr><td align="right">x</td></tr></mj-table>',
    "raw": "<mj-raw><p>raw</p></mj-raw><mj-text>text</mj-text>",
}
BODIES = {
    "two columns": '<mj-section><mj-column width="33%"><mj-text>a</mj-text></mj-column>'
    '<mj-column width="200px"><mj-text>b</mj-text></mj-column></mj-section>',
    "group": "<mj-section><mj-group><mj-column><mj-text>a</mj-text></mj-column>"
    "<mj-column><mj-text>b</mj-text></mj-column></mj-group></mj-section>",
    "wrapper": '<mj-wrapper padding="10px" background-color="#eeeeee">'
    + COLUMN.format("", "", "<mj-text>a</mj-text>")
    + "</mj-wrapper>",
    "hero": '<mj-hero mode="fixed-height" height="200px" background-color="#123456">'
    "<mj-text>a</mj-text></mj-hero>",
    "section": COLUMN.format(
        ' border-top="6px solid #ff0000" padding="28px 40px" css-class="paper" background-color="#ffffff"',
        ' padding="4px" vertical-align="middle"',
        "<mj-text>a</mj-text>",
    ),
    "full width": COLUMN.format(
        ' full-width="full-width" background-color="#eeeeee"', "", "<mj-text>a</mj-text>"
    ),
    "from the right": COLUMN.format(
        ' direction="rtl"', ' direction="rtl"', '<mj-text align="right">أ</mj-text>'
    ),
}
HEADS = {
    "attributes": "<mj-attributes><mj-all font-family='Arial'/><mj-text color='#123456'/>"
    "<mj-class name='big' font-size='30px'/></mj-attributes>",
    "style": "<mj-style>.x > a { color: #ff0000 }</mj-style><mj-breakpoint width='400px'/>",
    "preview": "<mj-preview>Preview &amp; more</mj-preview>",
}


def document(body: str, head: str = "") -> str:
    return (
        f'<mjml lang="en" dir="ltr"><mj-head><mj-title>Title</mj-title>{head}</mj-head>'
        f'<mj-body width="600px" background-color="#f0f0f0">{body}</mj-body></mjml>'
    )


def shielded_digest(count: int) -> str:
    """What the engine gets for an issue of so many stories."""
    kept: list[str] = []

    def keep(source: str, root: dict[str, str]) -> str:
        kept.append(shield.shielded(source, root))
        return kept[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mjml, "shielded", keep)
        compose(make_issue(count))
    return kept[0]


@lru_cache(maxsize=1)
def cases() -> dict[str, str]:
    found = {name: document(COLUMN.format("", "", inside)) for name, inside in INSIDE.items()}
    found |= {name: document(body) for name, body in BODIES.items()}
    marked = COLUMN.format("", "", '<mj-text mj-class="big" css-class="x">a</mj-text>')
    found |= {name: document(marked, head) for name, head in HEADS.items()}
    safe = {name: shield.shielded(source, {}) for name, source in found.items()}
    return safe | {f"digest of {count}": shielded_digest(count) for count in (1, 3)}


@lru_cache(maxsize=1)
def npms() -> dict[str, str]:
    asked = "".join(json.dumps({"source": source}) + "\n" for source in cases().values())
    done = subprocess.run(
        ["node", str(HERE / "render.mjs")], input=asked, capture_output=True, text=True, check=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["errors"] for answer in answers] == [[]] * len(answers)
    return {name: answer["html"] for name, answer in zip(cases(), answers, strict=True)}


class Read(HTMLParser):
    """The elements and texts of some HTML, in lines that do not tell how it was spelt."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = (f'{name}="{_spelt(name, value or "")}"' for name, value in sorted(attrs) if value)
        self.lines.append(" ".join([f"<{tag}", *said]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"img", "br", "meta"}:
            self.lines.append(f"</{tag}")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.lines.append(re.sub(r"\s*([{}:;,>])\s*|\s+", lambda m: m[1] or " ", data.strip()))


def _spelt(name: str, value: str) -> str:
    if name == "style":
        return ";".join(
            sorted(re.sub(r"\s*:\s*", ":", one.strip()) for one in value.split(";") if one.strip())
        )
    return " ".join(sorted(value.split())) if name == "class" else value


def _lines(html: str) -> list[str]:
    reader = Read()
    reader.feed(re.sub(r"<!--\[if [^\]]*\]>(?:<!-->)?|<!--<!\[endif\]-->|<!\[endif\]-->", "", html))
    reader.close()
    return reader.lines


def _button(said: str) -> tuple[str, ...]:
    """Our engine names the default of mj-button in an attribute that HTML does not know; it does nothing."""
    return f"-{said}", f'+{said} vertical-align="middle"'


_OURS = '<td align="left" class="button" style="font-size:0px;padding:8px 0 0;word-break:break-word"'
DIFFERENCES = {
    "button": _button('<td align="center" style="font-size:0px;padding:10px 25px;word-break:break-word"'),
    "digest of 1": _button(_OURS),
    "digest of 3": _button(_OURS),
}


@pytest.mark.parametrize("name", [*INSIDE, *BODIES, *HEADS, "digest of 1", "digest of 3"])
def test_rendered_as_npm_does(name: str) -> None:
    ours = mjml._made(cases()[name], cases()[name])
    theirs = npms()[name]
    lines = unified_diff(_lines(theirs), _lines(ours), lineterm="", n=0)
    assert [line for line in lines if not line.startswith(("---", "+++", "@@"))] == list(
        DIFFERENCES.get(name, ())
    )
