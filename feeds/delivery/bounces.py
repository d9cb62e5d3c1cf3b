"""What comes back: delivery reports and complaints, each traced to one delivery, or ignored.

Nothing counts without a token of ours (`verp`): a report that anybody could have written changes
nothing. Only then is it asked what the report says, first by RFC 3464 and RFC 5965, and for all the
servers that have forms of their own by flufl.bounce.
"""

from __future__ import annotations

import logging
import mailbox
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from typing import BinaryIO, Literal

from feeds.delivery.verp import Verp, Whose
from feeds.errors import DeliveryError, Fault, Place, one_line

Kind = Literal["hard", "soft", "complaint", "none"]

Consequence = Literal["nobody", "trouble", "complaint"]

NO_SUCH_ADDRESS = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")
"""Codes of RFC 3463 that a mailbox does not get over."""
LONGEST = 128 * 1024
"""Bytes of a message that are read: a report stands before what it reports on."""
DEEPEST = 20
"""Parts within parts, of all a message's parts together. A report has four."""
_FIELD = 500

# Where servers write whom a message was for; the report was for the return path.
_ENVELOPE = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To")
_NESTING = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.MULTILINE | re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


@dataclass(frozen=True)
class Bounce:
    """What a message says about one delivery. Without a token of ours its kind is `none`."""

    issue: int | None
    subscriber: int | None
    kind: Kind
    """`hard`: it cannot be delivered; `soft`: not now; `complaint`: the reader called it spam."""
    status: str = ""
    """Such as 5.1.1 (RFC 3463), where the report has one."""
    diagnostic: str = ""
    """What their server said, or why the message counts for nothing."""


def read_bounce(raw: bytes, *verps: Verp) -> Bounce:
    """What a message says about a delivery that any of these return paths names.

    Pure, and never raises: anybody may have written it.
    """
    raw = raw[:LONGEST]
    if len(_NESTING.findall(raw)) > DEEPEST:
        return _nothing("nested too deeply to be a report")
    try:
        report = message_from_bytes(raw, policy=policy.compat32)
        return _read(report, verps)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as refusal:
        return _nothing(f"cannot be read: {type(refusal).__name__}")


def consequence(bounce: Bounce) -> Consequence | None:
    """What a bounce means for the address; None for what says nothing about it.

    `nobody`: there is no such mailbox; `trouble`: it did not work this time, so it takes several
    issues to count; `complaint`: never again. What is only late has no consequence, and neither has
    a refusal of us by policy (5.7.x): it is not the address's fault.
    """
    if bounce.kind == "complaint":
        return "complaint"
    if bounce.kind != "hard" or bounce.status.startswith("5.7."):
        return None
    return "nobody" if bounce.status in NO_SUCH_ADDRESS else "trouble"


def from_stream(stream: BinaryIO, *verps: Verp) -> Bounce:
    """The bounce on a stream such as standard input, of which no more is read than counts."""
    return read_bounce(stream.read(LONGEST), *verps)


def from_maildir(folder: Path, *verps: Verp) -> Iterator[tuple[str, Bounce]]:
    """Each message in a Maildir's `new` and `cur`, by its key, oldest first. Nothing is moved.

    When a bounce has been dealt with, `discard` takes it away. Raises `DeliveryError` where the
    folder is no Maildir.
    """
    box = _maildir(folder)
    for key in sorted(box.keys()):
        try:
            with box.get_file(key) as stream:
                found = read_bounce(stream.read(LONGEST), *verps)
        except (OSError, KeyError):  # another program has moved it
            continue
        yield key, found


def discard(folder: Path, key: str) -> None:
    """Take a message out of a Maildir; no harm if it is gone already."""
    try:
        (folder / "new" / key).unlink()  # most are there, under no other name: it saves listing them all
    except FileNotFoundError:
        _maildir(folder).discard(key)
    except OSError as refusal:
        raise DeliveryError(Fault(Place(str(folder)), f"cannot be emptied: {refusal.strerror}")) from None


def _maildir(folder: Path) -> mailbox.Maildir:
    if not all((folder / name).is_dir() for name in ("new", "cur", "tmp")):
        raise DeliveryError(Fault(Place(str(folder)), "is no Maildir; it has no folders new, cur and tmp"))
    return mailbox.Maildir(folder, factory=None, create=False)


def _read(report: Message, verps: Sequence[Verp]) -> Bounce:
    if complaint := _complaint(report):
        whose = _complained(report, complaint, verps)
        kind = complaint.get("Feedback-Type", "").strip().lower()
        if whose and kind not in ("not-spam", "auth-failure", "dmarc"):
            return Bounce(whose.issue, whose.subscriber, "complaint", diagnostic=_clean(kind))
        return _nothing("a complaint about nothing of ours")
    whose = _bounced(_values(report, _ENVELOPE), verps)
    if not whose:
        return _nothing("not sent to a return path of ours")
    kind, status, diagnostic = _said(report)
    return Bounce(whose.issue, whose.subscriber, kind, status, _clean(diagnostic))


def _said(report: Message) -> tuple[Kind, str, str]:
    """What a delivery report says, worst first."""
    blocks = _status_blocks(report)
    if blocks:
        return min((_block(block) for block in blocks), key=lambda said: _ORDER.index(said[0]))
    if _is_automatic(report):
        return "none", "", "an automatic answer"
    return _by_flufl(report)


_ORDER: tuple[Kind, ...] = ("hard", "soft", "complaint", "none")


def _block(block: Message) -> tuple[Kind, str, str]:
    """One recipient of a report (RFC 3464 section 2.3)."""
    action = str(block.get("Action", "")).strip().lower()
    diagnostic = str(block.get("Diagnostic-Code", ""))
    status = _status(str(block.get("Status", "")), diagnostic)
    if action == "failed":
        return ("soft" if status.startswith("4") else "hard"), status, diagnostic
    return ("soft" if action == "delayed" else "none"), status, diagnostic


def _status(field: str, diagnostic: str) -> str:
    """The status; some servers say no more than 5.0.0 in the field, and the whole in the diagnostic."""
    found, other = _STATUS.search(field), _STATUS.search(diagnostic[:_FIELD])
    if found and other and found[0].endswith(".0.0") and other[1] == found[1]:
        return other[0]
    return found[0] if found else ""


def _status_blocks(report: Message) -> list[Message]:
    """The recipients in a report's own delivery-status: never those of a report that it quotes."""
    for part in _parts(report):
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            return [block for block in blocks if isinstance(block, Message) and block.get("Action")]
    return []


def _parts(report: Message, floors: int = 3) -> Iterator[Message]:
    """The parts of a message, also where a gateway has wrapped it; never those of a message it quotes."""
    payload = report.get_payload()
    for part in payload if isinstance(payload, list) else ():
        if isinstance(part, Message):
            yield part
            if floors and part.get_content_maintype() == "multipart":
                yield from _parts(part, floors - 1)


def _is_automatic(report: Message) -> bool:
    said = str(report.get("Auto-Submitted", "")).lower()
    return said.startswith("auto-replied") or "X-Autoreply" in report or "X-Autorespond" in report


def _by_flufl(report: Message) -> tuple[Kind, str, str]:
    try:
        from flufl.bounce import all_failures
    except ImportError:
        return "none", "", "of an unknown form; pip install 'feeds[send]' knows more"
    logging.getLogger("flufl.bounce").addHandler(logging.NullHandler())
    try:
        temporary, permanent = all_failures(report)
    except Exception:  # its detectors are regular expressions over anybody's text
        return "none", "", "cannot be read"
    if permanent or temporary:
        return ("hard" if permanent else "soft"), "", "recognised by flufl.bounce"
    return "none", "", "no report of a delivery"


def _complaint(report: Message) -> Message | None:
    """The feedback report of an ARF message (RFC 5965 section 2)."""
    for part in _parts(report):
        if part.get_content_type() == "message/feedback-report":
            payload = part.get_payload()
            if isinstance(payload, list) and payload and isinstance(payload[0], Message):
                return payload[0]
    return None


def _complained(report: Message, complaint: Message, verps: Sequence[Verp]) -> Whose | None:
    """Whose message a complaint is about: by the return path or Message-ID of what it quotes.

    Whoever has those has the message, and with it the address to unsubscribe: no more is given away.
    """
    quoted = [message for part in _parts(report) for message in _quoted(part)]
    paths = [*_values(complaint, ("Original-Mail-From",))]
    numbers: list[str] = []
    for message in quoted:
        paths += _values(message, ("Return-Path", *_ENVELOPE))
        numbers += _values(message, ("Message-ID",))
    named = (verp.numbered(" ".join(numbers)) for verp in verps)
    return _bounced(paths, verps) or next(filter(None, named), None)


def _bounced(paths: Sequence[str], verps: Sequence[Verp]) -> Whose | None:
    named = (verp.bounced(" ".join(paths)) for verp in verps)
    return next(filter(None, named), None)


def _quoted(part: Message) -> list[Message]:
    if part.get_content_type() == "message/rfc822":
        return list(_parts(part, 0))
    if part.get_content_type() == "text/rfc822-headers":
        headers = part.get_payload(decode=True)
        return [message_from_bytes(headers)] if isinstance(headers, bytes) else []
    return []


def _values(message: Message, names: tuple[str, ...]) -> list[str]:
    return [str(value)[:2000] for name in names for value in message.get_all(name, [])]


def _clean(text: str) -> str:
    return one_line(re.sub(r"\s+", " ", text).strip())[:_FIELD]


def _nothing(why: str) -> Bounce:
    return Bounce(None, None, "none", diagnostic=why)
