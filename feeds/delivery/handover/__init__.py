"""Handing over: a finished issue goes to a campaign service as a draft, once, and from there to its lists.

The service has the subscribers, sends and unsubscribes; of ours nothing stays in it that would lead
elsewhere. What it has is noted beside the issue, and what it says of that counts: a draft is brought up
to date, what is sent stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from feeds.delivery.handover import notes
from feeds.delivery.handover.base import Campaign, Service
from feeds.delivery.handover.notes import Note, given_to
from feeds.delivery.handover.services import SERVICES, service
from feeds.delivery.handover.text import retagged, retagged_html
from feeds.delivery.splice import NAME, PREFERENCES, Marks, cut
from feeds.errors import Fault, Place
from feeds.newsletter import shelf
from feeds.newsletter.frozen import Frozen, IssueError

__all__ = [
    "SERVICES",
    "Campaign",
    "Handed",
    "Service",
    "campaign",
    "chosen",
    "given_to",
    "hand_over",
    "insist_on_approval",
    "service",
    "variant",
]


@dataclass(frozen=True)
class Handed:
    """What became of a handing over."""

    number: str
    """The campaign's number with the service."""
    created: bool
    """Whether it is new there; else the same draft was brought up to date."""
    sent: bool


def chosen(root: Path, newsletter: str, number: int | None = None) -> Frozen:
    """The issue of a number, or the newest on the shelf. Raises `IssueError`."""
    issues = shelf.read(root, newsletter)
    found = next((issue for issue in reversed(issues) if number in (None, issue.number)), None)
    if found is None:
        what = f"has no issue {number}" if number else "has no issue yet"
        raise _refused(f"newsletter {newsletter}", f"{what}; run `feeds issue draft {newsletter}`")
    if shelf.handed_over(root, found):
        raise _refused(found.name, "goes out, or went out, by `feeds send`; nobody shall get it twice")
    return found


def variant(issue: Frozen, key: str | None = None) -> str:
    """The variant of a key, or the only one there is. Raises `IssueError`."""
    known = ", ".join(issue.variants)
    if key is None and len(issue.variants) > 1:
        raise _refused(issue.name, f"has {len(issue.variants)} variants; say --variant with one of {known}")
    key = key or next(iter(issue.variants))
    if key not in issue.variants:
        raise _refused(issue.name, f"has no variant “{key}”; known are {known}")
    return key


def campaign(issue: Frozen, key: str, to: Service) -> Campaign:
    """One variant as a service takes it. Raises `IssueError` where nobody could unsubscribe."""
    made, tags = issue.variants[key], to.tags
    marks = Marks(issue.unsubscribe, made.web, PREFERENCES, NAME)
    if "unsubscribe" not in cut(made.html, marks, html=True)[1]:
        raise _refused(
            issue.name, f"{issue.unsubscribe} stands nowhere in the HTML, so that nobody could leave"
        )
    return Campaign(
        name=f"{issue.name}, {key}",
        sender_name=tags.plain(issue.sender.name),
        sender_email=issue.sender.email,
        reply_to=issue.reply_to or "",
        subject=tags.plain(made.subject),
        preheader=tags.plain(made.preheader),
        html=retagged_html(made.html, marks, tags),
        text=retagged(made.text, marks, tags),
    )


def insist_on_approval(issue: Frozen, *, always: bool) -> None:
    """Nothing goes out that nobody has approved. Raises `IssueError`."""
    if always and not issue.approved:
        raise _refused(
            issue.name, f"is not approved; look, then run `feeds issue approve {issue.newsletter}`"
        )


def hand_over(root: Path, issue: Frozen, key: str, to: Service, *, send: bool = False) -> Handed:
    """Give one variant of an issue to a service, as a draft, or to be sent at once.

    Done again it changes the same draft. What the service has sent is never given again. Raises
    `IssueError` and `DeliveryError`.
    """
    insist_on_approval(issue, always=send)
    made = campaign(issue, key, to)
    name = f"{to.name.lower()} {key}"
    noted = _noted(root, issue, name, to)
    number = noted.number if noted else to.create(made)
    notes.keep(root, issue, name, Note(number, "draft", issue.sha256))
    if noted or to.fills_later:
        to.update(number, made)
    if send:
        notes.keep(root, issue, name, Note(number, "sending", issue.sha256))
        to.send(number)
        notes.keep(root, issue, name, Note(number, "sent", issue.sha256))
    return Handed(number, created=noted is None, sent=send)


def _noted(root: Path, issue: Frozen, name: str, to: Service) -> Note | None:
    """What the service still has as a draft. Raises `IssueError` where it is out."""
    noted = notes.read(root, issue).get(name)
    if noted is None:
        return None
    state = to.state(noted.number)
    if state == "sent":
        notes.keep(root, issue, name, Note(noted.number, "sent", noted.sha256))
    if state == "sent" or (state == "gone" and noted.state != "draft"):
        told = f"is out by {to.name} already, as {noted.number} there; nobody shall get it twice"
        raise _refused(issue.name, told)
    return noted if state == "draft" else None


def _refused(where: str, problem: str) -> IssueError:
    return IssueError(Fault(Place(where), problem))
