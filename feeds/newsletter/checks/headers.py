"""The message's own bytes: the headers that bulk mail must have, as they will stand on the wire."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from feeds.errors import Fault
from feeds.newsletter.checks.mail import Mail

LONGEST = 998
"""Bytes in a line (RFC 5322 section 2.1.1)."""

_ONCE = "From To Subject Date Message-ID MIME-Version Content-Type".split()
_EXACT = {
    "List-Unsubscribe-Post": ("List-Unsubscribe=One-Click", "RFC 8058 section 3.1"),
    "Auto-Submitted": ("auto-generated", "RFC 3834 section 5"),
    "Precedence": ("bulk", "what answering machines look for"),
}
_SHAPES = {
    "List-Id": (r"(?:[^<>]* )?<[\w.-]+\.[\w.-]+>", "RFC 2919 section 2"),
    "List-Unsubscribe": (r"<https://[!-;=?-~]+>(?:, <mailto:[!-;=?-~]+>)?", "RFC 8058 section 3.1"),
    "Message-ID": (r"<[!-;=?A-~]+@[!-;=?A-~]+>", "RFC 5322 section 3.6.4"),
}


def parts(message: bytes) -> tuple[str, str]:
    """The HTML and the text of a message, decoded; empty where there is none."""
    mail = _parsed(message)
    found = {part.get_content_type(): part for part in mail.walk()}
    html, text = (found.get(f"text/{kind}") for kind in ("html", "plain"))
    return _content(html), _content(text)


def headers(mail: Mail) -> Iterator[Fault]:
    """What is wrong with the bytes, if there are any."""
    if mail.message is None:
        return
    for problem, field in _problems(mail, mail.message):
        yield mail.of_newsletter(problem, field)


def _problems(mail: Mail, message: bytes) -> Iterator[tuple[str, str]]:
    head = message.partition(b"\r\n\r\n")[0]
    fields = _fields(head)
    yield from _bytes(message)
    for name in dict.fromkeys([*_ONCE, *_EXACT, *_SHAPES]):
        if (count := len(fields.get(name.lower(), []))) != 1:
            yield f"is there {count} times instead of once", name
    for name, (value, source) in _EXACT.items():
        for found in fields.get(name.lower(), []):
            if found.casefold() != value.casefold():
                yield f"is “{found}” instead of “{value}” ({source})", name
    for name, (shape, source) in _SHAPES.items():
        for found in fields.get(name.lower(), []):
            if not re.fullmatch(shape, found):
                yield f"is “{found[:100]}”, which programs do not understand ({source})", name
    yield from _parsed_problems(mail, _parsed(message))


def _fields(head: bytes) -> dict[str, list[str]]:
    """Every header as it stands, folding included, so that nothing is mended on the way."""
    found: dict[str, list[str]] = {}
    for line in re.split(r"\r\n(?![ \t])", head.decode("latin-1")):
        name, _, value = line.partition(":")
        found.setdefault(name.lower(), []).append(value.strip())
    return found


def _bytes(message: bytes) -> Iterator[tuple[str, str]]:
    if b"\r\n\r\n" not in message or re.search(rb"(?<!\r)\n|\r(?!\n)", message):
        yield "has lines that do not end in CRLF (RFC 5321 section 2.3.8)", ""
    if (longest := max(map(len, message.split(b"\r\n")))) > LONGEST:
        yield f"has a line of {longest:,} bytes; {LONGEST} at most (RFC 5322 section 2.1.1)", ""
    if not message.isascii():
        yield "has bytes above 127, which not every server passes on (RFC 6152)", ""
    if b"\0" in message:
        yield "has a NUL in it (RFC 5322 section 4)", ""


def _parsed_problems(mail: Mail, parsed: EmailMessage) -> Iterator[tuple[str, str]]:
    kinds = [part.get_content_type() for part in parsed.walk() if not part.is_multipart()]
    if parsed.get_content_type() != "multipart/alternative" or kinds != ["text/plain", "text/html"]:
        yield "must be multipart/alternative of text and then HTML (RFC 2046 section 5.1.4)", "Content-Type"
    sender = parsed["From"]
    if sender is None or len(getattr(sender, "addresses", ())) != 1:
        yield "must name one sender (RFC 5322 section 3.6.2)", "From"
    if str(parsed["Subject"]) != mail.digest.subject:
        yield "does not say what the digest's subject says", "Subject"
    try:
        moment = parsedate_to_datetime(str(parsed["Date"]))
    except ValueError:
        yield "is no date (RFC 5322 section 3.3)", "Date"
    else:
        if moment.tzinfo is None:
            yield "has no time zone", "Date"
    for defect in (defect for part in parsed.walk() for defect in part.defects):
        yield f"cannot be read by all: {type(defect).__name__}", ""


def _parsed(message: bytes) -> EmailMessage:
    parsed = message_from_bytes(message, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _content(part: object) -> str:
    if not isinstance(part, EmailMessage):
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (MessageError, LookupError, ValueError):
        return ""
