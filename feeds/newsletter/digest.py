"""A digest: one issue as a mail says it, in HTML and in plain text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from feeds import colours, templating
from feeds.library import Issue
from feeds.newsletter import mjml, plain, story
from feeds.wording import Wording, wording

PREHEADER = (35, 110)
"""How many characters a mailbox shows beside the subject: at least, and at most."""

# Fills what is left of the mailbox's line, or the masthead would leak into it: nothing to be seen,
# and no two alike in a row, which some programs would fold into one.
_PADDING = "\u034f\u200c\u00a0" * 60


@dataclass(frozen=True, kw_only=True)
class Digest:
    """An issue, composed: the same for every subscriber who reads its language."""

    issue: Issue
    subject: str
    preheader: str
    """What the mailbox shows beside the subject, 35 to 110 characters."""
    html: str
    text: str
    language: str

    @property
    def size(self) -> int:
        """The HTML's size in bytes. Gmail clips what is larger than 102,400."""
        return len(self.html.encode())


def compose(issue: Issue, *, templates: Path | None = None) -> Digest:
    """The digest of an issue, in its language.

    `templates` is a project's folder of templates, whose files come before ours. Pure: the same
    issue gives the same bytes. Raises `TemplateError` with the template's file and line.
    """
    words = wording(issue.language, issue.timezone, folder=templates)
    subject = _subject(issue, words)
    preheader = _preheader(issue, words)
    context = {
        "issue": issue,
        "subject": subject,
        "preheader": preheader,
        "padding": _PADDING,
        "language": issue.language,
        "direction": words.direction,
        "date": words.date(issue.date, "full"),
        "lead": story.lead(issue, words),
        "items": [story.teaser(article, issue, words) for article in issue.items],
        "light": colours.light(issue.accent),
        "dark": colours.dark(issue.accent),
        "say": words.say,
        "wrapped": plain.wrapped,
        "wide": story.WIDE,
        "small": story.SMALL,
    }
    return Digest(
        issue=issue,
        subject=subject,
        preheader=preheader,
        html=_html(f"{issue.template}.mjml", context, templates),
        text=_text(f"{issue.template}.txt", context, templates),
        language=issue.language,
    )


def _html(name: str, context: dict[str, object], templates: Path | None) -> str:
    source = templating.render(name, context, folder=templates)
    try:
        return mjml.to_html(
            source,
            title=str(context["subject"]),
            language=str(context["language"]),
            direction=str(context["direction"]),
        )
    except mjml.MjmlError as refusal:
        place = templating.place(name, context, refusal.offset, folder=templates)
        raise refusal.at(place) from None


def _text(name: str, context: dict[str, object], templates: Path | None) -> str:
    written = templating.render(name, context, folder=templates)
    lines = re.sub(r"[ \t]+$", "", written, flags=re.MULTILINE)
    return re.sub(r"\n{4,}", "\n\n\n", lines).strip() + "\n"


def _subject(issue: Issue, words: Wording) -> str:
    values = {"title": issue.title, "lead": issue.lead.title, "date": words.date(issue.date)}
    filled = re.sub(
        r"\{\{|\}\}|\{(\w+)\}",
        lambda found: values.get(found[1], found[0]) if found[1] else found[0][0],
        issue.subject,
    )
    return re.sub(r"[\t\n\r ]+", " ", filled).strip()


def _preheader(issue: Issue, words: Wording) -> str:
    least, most = PREHEADER
    said = ""
    for part in _candidates(issue, words):
        said = f"{said} · {part}" if said else part
        if len(said) >= least:
            break
    return _cut(said, most)


def _candidates(issue: Issue, words: Wording) -> Iterator[str]:
    yield re.sub(r"[\t\n\r ]+", " ", issue.lead.summary).strip()
    yield from (article.title for article in issue.items)
    yield words.date(issue.date, "full")
    yield words.say("You are receiving this email because you subscribed to {title}.", title=issue.title)


def _cut(text: str, most: int) -> str:
    """At most so many characters, cut at a word where there is one, never within a character's marks."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    space = kept.rfind(" ")
    if space >= PREHEADER[0]:
        return kept[:space].rstrip(" ,;:–-·") + "…"
    end = most - 1
    while end and (_clings(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[: end or most - 1] + "…"


def _clings(char: str) -> bool:
    """Whether a character belongs to the one before it: marks, joiners, skin tones."""
    return unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf") or "\U0001f3fb" <= char <= "\U0001f3ff"
