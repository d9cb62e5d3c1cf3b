"""Reads with rss2email (PyPI), which makes a mail of each entry: the mails are read back."""

from __future__ import annotations

import dataclasses
import html
import mailbox
import re
import tempfile
from collections.abc import Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from .contract import Enclosed, Format, Reader, ReaderError, Seen
from .support import library, private_home, program, run, void_tags

_INSTALL = "pip install rss2email"
_FIELDS = frozenset({"id", "title", "link", "published", "authors", "enclosures", "content"})
_SETTINGS = """[DEFAULT]
to = reader@localhost.example
email-protocol = maildir
maildir-path = {folder}
maildir-mailbox = inbox
html-mail = True
unicode-snob = True
encodings = UTF-8
name-format = {{author}}
date-header = True
date-header-order = issued
"""
_CONTENT = '<div class="body" id="body">\n(.*)\n</div>\n<div class="footer">'
_ENCLOSURE = '<p>Enclosure: <a href="([^"]*)">'


def _enclosures(body: str) -> tuple[Enclosed, ...]:
    found: list[str] = re.findall(_ENCLOSURE, body.rpartition('<div class="footer">')[2])
    return tuple((html.unescape(url), None, None) for url in found)


def _seen(mail: EmailMessage) -> Seen:
    body = mail.get_content()
    content = re.search(_CONTENT, body, re.DOTALL)
    author = mail["From"].addresses[0].display_name
    return Seen(
        id=mail["X-RSS-ID"],
        title=mail["Subject"],
        link=mail["X-RSS-URL"],
        published=mail["Date"].datetime.astimezone(),
        # What it writes where nobody is named.
        authors=() if author == "<author>" else (author,),
        enclosures=_enclosures(body),
        content=void_tags(content[1] if content else None),
    )


def _subject(form: Format, title: str) -> str:
    # A title of RSS that looks like HTML is HTML to it, and HTML becomes Markdown.
    if form == "rss" and re.search(r"</\w+>|&#?\w+;", title):
        markdown = library("html2text", "rss2email").HTML2Text(bodywidth=0)
        markdown.unicode_snob = True
        title = markdown.handle(title)
    # It decodes once more whatever it got.
    return html.unescape(title.replace("\n", " ").strip())


def _quirks(form: Format, told: Seen) -> Seen:
    names = told.authors or ()
    return dataclasses.replace(
        told,
        title=_subject(form, told.title or ""),
        # Of several authors it keeps one: Atom's last, RSS's first.
        authors=tuple(map(html.unescape, names[-1:] if form == "atom" else names[:1])),
        enclosures=tuple((url, None, None) for url, _, _ in told.enclosures or ()),
        # It sanitises as feedparser does.
        content=void_tags(told.content),
    )


def _mails(folder: Path, documents: Sequence[Path]) -> list[EmailMessage]:
    feeds = (f"[feed.f{number}]\nurl = {path}\n" for number, path in enumerate(documents))
    settings = _SETTINGS.format(folder=folder) + "".join(feeds)
    (folder / "r2e.cfg").write_text(settings, encoding="utf-8")
    command = [program("r2e", _INSTALL), "-c", "r2e.cfg", "-d", "r2e.json", "run"]
    log = run(command, cwd=folder, env=private_home(folder)).stderr.decode()
    # What it cannot read it skips, with a line in the log and an exit of 0.
    if faults := re.findall(r"\[ERROR\] .*", log):
        raise ReaderError(f"rss2email: {faults[0]}")
    box = mailbox.Maildir(folder / "inbox")
    # Mailbox counts the mails in their keys; the last entry is sent first.
    keys = sorted(box.keys(), key=lambda key: int(re.findall(r"Q(\d+)", key)[0]), reverse=True)
    return [message_from_bytes(box.get_bytes(key), policy=default) for key in keys]


def _parse(documents: Sequence[Path]) -> list[list[Seen]]:
    found: list[list[Seen]] = [[] for _ in documents]
    with tempfile.TemporaryDirectory(prefix="rss2email") as folder:
        for mail in _mails(Path(folder), documents):
            number = mail["List-ID"].removeprefix("<f").removesuffix(".localhost>")
            found[int(number)].append(_seen(mail))
    return found


RSS2EMAIL = Reader("rss2email", frozenset({"atom", "rss"}), _FIELDS, _parse, _quirks)
