"""Readers that stay subscribed: after the first read, each tells how many entries it shows as new."""

from __future__ import annotations

import mailbox
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from .rss2email_ import _INSTALL, _SETTINGS
from .support import library, private_home, program, run

Subscription = Callable[[], int]
"""Reads the feed again, and gives the number of entries that were never shown before."""


def reader(feed: Path, home: Path) -> Subscription:
    """A subscription of reader (PyPI), which keeps its entries in a database."""
    library("sgmllib", "reader sgmllib3k")
    library("reader", "reader sgmllib3k")
    return lambda: _reader_entries(feed, home)


def _reader_entries(feed: Path, home: Path) -> int:
    with library("reader", "reader").make_reader(str(home / "reader.db"), feed_root="") as feeds:
        feeds.add_feed(str(feed), exist_ok=True)
        feeds.update_feed(str(feed))
        shown: int = feeds.get_entry_counts(read=False).total
        for entry in list(feeds.get_entries(read=False)):
            feeds.mark_entry_as_read(entry)
        return shown


def newsboat(feed: Path, home: Path) -> Subscription:
    """A subscription of newsboat (Debian), which keeps its items in a cache."""
    (home / "urls").write_text(f"{feed.as_uri()}\n", encoding="utf-8")
    (home / "config").touch()
    return lambda: _newsboat_items(home)


def _newsboat_items(home: Path) -> int:
    command = [program("newsboat", "apt-get install -y newsboat"), "-u", "urls"]
    run([*command, "-C", "config", "-c", "cache.db", "-x", "reload"], cwd=home, env=private_home(home))
    with closing(sqlite3.connect(home / "cache.db")) as cache:
        [[unread]] = cache.execute("select count(*) from rss_item where unread = 1").fetchall()
        cache.execute("update rss_item set unread = 0")
        cache.commit()
    return int(unread)


def rss2email(feed: Path, home: Path) -> Subscription:
    """A subscription of rss2email (PyPI), which sends a mail for each entry it has not seen."""
    settings = _SETTINGS.format(folder=home) + f"[feed.f]\nurl = {feed}\n"
    (home / "r2e.cfg").write_text(settings, encoding="utf-8")
    return lambda: _mails(home)


def _mails(home: Path) -> int:
    command = [program("r2e", _INSTALL), "-c", "r2e.cfg", "-d", "r2e.json", "run"]
    run(command, cwd=home, env=private_home(home))
    box = mailbox.Maildir(home / "inbox")
    count = len(box)
    box.clear()
    return count


SUBSCRIBERS: dict[str, Callable[[Path, Path], Subscription]] = {
    "reader": reader,
    "newsboat": newsboat,
    "rss2email": rss2email,
}
