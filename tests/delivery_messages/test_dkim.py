"""DKIM: two verifiers that are not ours agree on every signature, and on every forgery."""

from __future__ import annotations

import re
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

import dkim as dkimpy  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.delivery import dkim
from feeds.delivery.dkim import Signer
from feeds.delivery.message import template
from feeds.delivery.splice import NAME
from feeds.errors import DeliveryError
from tests.delivery_messages.conftest import make_digest, make_personal
from tests.newsletter.examples import SCRIPTS, make_issue

Pairs = dict[str, tuple[str, str]]

WORDS = st.text(alphabet="ab é語\t.=\n", max_size=300)
NAMES = st.sampled_from(["", "Reader", "A, B", 'A "B"  C', "two  blanks", *SCRIPTS.values()])


def verified(raw: bytes, pairs: Pairs) -> list[bool]:
    """What dkimpy thinks of each signature."""

    def record(name: bytes, timeout: int = 5) -> bytes:
        return pairs[name.decode().split(".")[0]][1].encode()

    def verify(number: int) -> bool:
        try:
            return bool(dkimpy.DKIM(raw).verify(idx=number, dnsfunc=record))
        except dkimpy.ValidationError:  # of a body that is another
            return False

    return [verify(number) for number in range(raw.count(b"DKIM-Signature:"))]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS, NAMES, st.booleans())
def test_dkimpy_verifies_every_message(
    pairs: Pairs, signers: dict[str, Signer], words: str, name: str, base64: bool
) -> None:
    text = ("語" * 400 if base64 else "") + f"Hello {NAME}!\n" + words
    mold = template(make_digest(text=text, subject="Wörter  und  Wörter"), tuple(signers.values()))
    assert verified(mold.fill(make_personal(name=name)), pairs) == [True, True]


def test_all_that_matters_is_signed_and_oversigned(signers: dict[str, Signer]) -> None:
    raw = template(make_digest(make_issue(reply_to="desk@example.org")), [signers["rsa"]]).fill(
        make_personal()
    )
    header = re.sub(rb"\s", b"", raw[: raw.index(b"\r\nTo:")]).lower().decode()
    named = re.search(r";h=([^;]*);", header)
    assert named
    names = named[1].split(":")
    for (
        name
    ) in "from subject to date reply-to message-id list-id list-unsubscribe list-unsubscribe-post".split():
        assert names.count(name) == 2
    assert names.count("cc") == 1  # there is none, and none can be added
    assert ";l=" not in header
    assert "c=relaxed/relaxed" in header
    assert ";t=" not in header


FORGERIES = [
    (b"Hello", b"Hallo"),
    (b"\r\nSubject: ", b"\r\nSubject: Re: "),
    (b"\r\nList-Unsubscribe: <https://example.org", b"\r\nList-Unsubscribe: <https://evil.example"),
    (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=No-Click"),
    (b"\r\nTo: ", b"\r\nTo: Nobody "),
    (b"\r\nFrom: ", b"\r\nFrom: x@evil.example\r\nFrom: "),
    (b"\r\nSubject: ", b"\r\nSubject: Another\r\nSubject: "),
    (b"\r\nSubject: ", b"\r\nCc: all@evil.example\r\nSubject: "),
    (b"\r\nList-Id: ", b"\r\nList-Id: <evil.example>\r\nList-Id: "),
    (b"\r\nMIME-Version: 1.0", b"\r\nContent-Type: text/html\r\nMIME-Version: 1.0"),
]


@pytest.mark.parametrize(("old", "new"), FORGERIES, ids=range(len(FORGERIES)))
def test_dkimpy_sees_every_forgery(pairs: Pairs, signers: dict[str, Signer], old: bytes, new: bytes) -> None:
    raw = template(make_digest(text="Hello"), tuple(signers.values())).fill(make_personal())
    assert old in raw
    assert verified(raw, pairs) == [True, True]
    assert verified(raw.replace(old, new, 1), pairs) == [False, False]


def test_opendkim_agrees_on_many_messages_and_on_every_forgery(
    pairs: Pairs, signers: dict[str, Signer], tmp_path: Path
) -> None:
    good, bad = [], []
    for number, name in enumerate(SCRIPTS.values()):
        for keys in ([signers["rsa"]], [signers["ed25519"]], list(signers.values())):
            mold = template(make_digest(text=f"Hello {NAME}\n{name}\n" * (number + 1), subject=name), keys)
            good.append(mold.fill(make_personal(number, name=name)))
    for old, new in FORGERIES:
        bad += [raw.replace(old, new, 1) for raw in good[:3]]
    assert opendkim(good, pairs, tmp_path) == ["succeeded"] * len(good)
    assert opendkim(bad, pairs, tmp_path) == ["failed"] * len(bad)


def opendkim(messages: Sequence[bytes], pairs: Pairs, folder: Path) -> list[str]:
    """What OpenDKIM thinks of each message, by its test mode: it needs no DNS and no service."""
    keys, conf = folder / "keys", folder / "conf"
    keys.write_text(
        "".join(f"{kind}._domainkey.example.org {record}\n" for kind, (_, record) in pairs.items())
    )
    conf.write_text(f"TestPublicKeys {keys}\nMode v\nSyslog no\n")
    files = []
    for number, raw in enumerate(messages):
        files.append(folder / f"{number}.eml")
        files[-1].write_bytes(raw)
    done = subprocess.run(
        ["opendkim", "-x", str(conf), "-t", ",".join(map(str, files))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    return re.findall(r"verification \(s=\S+,? d=[^)]*\) (succeeded|failed)", said)


def test_keys_come_from_the_environment_or_from_files(pairs: Pairs, tmp_path: Path) -> None:
    file = tmp_path / "rsa.pem"
    file.write_text(pairs["rsa"][0])
    given = {
        "FEEDS_DKIM_RSA": str(file),
        "FEEDS_DKIM_ED25519": pairs["ed25519"][0].replace("\n", "\\n"),
        "FEEDS_DKIM_ED25519_SELECTOR": "autumn",
    }
    found = dkim.from_environment("Example.org", given)
    assert [(each.kind, each.selector, each.domain) for each in found] == [
        ("rsa", "feeds-rsa", "example.org"),
        ("ed25519", "autumn", "example.org"),
    ]
    assert dkim.from_environment("example.org", {}) == ()
    assert "PRIVATE" not in repr(found)


@pytest.mark.parametrize(
    "value", ["", "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----", "/no/such/file", "\0"]
)
def test_a_bad_key_is_refused_and_never_shown(value: str) -> None:
    with pytest.raises(DeliveryError) as refusal:
        dkim.from_environment("example.org", {"FEEDS_DKIM_RSA": value or "x" * 20, "other": ""})
    assert "secret" not in str(refusal.value)


def test_weak_and_foreign_keys_are_refused(pairs: Pairs) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    for key in (rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())):
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with pytest.raises(DeliveryError, match="RSA"):
            dkim.signer(pem, "example.org", "s")
    with pytest.raises(DeliveryError, match="kind"):
        dkim.from_environment("example.org", {"FEEDS_DKIM_RSA": pairs["ed25519"][0]})
    for domain, selector in (("exam ple.org", "s"), ("example.org", "s;"), ("exämple.org", "s"), ("", "s")):
        with pytest.raises(DeliveryError, match="host name"):
            dkim.signer(pairs["rsa"][0], domain, selector)


def test_a_key_is_kept_for_its_owner_and_never_written_over(tmp_path: Path) -> None:
    dkim.keep("the key", tmp_path / "rsa.pem")
    assert stat.S_IMODE((tmp_path / "rsa.pem").stat().st_mode) == 0o600
    for file in (tmp_path / "rsa.pem", tmp_path / "no" / "folder.pem"):
        with pytest.raises(DeliveryError, match="cannot be written"):
            dkim.keep("another", file)
    assert (tmp_path / "rsa.pem").read_text() == "the key"


def test_a_record_is_cut_for_a_zone_file(pairs: Pairs) -> None:
    record = pairs["rsa"][1]
    line = dkim.zone_lines(record, "feeds-rsa._domainkey.example.org")
    assert line.startswith('feeds-rsa._domainkey.example.org. IN TXT ( "v=DKIM1; k=rsa; p=')
    assert "".join(re.findall(r'"([^"]*)"', line)) == record
    assert max(map(len, re.findall(r'"([^"]*)"', line))) <= 255
