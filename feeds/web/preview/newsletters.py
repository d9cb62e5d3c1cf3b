"""What the page says of a newsletter: how its mail looks, what it weighs, and what is wrong with it."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

from feeds.newsletter import Digest, fit
from feeds.newsletter.desk import Desk
from feeds.web.preview.choices import Looked
from feeds.web.preview.copies import Files, Scheme, strangers
from feeds.web.preview.lines import numbered
from feeds.web.preview.places import spots
from feeds.web.preview.session import Mail, Session

CLIPPED = 102_400
"""Bytes of HTML from which on Gmail clips a mail."""
WIDTHS = (375, 600)
TABS = {"mail": "Mail", "text": "Text", "source": "Source", "headers": "Headers", "findings": "Findings"}
SCHEMES: dict[str, str] = dict(zip(get_args(Scheme), ("Light", "Dark", "Inverted"), strict=True))
PICTURES = {"on": "Images on", "off": "Images off"}


def variant(looked: Looked, desk: Desk) -> str | None:
    """The variant that is looked at, or None where the next issue has nothing to tell."""
    return looked.value("variant", list(desk.variants)) if desk.variants else None


def newsletter(session: Session, looked: Looked, files: Files) -> dict[str, object]:
    """What the template needs to show one newsletter."""
    assert session.proof
    desk = session.proof.desks[looked.name]
    key = variant(looked, desk)
    context: dict[str, object] = {
        "title": desk.settings.title or desk.library.publication.title,
        "name": looked.name,
        "number": desk.number,
        "variants": list(looked.choices("variant", {key: key for key in desk.variants}))
        if len(desk.variants) > 1
        else [],
        "problem": [],
        "digest": None,
    }
    if key is None:
        return context | {"least": desk.settings.least, "spots": list(spots(desk.faults(), session.root))}
    mail = session.mail(looked.name, key)
    tab = looked.value("tab", list(TABS))
    known = mail.findings if tab == "findings" or mail.examined else ()
    found = (*desk.faults(), *known)
    notes = {"findings": str(len(found))} if found else {}
    context |= {
        "tab": tab,
        "tabs": list(looked.choices("tab", TABS, "12345", notes)),
        "spots": list(spots(found, session.root)),
        "problem": list(spots(mail.faults, session.root)),
    }
    return context | (_mail(looked, mail.digest, mail, tab, files) if mail.digest else {})


def _mail(looked: Looked, digest: Digest, mail: Mail, tab: str, files: Files) -> dict[str, object]:
    made: dict[str, object] = {
        "digest": digest,
        "inbox": _inbox(digest),
        "size": _size(digest.size),
        "message": looked.address("message"),
    }
    match tab:
        case "mail":
            made |= _frames(looked, digest, files)
        case "source":
            made["source"] = numbered(digest.html)
        case "headers":
            made |= _message(mail.message)
    return made


def _frames(looked: Looked, digest: Digest, files: Files) -> dict[str, object]:
    foreign = strangers(digest.html, files)
    stamp = f"{hash((digest.html, tuple(sorted(files.there.items())))) & 0xFFFFFFFF:08x}"
    return {
        "frames": [{"width": width, "src": looked.address("mail", at=stamp)} for width in WIDTHS],
        "schemes": list(looked.choices("scheme", SCHEMES, "ldi")),
        "pictures": list(looked.choices("images", PICTURES, "po")),
        "strangers": foreign,
    }


def _inbox(digest: Digest) -> dict[str, str]:
    issue = digest.issue
    day = issue.date.astimezone(ZoneInfo(issue.timezone))
    return {
        "sender": issue.sender.name,
        "initial": issue.sender.name[:1].upper(),
        "subject": digest.subject,
        "preheader": digest.preheader,
        "date": f"{day.day} {day:%b}",
        "language": digest.language,
    }


def _size(size: int) -> dict[str, object]:
    """The bar: full where Gmail clips, with a mark at what we allow."""
    state = "over" if size > CLIPPED else "near" if size > fit.MOST else "well"
    return {
        "bytes": f"{size:,}",
        "most": f"{fit.MOST:,}",
        "clipped": f"{CLIPPED:,}",
        "percent": f"{min(100, size / CLIPPED * 100):.1f}",
        "mark": f"{fit.MOST / CLIPPED * 100:.1f}",
        "state": state,
        "left": f"{CLIPPED - size:,} bytes below what Gmail clips" if size <= CLIPPED else "Gmail clips it",
    }


def _message(content: bytes) -> dict[str, object]:
    parsed = message_from_bytes(content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    parts = [part for part in parsed.walk() if not part.is_multipart()]
    return {
        "headers": [(name, str(value)) for name, value in parsed.items()],
        "parts": [
            (part.get_content_type(), str(part["Content-Transfer-Encoding"]), f"{len(part.as_bytes()):,}")
            for part in parts
        ],
        "weight": f"{len(content):,}",
    }


def shown_root(root: Path) -> str:
    """The project's folder as a person knows it."""
    return root.resolve().name or str(root)
