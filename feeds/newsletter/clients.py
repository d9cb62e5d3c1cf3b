"""What mail clients lack: https://www.caniemail.com's data, held against what a mail's HTML uses.

What the MJML engine writes into every mail is left out: it is made for those who lack something.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from feeds.errors import Fault
from feeds.newsletter import mjml
from feeds.newsletter.checks.mail import Mail
from feeds.newsletter.checks.page import Node, Page, read
from feeds.newsletter.checks.styles import blocks, declarations

_DATA = Path(__file__).with_name("clients.json")
_NAMED = 5
"""How many clients a finding names."""

# Each component that the package's templates use, as plain as it can be.
_PLAIN = """<mjml><mj-head><mj-preview>p</mj-preview><mj-style>p{margin:0}</mj-style></mj-head>
<mj-body background-color="#ffffff" css-class="a"><mj-section css-class="a" border-top="1px solid #000000">
<mj-column css-class="a"><mj-text css-class="a"><h1>h</h1><h2>h</h2><h3>h</h3><p>p</p><ul><li>l</li></ul>
<ol><li>l</li></ol><blockquote>b</blockquote><strong>s</strong>
<table width="100%"><tr><td valign="top">t</td></tr></table></mj-text>
<mj-image src="https://example.org/a.png" alt="a" width="100px" height="100px"/><mj-divider/><mj-spacer/>
<mj-button href="https://example.org/">b</mj-button></mj-column></mj-section></mj-body></mjml>"""


@dataclass(frozen=True)
class Feature:
    """Something that not every client knows."""

    name: str
    find: frozenset[str]
    """What in a mail's source uses it: `property gap`, `element video` …"""
    lacks: tuple[str, ...]
    """The clients without it, the most used first."""


def lacking(mail: Mail) -> Iterator[Fault]:
    """Each feature that the mail uses and some client lacks, once, where it is used."""
    date, features = _known()
    there = used(mail.page)
    own = there.keys() - _baseline()
    for feature in features:
        for token in sorted(feature.find & own):
            node, needle = there[token]
            problem = f"{feature.name} is not known to {_listed(feature.lacks)} (caniemail.com, {date})"
            yield mail.said(problem, node, needle, fatal=False)
            break


def used(page: Page) -> dict[str, tuple[Node | None, str]]:
    """Whatever a client may lack in a mail's HTML and styles: the first element, and how it is written."""
    found: dict[str, tuple[Node | None, str]] = {}
    for node in page.nodes:
        for token, needle in (*_of_element(node), *_of_style(node.attributes.get("style", ""))):
            found.setdefault(token, (node, needle))
    for media, css in page.sheets:
        for token, needle in (*_of_media(media), *_of_sheet(re.sub(r"/\*.*?\*/", "", css, flags=re.S))):
            found.setdefault(token, (None, needle))
    return found


def _of_element(node: Node) -> Iterator[tuple[str, str]]:
    yield f"element {node.tag}", f"<{node.tag}"
    for name, value in node.attributes.items():
        yield f"attribute {name}", f"{name}="
        if name == "type":
            yield f"type {node.tag}:{value.lower()}", value
        elif name == "href" and (kind := re.match(r"#|mailto", value)):
            yield f"link {kind[0]}", value
    if node.tag == "img":
        src = urlsplit(node.attributes.get("src", ""))
        kind_of_image = src.scheme if src.scheme == "data" else src.path.rpartition(".")[2].lower()
        yield f"image {kind_of_image}", node.attributes.get("src", "")


def _of_style(style: str) -> Iterator[tuple[str, str]]:
    for one in declarations(style):
        yield f"property {one.name}", one.name
        yield f"value {one.name}:{one.value}", f"{one.name}:{one.value}"
        for function in re.findall(r"([a-z-]+)\(", one.value):
            yield f"function {function}", f"{function}("
        for unit in re.findall(r"\d([a-z]+|%)", re.sub(r"#[0-9a-f]+|url\([^)]*\)", "", one.value)):
            yield f"unit {unit}", one.value
        for keyword in re.findall(r"[a-z][a-z-]+(?!\()", one.value):
            yield f"keyword {keyword}", keyword


def _of_sheet(css: str) -> Iterator[tuple[str, str]]:
    for head, body in blocks(css):
        if head.startswith("@"):
            yield f"at {head.split()[0].partition('(')[0].lower()}", head.split()[0]
            yield from _of_media(head)
            yield from _of_sheet(body)
        else:
            yield from _of_selector(head)
            yield from _of_style(body)
    for rule in re.findall(r"@import\b", css):
        yield f"at {rule}", rule


def _of_media(query: str) -> Iterator[tuple[str, str]]:
    for feature in re.findall(r"\(\s*([\w-]+)", query):
        yield f"media {feature}", feature


_SELECTORS = {
    "adjacent-sibling": r"\+",
    "general-sibling": "~",
    "attribute": r"\[",
    "chaining": r"\.[\w-]+\.",
    "id": r"#[\w-]",
    "universal": r"(?:^|[\s>,])\*",
}


def _of_selector(selector: str) -> Iterator[tuple[str, str]]:
    for pseudo in re.findall(r"::?[\w-]+", selector):
        single = pseudo in (":before", ":after", ":first-letter", ":first-line")
        yield f"pseudo {':' * single}{pseudo}", pseudo
    for name, pattern in _SELECTORS.items():
        if re.search(pattern, selector):
            yield f"selector {name}", selector


def _listed(clients: tuple[str, ...]) -> str:
    rest = len(clients) - _NAMED
    return ", ".join(clients[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")


@lru_cache(maxsize=1)
def _baseline() -> frozenset[str]:
    html = mjml.to_html(_PLAIN, title="t", language="en", direction="ltr")
    return frozenset(used(read(html)))


@lru_cache(maxsize=1)
def _known() -> tuple[str, tuple[Feature, ...]]:
    data = json.loads(_DATA.read_text("utf-8"))
    return data["date"], tuple(
        Feature(one["name"], frozenset(one["find"]), tuple(one["lacks"])) for one in data["features"]
    )
