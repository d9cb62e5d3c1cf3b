"""The document itself: its size, its frame, what no mail may hold, its pictures, and residue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from feeds.errors import Fault
from feeds.newsletter.checks.mail import Mail
from feeds.newsletter.checks.page import Node
from feeds.newsletter.digest import PREHEADER
from feeds.newsletter.story import obstacle

CLIPPED = 102_400
"""Gmail shows this many bytes of HTML, and hides the rest behind a link."""
NEARLY = 80 * 1024
STYLES = 16 * 1024
"""Gmail forgets all style blocks if they are larger than this together."""
LONG_SUBJECT = 70
WIDTH = 600
"""Pixels; the reading pane of most mail programs is no wider."""

_FORBIDDEN = frozenset(
    "script form input button select textarea iframe frame frameset object embed applet base link".split()
)
_RESIDUE = (r"\{\{", r"\{%", r"\\u\{", r"\bNone\b", r"\bundefined\b", "<mj-")
_PADDING = re.compile(r"[\u034f\u200c\u00a0\u200b\ufeff\u00ad]{30}")


def size(mail: Mail) -> Iterator[Fault]:
    """What is too long: the HTML, its styles, the subject, the preheader."""
    found = len(mail.html.encode())
    if found > NEARLY:
        yield mail.of_newsletter(
            f"its HTML has {found:,} bytes; Gmail clips at {CLIPPED:,}", fatal=found > CLIPPED
        )
    styles = sum(len(css.encode()) for _, css in mail.page.sheets)
    if styles > STYLES:
        yield mail.said(
            f"has {styles:,} bytes of styles; Gmail forgets more than {STYLES:,}", None, "<mj-style"
        )
    yield from _lines(mail)


def _lines(mail: Mail) -> Iterator[Fault]:
    subject, preheader = mail.digest.subject, mail.digest.preheader
    if not subject.strip():
        yield mail.of_newsletter("its subject is empty")
    if re.search(r"[\r\n]", subject):
        yield mail.of_newsletter("its subject has a line break in it")
    if (length := len(subject)) > LONG_SUBJECT:
        problem = f"its subject has {length} characters; mailboxes show about {LONG_SUBJECT}"
        yield mail.of_newsletter(problem, fatal=False)
    least, most = PREHEADER
    if not least <= (length := len(preheader)) <= most:
        problem = f"its preheader has {length} characters; {least} to {most} are shown"
        yield mail.of_newsletter(problem, fatal=False)
    if not _padded(mail):
        yield mail.said(
            "the preheader is not padded, so the masthead shows beside it", None, "<mj-preview", fatal=False
        )


def _padded(mail: Mail) -> bool:
    """Whether the first text of the body is the preheader, with enough behind that is not seen."""
    body = next(mail.page.all("body"), mail.page.root)
    words = "".join(str(text) for node in body.below() for text in node.inside if isinstance(text, str))
    start = words.lstrip()[: len(mail.digest.preheader) + 400]
    return start.startswith(mail.digest.preheader) and bool(_PADDING.search(start))


def frame(mail: Mail) -> Iterator[Fault]:
    """Doctype, language, direction, title, roles of layout tables, and the width."""
    root = next(mail.page.all("html"), Node("html", {}))
    if mail.page.doctype != "doctype html":
        yield mail.said("the HTML does not begin with <!doctype html>", None)
    for name in ("lang", "dir"):
        if not root.attributes.get(name):
            yield mail.said(f"<html> has no {name}, which says how to read it aloud", root, "<mjml")
    if not any(node.text for node in mail.page.all("title")) and not _title(mail):
        yield mail.said("has no title", None, "<mj-title", "<mj-head")
    for table in mail.page.all("table"):
        if table.attributes.get("role") not in ("presentation", "none", "table"):
            yield mail.said("a table for layout has no role=“presentation”", table)
    widest = max(map(_width, mail.page.nodes), default=0)
    if widest > WIDTH:
        problem = f"something is {widest} pixels wide; {WIDTH} at most fit everywhere"
        yield mail.said(problem, None, f"{widest}px", f'"{widest}"', fatal=False)


def _title(mail: Mail) -> str:
    return "".join(str(text) for node in mail.page.all("title") for text in node.inside).strip()


def _width(node: Node) -> int:
    """The pixels that an element asks for at least."""
    styled = re.search(r"(?:^|;)\s*(?:min-)?width\s*:\s*(\d+)px", node.attributes.get("style", ""))
    given = re.fullmatch(r"(\d+)(?:px)?", node.attributes.get("width", ""))
    return max(int(found[1]) if found else 0 for found in (styled, given))


def forbidden(mail: Mail) -> Iterator[Fault]:
    """What mail programs strip or distrust: scripts, forms, frames, and what is fetched from others."""
    for node in mail.page.nodes:
        if node.tag in _FORBIDDEN:
            yield mail.said(f"<{node.tag}> is nothing that a mail may have", node)
        for name in node.attributes:
            if name.startswith("on") or name in ("background", "srcset"):
                yield mail.said(f"{name} in <{node.tag}> does not work in a mail", node, f"{name}=")
        if found := re.search(r"url\(\s*[\"']?(?!data:)[^)]*", node.attributes.get("style", "")):
            yield mail.said(f"{found[0][:60]}… is fetched from elsewhere; use mj-image", node, found[0])
    for _, css in mail.page.sheets:
        for found in re.finditer(r"@import|@font-face|url\(", css):
            yield mail.said(f"{found[0]} in a style asks a third party; a mail asks nobody", None, found[0])


def pictures(mail: Mail) -> Iterator[Fault]:
    """Each picture: words for it, its size, where it is and of what kind."""
    for node in mail.page.all("img"):
        yield from _picture(mail, node)
    for image in (article.image for article in mail.digest.issue.articles):
        place = Node("img", {"src": image.src}) if image else None
        if image and (problem := obstacle(image)):
            yield mail.said(f"{image.src} {problem}", place, fatal=False)
        elif image and not image.alt:
            yield mail.said("has no words for those who do not see it; write alt", place, fatal=False)


def _picture(mail: Mail, image: Node) -> Iterator[Fault]:
    src = image.attributes.get("src", "")
    address = urlsplit(src)
    if "alt" not in image.attributes:
        yield mail.said(f"{src} has no alt", image, src)
    for name in ("width", "height"):
        value = image.attributes.get(name, "")
        # mj-image leaves the height to the picture, as “auto”.
        if not re.fullmatch(r"[1-9]\d*", value) and value != "auto":
            yield mail.said(
                f"{src} has {name}=“{value}”; write whole pixels", image, src, fatal=name == "width"
            )
    if address.scheme != "https" or not address.hostname:
        yield mail.said(f"{src[:80] or 'a picture'} is no https address", image, src[:40])
    elif (kind := PurePosixPath(address.path).suffix.lower()) in (".svg", ".webp", ".avif"):
        yield mail.said(f"{src} is {kind[1:].upper()}, which mail programs do not show", image, src)


def residue(mail: Mail) -> Iterator[Fault]:
    """What templates leave behind when they go wrong, unless an article says it itself."""
    own = "\n".join(_content(mail))
    seen = "\n".join(
        [
            mail.page.root.text,
            *(value for node in mail.page.nodes for value in node.attributes.values()),
            *(f"<{node.tag}" for node in mail.page.nodes if node.tag.startswith("mj-")),
        ]
    )
    for part, text in (("HTML", seen), ("text part", mail.text), ("subject", mail.digest.subject)):
        for pattern in _RESIDUE:
            found = re.search(pattern, text)
            if found and not re.search(pattern, own):
                where = " ".join(text[max(found.start() - 30, 0) : found.end() + 30].split())
                yield mail.said(f"“{found[0]}” is left in the {part}: “{where}”", None, found[0])


def _content(mail: Mail) -> Iterator[str]:
    issue = mail.digest.issue
    yield from (issue.title, issue.subject, issue.imprint or "", issue.web, issue.unsubscribe, issue.news)
    for article in issue.articles:
        yield from (article.title, article.summary, article.text, article.html, article.url)
        yield from (author.name for author in article.authors)
        if article.image:
            yield from (article.image.alt, article.image.credit or "", article.image.src)
