"""Subscribers from files: whatever programs write, and whatever people do to it."""

from __future__ import annotations

import io
import json
import string
import tracemalloc
from collections.abc import Iterator

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from feeds.delivery.addresses import mailbox
from feeds.delivery.intake import entries
from feeds.delivery.ledger import Ledger
from feeds.delivery.memory import MemoryLedger
from feeds.delivery.roll import Imported, export_csv, export_json, import_file
from feeds.delivery.subscribers import Consent, Enrolled, Entry, moment
from feeds.errors import DeliveryError, Fault


def read(content: str | bytes) -> list[Entry | Fault]:
    """All rows of a file."""
    raw = content.encode() if isinstance(content, str) else content
    return list(entries(io.BytesIO(raw), "list.csv", how="imported"))


def addresses(content: str | bytes) -> list[str]:
    """The addresses in a file, or what is wrong with a row."""
    return [row.address if isinstance(row, Entry) else str(row) for row in read(content)]


ROWS = "email;topics;language\r\nä@exämple.org;space|trade;fr\r\nb@example.org;;\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_L04_the_encoding_is_told_from_the_first_bytes(encoding: str) -> None:
    assert addresses(ROWS.encode(encoding)) == ["ä@xn--exmple-cua.org", "b@example.org"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_L04_the_separator_is_told_from_the_header(separator: str) -> None:
    rows = (
        separator.join(("Name", "E-Mail", "Language")) + "\n" + separator.join(("A", "a@example.org", "fr"))
    )
    (found,) = read(rows)
    assert isinstance(found, Entry) and (found.address, found.language) == ("a@example.org", "fr")


def test_a_row_says_all_that_is_known_of_somebody() -> None:
    (found,) = read(
        "address,state,topics,language,consent,consent_at,confirmed_at\n"
        '"A.B@Example.ORG",pending,"trade; space,trade",en-gb,web form,2026-01-02T03:04:05Z,2026-01-03\n'
    )
    assert isinstance(found, Entry)
    assert (found.address, found.domain, found.state) == ("A.B@example.org", "example.org", "pending")
    assert (found.topics, found.language) == (("space", "trade"), "en-GB")
    assert found.consent.how == "web form" and found.consent.at and found.confirmed_at
    assert moment(found.consent.at).isoformat() == "2026-01-02T03:04:05+00:00"
    assert moment(found.confirmed_at).isoformat() == "2026-01-03T00:00:00+00:00"


def test_json_lines_say_the_same() -> None:
    rows = [
        '{"email": "a@example.org", "topics": ["space", "trade"], "unknown": {"x": [1]}}',
        "",
        "[]",
        "{",
        '{"email": 5}',
    ]
    found = read("\n".join(rows))
    assert isinstance(found[0], Entry) and found[0].topics == ("space", "trade")
    assert found[0].consent == Consent("imported")
    assert list(map(str, found[1:])) == [
        "list.csv:3: is no JSON object",
        "list.csv:4: is no JSON; write one object to a line",
        "list.csv:5: address must be text",
    ]


def test_L04_each_row_that_is_refused_is_named_by_its_line_and_not_by_its_address() -> None:
    found = addresses(
        "email,language\n"
        "a@example.org,en\n"
        "hidden.example.org,en\n"
        "hidden@\n"
        "hidden@exam ple.org,en\n"
        "hidden@example.org,zz-zz-zz-zz-zz-longerthaneight\n"
        '"hidden@example.org\n'
        "\n"
        "hidden@localhost,en\n"
        "b@example.org,en\n"
    )
    assert [row.split(": ")[0] for row in found] == [
        "a@example.org",
        *(f"list.csv:{line}" for line in (3, 4, 5, 6, 7, 9)),
        "b@example.org",
    ]
    assert not any("hidden" in row for row in found)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "list.csv:1: is empty"),
        ("name,language\na,b\n", "list.csv:1: the header has no column “address” or “email”"),
        ("email,Email\na,b\n", "list.csv:1: the header names address twice"),
    ],
)
def test_L04_a_file_that_cannot_be_understood_is_refused_as_a_whole(content: str, problem: str) -> None:
    with pytest.raises(DeliveryError) as refusal:
        read(content)
    assert str(refusal.value) == problem


def test_L04_an_endless_cell_is_one_row_that_is_refused() -> None:
    class Endless(io.RawIOBase):
        """A hundred megabytes in one cell, made as they are read."""

        def __init__(self) -> None:
            rows = [b"email,x\n", b"a@example.org,", *[b"x" * 1_000_000] * 100, b"\nb@example.org,y\n"]
            self.parts: Iterator[bytes] = iter(rows)
            self.left = b""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            self.left = self.left or next(self.parts, b"")
            size = min(len(buffer), len(self.left))
            buffer[:size], self.left = self.left[:size], self.left[size:]
            return size

    tracemalloc.start()
    found = [str(row) if isinstance(row, Fault) else row.address for row in entries(Endless(), "list.csv")]  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == ["list.csv:2: is longer than 65536 characters", "b@example.org"]
    assert peak < 5_000_000


@pytest.mark.parametrize(
    "bad", [b"email\n\xff\xfe\xfd@example.org\n", b"email\na\0b@example.org\n", b"\xff\xfee"]
)
def test_L04_broken_bytes_are_refused_rows(bad: bytes) -> None:
    try:
        found = read(bad)
    except DeliveryError:
        return
    assert all(isinstance(row, Fault) for row in found)


def test_E07_a_look_alike_shows_as_what_it_is() -> None:
    assert mailbox("ceo@gm\N{CYRILLIC SMALL LETTER A}il.com").address == "ceo@xn--gmil-63d.com"
    assert mailbox("ü@gmail.com").address == "ü@gmail.com"


@pytest.mark.parametrize(
    "text",
    [
        "x@y>\r\nRCPT TO:<victim@example.org>",
        "a@b@example.org",
        "<a@example.org>",
        "a@[127.0.0.1]",
        '"a b"@example.org',
        "a@example.org,b@example.org",
    ],
)
def test_E09_what_could_be_two_addresses_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is no e-mail address"):
        mailbox(text)


_LOCAL = st.text(string.ascii_letters + string.digits + "._+-'@ü ", max_size=70)
_DOMAIN = st.text(string.ascii_lowercase + "AZ09.-_ä", max_size=20)


@given(_LOCAL, _DOMAIN)
@example("a", "example.org")
@example("a.b+c", "EXAMPLE.org")
@example("a" * 64, "x" * 63 + ".org")
@example("a" * 65, "example.org")
def test_the_quick_way_takes_what_email_validator_takes(local: str, domain: str) -> None:
    text = f"{local}@{domain}".strip()
    try:
        expected = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        with pytest.raises(ValueError, match="is no e-mail address"):
            mailbox(text)
    else:
        assert mailbox(text).address == f"{expected.local_part}@{expected.ascii_domain}"


@given(st.binary(max_size=300))
def test_no_file_does_more_than_be_refused(content: bytes) -> None:
    try:
        found = read(b"email,state\n" + content)
    except DeliveryError:
        return
    assert all(isinstance(row, Entry | Fault) for row in found)


def test_S15_what_is_exported_can_be_imported_and_changes_nothing(ledger: Ledger) -> None:
    first = (
        "email,topics,language,state\na@example.org,space,fr,active\nb@example.org,,,unsubscribed\nbad,,,\n"
    )
    refused: list[Fault] = []
    done = import_file(ledger, "weekly", io.BytesIO(first.encode()), "list.csv", refused.append)
    assert done == Imported(Enrolled(added=2), 1)
    assert list(map(str, refused)) == ["list.csv:4: is no e-mail address: it has no @"]
    everybody = list(ledger.subscribers("weekly"))
    for export, start in ((export_csv, "address,state"), (export_json, '{"address": "a@')):
        written = io.StringIO()
        assert export(ledger, "weekly", written) == 2
        assert written.getvalue().startswith(start)
        again = import_file(
            ledger, "weekly", io.BytesIO(written.getvalue().encode()), "again", refused.append
        )
        assert again == Imported(Enrolled(known=2), 0)
        other = MemoryLedger()
        import_file(other, "weekly", io.BytesIO(written.getvalue().encode()), "again", refused.append)
        assert [
            (o.address, o.state, o.topics, o.language, o.consent) for o in other.subscribers("weekly")
        ] == [(o.address, o.state, o.topics, o.language, o.consent) for o in everybody]
    assert list(ledger.subscribers("weekly")) == everybody
    assert json.loads(written.getvalue().splitlines()[0])["consent"] == "imported from list.csv"
