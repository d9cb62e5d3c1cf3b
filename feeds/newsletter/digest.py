"""A digest: one issue as a mail says it, in HTML and in plain text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from feeds import colours, templating
from feeds.errors import Fault, Place, TemplateError
from feeds.library import Issue
from feeds.newsletter import fit, guarded, mjml, plain, story
from feeds.newsletter.excerpt import excerpt
from feeds.newsletter.plural import counted
from feeds.wording import Wording, wording

PREHEADER = (35, 110)
"""How many characters a mailbox shows beside the subject: at least, and at most."""

# Fills what is left of the mailbox's line, or the masthead would leak into it: nothing to be seen,
# and no two alike in a row, which some programs would fold into one.
_PADDING = "\u034f\u200c\u00a0" * 60


_MORE = ("{count} more story on the web", "{count} more stories on the web")


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
    fitted: str = ""
    """What was done to keep it below 100,000 bytes; empty where all of it fits."""

    @property
    def size(self) -> int:
        """The HTML's size in bytes. Gmail clips what is larger than 102,400."""
        return len(self.html.encode())


def compose(issue: Issue, *, templates: Path | None = None) -> Digest:
    """The digest of an issue, in its language.

    `templates` is a project's folder of templates, whose files come before ours; they are rendered
    in a process of their own, under limits of time and memory. Pure: the same issue gives the same
    bytes. Raises `TemplateError` with the template's file and line.
    """
    foreign = guarded.foreign(templates)
    return guarded.compose(issue, foreign) if foreign else composed(issue, templates)


def composed(issue: Issue, templates: Path | None) -> Digest:
    """The same, in this process."""
    words = wording(issue.language, issue.timezone, folder=templates)
    context = _context(issue, words)
    lead = story.lead(issue, words)
    cards = [story.teaser(article, issue, words) for article in issue.items]
    rows = [replace(card, compact=True, picture=None) for card in cards]

    def laid_out(layout: fit.Layout) -> dict[str, object]:
        return context | {
            "lead": replace(lead, blocks=lead.blocks[: layout.blocks]),
            "items": cards[: layout.cards] + rows[layout.cards : layout.cards + layout.rows],
            "more": counted(words, *_MORE, layout.left) if layout.left else "",
        }

    @cache
    def html(layout: fit.Layout) -> str:
        return _html(f"{issue.template}.mjml", laid_out(layout), templates)

    def size(layout: fit.Layout) -> int:
        return len(html(layout).encode())

    layout = fit.fit(len(cards), len(lead.blocks), size)
    if layout is None:
        raise _too_large(issue, size(fit.Layout(0, 0, len(cards), 0)))
    return Digest(
        issue=issue,
        subject=str(context["subject"]),
        preheader=str(context["preheader"]),
        html=html(layout),
        text=_text(f"{issue.template}.txt", laid_out(layout), templates),
        language=issue.language,
        fitted=fit.told(layout, size(fit.Layout(len(cards))), size(layout)),
    )


def _context(issue: Issue, words: Wording) -> dict[str, object]:
    """What templates know of an issue, but for its stories."""
    return {
        "issue": issue,
        "subject": _subject(issue, words),
        "preheader": _preheader(issue, words),
        "padding": _PADDING,
        "language": issue.language,
        "direction": words.direction,
        "date": words.date(issue.date, "full"),
        "number": words.say("Issue {number}", number=str(issue.number)) if issue.number else "",
        "introduction": excerpt(issue.introduction, len(issue.introduction)),
        "headings": [_heading(name, issue, words) for name, group in issue.groups for _ in group],
        "light": colours.light(issue.accent),
        "dark": colours.dark(issue.accent),
        "say": words.say,
        "wrapped": plain.wrapped,
        "wide": story.WIDE,
        "small": story.SMALL,
    }


def _heading(name: str, issue: Issue, words: Wording) -> str:
    """What stands over an item: a language's name, a tag as the catalogue has it, or that there is more."""
    said = words.language_name(name) if issue.group == "language" else words.say(name)
    return said[:1].upper() + said[1:] if name else words.say("More news")


def _too_large(issue: Issue, size: int) -> TemplateError:
    problem = f"makes {size:,} bytes of HTML without any story; mailboxes clip what is over 102,400"
    return TemplateError(Fault(Place(f"templates/{issue.template}.mjml"), problem))


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
    values = {
        "title": issue.title,
        "lead": issue.lead.title,
        "date": words.date(issue.date),
        "number": str(issue.number or ""),
    }
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
