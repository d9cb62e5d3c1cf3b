"""New keys on the command line: private in their files, public in what is printed, and never lost."""

from __future__ import annotations

import builtins
import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import dkim  # type: ignore[import-untyped]
import pytest

from feeds.delivery.dkim import from_environment, signer
from feeds.delivery.message import template
from tests.cli.conftest import Feeds
from tests.conftest import Project
from tests.delivery_messages.conftest import make_digest, make_personal


def published(zone: str) -> dict[str, bytes]:
    """What the DNS would say once these lines stand in it."""
    lines = (line.partition(". IN TXT ( ") for line in zone.splitlines())
    return {name: "".join(re.findall(r'"([^"]*)"', strings)).encode() for name, _, strings in lines}


def test_two_keys_are_made_and_their_signatures_verify(feeds: Feeds, newsroom: Project) -> None:
    ran = feeds("dkim", "new", "example.org")
    assert ran.status == 0
    records = published(ran.out)
    assert list(records) == ["feeds-rsa._domainkey.example.org", "feeds-ed25519._domainkey.example.org"]
    assert all(len(part) <= 255 for part in re.findall(r'"([^"]*)"', ran.out))
    environment = dict(line.strip().split("=", 1) for line in ran.talk.splitlines()[1:])
    assert list(environment) == ["FEEDS_DKIM_RSA", "FEEDS_DKIM_ED25519"]
    raw = template(make_digest(), from_environment("example.org", environment)).fill(make_personal())

    def dns(name: bytes, timeout: int = 0) -> bytes:
        return records[name.decode().rstrip(".")]

    verifier = dkim.DKIM(raw)
    assert verifier.verify(0, dnsfunc=dns) and verifier.verify(1, dnsfunc=dns)


def test_the_keys_are_private(feeds: Feeds, newsroom: Project) -> None:
    before = os.umask(0)
    try:
        ran = feeds("dkim", "new", "example.org")
    finally:
        os.umask(before)
    folder = newsroom.root / ".feeds" / "dkim"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == ["example.org.feeds-ed25519.pem", "example.org.feeds-rsa.pem"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert (newsroom.root / ".feeds/.gitignore").read_text() == "*\n"
    for file in files:
        secret = file.read_text().splitlines()[1]
        assert secret not in ran.out and secret not in ran.talk


def test_no_key_is_ever_written_over(feeds: Feeds, newsroom: Project) -> None:
    feeds("dkim", "new", "example.org")
    folder = newsroom.root / ".feeds" / "dkim"
    kept = {file: file.read_bytes() for file in folder.iterdir()}
    again = feeds("dkim", "new", "Example.org")
    assert (again.status, again.out) == (1, "")
    assert again.talk.splitlines() == [
        f".feeds/dkim/example.org.feeds-{kind}.pem: is there already, and may be in use; "
        "take another --selector"
        for kind in ("ed25519", "rsa")
    ]
    (folder / "example.org.feeds-rsa.pem").unlink()
    assert feeds("dkim", "new", "example.org").status == 1
    assert not (folder / "example.org.feeds-rsa.pem").exists()
    assert feeds("dkim", "new", "example.org", "--selector", "next").status == 0
    assert all(file.read_bytes() == content for file, content in kept.items() if file.exists())


def test_the_domain_is_that_of_a_newsletters_sender(feeds: Feeds, two: Project) -> None:
    ran = feeds("dkim", "new", "--newsletter", "daily", "--json")
    rsa, ed25519 = json.loads(ran.out)
    assert rsa["name"] == "feeds-rsa._domainkey.mail.example.org"
    assert (rsa["kind"], ed25519["kind"]) == ("rsa", "ed25519")
    assert ed25519["record"].startswith("v=DKIM1; k=ed25519; p=")
    assert signer(Path(rsa["file"]).read_bytes(), "mail.example.org", "feeds-rsa").kind == "rsa"
    unnamed = feeds("dkim", "new")
    assert (unnamed.status, unnamed.talk) == (
        1,
        "feeds.toml: has 2 newsletters; say which: weekly or daily\n",
    )


def test_another_selector_and_folder(feeds: Feeds, tmp_path: Path) -> None:
    ran = feeds("dkim", "new", "EXÄMPLE.org", "--selector", "s2026", "--keys", tmp_path / "a/b", "--json")
    rsa, _ = json.loads(ran.out)
    assert rsa["name"] == "s2026-rsa._domainkey.xn--exmple-cua.org"
    assert rsa["environment"] == {
        "FEEDS_DKIM_RSA": str(tmp_path / "a/b/xn--exmple-cua.org.s2026-rsa.pem"),
        "FEEDS_DKIM_RSA_SELECTOR": "s2026-rsa",
    }
    (made,) = from_environment("xn--exmple-cua.org", rsa["environment"])
    assert made.selector == "s2026-rsa"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("exa mple.org",), "DOMAIN: “exa mple.org” is no domain; write example.org"),
        (("../../x",), "DOMAIN: “../../x” is no domain; write example.org"),
        (("https://example.org",), "DOMAIN: “https://example.org” is no domain; write example.org"),
        (("example.org", "--selector", "a/b"), "--selector: “a/b” is no part of a host name; use small"),
        (("example.org", "--selector", "-"), "--selector: “-” is no part"),
        (("example.org", "--keys", "feeds.toml"), "feeds.toml: cannot be made: File exists"),
        (("example.org", "--keys", "/proc/x"), "/proc/x: cannot be made: "),
    ],
)
def test_mistakes_are_one_line_and_make_nothing(
    feeds: Feeds, newsroom: Project, arguments: tuple[str, ...], problem: str
) -> None:
    ran = feeds("dkim", "new", *arguments)
    assert (ran.status, ran.out, ran.talk.count("\n")) == (1, "", 1)
    assert ran.talk.startswith(problem)
    assert not list(newsroom.root.rglob("*.pem"))


def test_if_one_key_cannot_be_kept_none_is(
    feeds: Feeds, newsroom: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: Callable[..., int] = os.open

    def full(path: Path, flags: int, mode: int = 0o777) -> int:
        if str(path).endswith("ed25519.pem"):
            raise OSError(28, "No space left on device")
        return opened(path, flags, mode)

    monkeypatch.setattr(os, "open", full)
    ran = feeds("dkim", "new", "example.org")
    assert ran.status == 1
    assert ran.talk == (
        ".feeds/dkim/example.org.feeds-ed25519.pem: cannot be written: No space left on device\n"
    )
    assert not list(newsroom.root.rglob("*.pem"))


def test_without_the_extra_it_says_what_to_install(feeds: Feeds, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *arguments: object) -> object:
        if name.startswith("cryptography"):
            raise ModuleNotFoundError(name)
        return imported(name, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    ran = feeds("dkim", "new", "example.org")
    assert (ran.status, ran.talk) == (1, "DKIM: needs the extra: pip install 'feeds[send]'\n")


def test_a_domain_or_a_newsletter_and_not_both(feeds: Feeds) -> None:
    ran = feeds("dkim", "new", "example.org", "--newsletter", "weekly")
    assert ran.status == 2 and "not allowed with" in ran.talk
