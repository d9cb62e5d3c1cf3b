"""Messages: the fast way says what an EmailMessage says, and a subscriber's text stays a text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from html import escape, unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.config import Sender
from feeds.delivery import inspection
from feeds.delivery.dkim import Signer
from feeds.delivery.message import Parts, letter, message, mold, parts, template
from feeds.delivery.splice import NAME, PREFERENCES, Personal
from feeds.errors import DeliveryError, OutputError
from feeds.newsletter import compose
from tests.delivery_messages.conftest import make_digest, make_personal
from tests.newsletter.examples import SCRIPTS, make_issue

LINKS = st.from_regex(r"https://[a-z0-9][a-z0-9.-]{0,20}/[A-Za-z0-9._~/?&=%-]{0,300}", fullmatch=True)
NAMES = st.one_of(
    st.sampled_from(sorted(SCRIPTS.values())),
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Cn")), max_size=200
    ),
    st.from_regex(r"[A-Za-z0-9 .,\"<>@()\[\]:;\\=?_-]{1,60}", fullmatch=True),
).filter(lambda name: not re.search("[\uffff\ufffe]", name))


def parsed(raw: bytes) -> EmailMessage:
    read = message_from_bytes(raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def contents(raw: bytes) -> list[str]:
    """Text and HTML as a mail program has them."""
    return [
        (part.get_payload(decode=True) or b"").decode().replace("\r\n", "\n")  # type: ignore[union-attr]
        for part in parsed(raw).iter_parts()
    ]


def recipient(raw: bytes) -> tuple[str, str]:
    """The one mailbox in To. Python 3.11's newer parser does not heed RFC 2047 section 6.2."""
    (value,) = message_from_bytes(raw).get_all("To", [])
    ((name, address),) = getaddresses([re.sub(r"\r\n", "", value)])
    return str(make_header(decode_header(name))), address


def slowly(made: Parts, personal: Personal) -> EmailMessage:
    """The same message by the standard library, as one would write it for one subscriber."""
    mail = EmailMessage(policy=SMTP)
    mail["To"] = Address(personal.name, addr_spec=personal.address)
    mail["Date"] = format_datetime(personal.date)
    mail["Message-ID"] = personal.message_id
    said = {
        "https://example.org/unsubscribe": personal.unsubscribe,
        "https://example.org/newsletters/weekly/1.html": personal.web
        or "https://example.org/newsletters/weekly/1.html",
        PREFERENCES: personal.preferences or personal.unsubscribe,
        NAME: personal.name,
    }
    text, html = made.text, made.html
    for mark, value in said.items():
        text = text.replace(mark, value)
        html = html.replace(mark, escape(value))
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


@settings(max_examples=80, deadline=None)
@given(NAMES, LINKS, LINKS, st.text(alphabet="aé語 .=\n", max_size=400))
def test_the_fast_way_says_what_the_slow_way_says(name: str, leave: str, web: str, words: str) -> None:
    digest = make_digest(text=f"Hello {NAME}!\n{words}\nPreferences:\n{PREFERENCES}")
    personal = make_personal(name=name, unsubscribe=leave, web=web)
    personal = replace(personal, preferences=leave)
    raw, oracle = template(digest).fill(personal), slowly(parts(letter(digest)), personal)
    assert contents(raw) == contents(oracle.as_bytes())
    for header in ("Date", "Message-ID"):
        assert f"\r\n{header}: {oracle[header]}\r\n".encode() in b"\r\n" + raw
    assert recipient(raw) == (name, personal.address)
    assert not list(inspection.faults(raw, signed=False))
    assert raw.count(b"\r\nTo:") + raw.startswith(b"To:") == 1


@pytest.mark.parametrize(
    "name", ["", "Reader", "Reader of News", "O'Neill", "Smith, J.", 'A "B" C', "a\\b", "(x)"]
)
def test_plain_names_give_the_same_header_to_the_byte(name: str) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["To"] = Address(name, addr_spec="reader1@example.net")
    raw = template(make_digest()).fill(make_personal(name=name))
    assert raw.startswith(mail.as_bytes().removesuffix(b"\r\n"))


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_every_script_arrives_in_text_html_subject_and_name(text: str) -> None:
    digest = make_digest(text=f"{text} {NAME}", html=f"<p>{escape(text)} {NAME}</p>", subject=text)
    raw = template(digest).fill(make_personal(name=text))
    plain, html = contents(raw)
    assert plain.startswith(f"{text} {text}\n")
    assert f"<p>{text} {text}</p>" in unescape(html)
    assert parsed(raw)["Subject"] == text
    assert recipient(raw)[0] == text


def test_a_composed_digest_arrives_to_the_letter() -> None:
    issue = make_issue(8)
    digest = compose(issue)
    personal = make_personal(unsubscribe="https://example.org/u/?a=1&b=2", web="https://example.org/w")
    plain, html = contents(template(digest).fill(personal))
    assert plain == digest.text.replace(issue.unsubscribe, personal.unsubscribe).replace(
        issue.web, personal.web
    )
    assert issue.unsubscribe not in html
    assert unescape(html).count(personal.unsubscribe) == digest.html.count(issue.unsubscribe) > 0


def test_addresses_that_only_begin_or_end_alike_are_left_alone() -> None:
    others = "https://example.org/unsubscribe-laws https://r.example/?u=https://example.org/unsubscribe"
    raw = template(make_digest(text=others)).fill(make_personal())
    plain, html = contents(raw)
    assert others in plain
    assert others in html


def test_the_headers_of_bulk_mail_stand_raw() -> None:
    long = "https://example.org/unsubscribe/" + "a" * 800
    raw = template(make_digest()).fill(make_personal(unsubscribe=long))
    assert f"\r\nList-Unsubscribe: <{long}>\r\n".encode() in raw
    for header in (
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "List-Id: <weekly.example.org>",
        "Archived-At: <https://example.org/newsletters/weekly/1.html>",
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "Content-Language: en",
    ):
        assert f"\r\n{header}\r\n".encode() in raw
    assert re.search(rb"\r\nFeedback-ID: [0-9a-f]{16}:weekly:digest:exampleorg\r\n", raw)


def test_the_same_subscriber_and_issue_give_the_same_bytes(signers: dict[str, Signer]) -> None:
    kept = parts(letter(make_digest()))
    again = Parts(headers=dict(kept.headers), text=kept.text, html=kept.html)
    keys = tuple(signers.values())
    assert mold(kept, keys).fill(make_personal()) == mold(again, keys).fill(make_personal())


def test_a_proof_goes_to_the_sender_and_is_the_contents_own() -> None:
    digest = make_digest()
    raw = message(digest)
    assert parsed(raw)["To"].addresses[0].addr_spec == "news@example.org"
    assert parsed(raw)["List-Unsubscribe"] == f"<{digest.issue.unsubscribe}>"
    assert contents(raw)[0] == digest.text
    assert message(digest) == raw
    named = message(digest, Address("Ünal", addr_spec="unal@example.net"))
    assert parsed(named)["To"].addresses[0].display_name == "Ünal"


def test_a_long_sender_and_an_answer_address_are_folded_by_the_policy() -> None:
    sender = Sender(name="Die Nachrichten über alles, was in Luxemburg geschieht", email="n@exämple.org")
    issue = make_issue(sender=sender, reply_to="desk@exämple.org")
    read = parsed(template(make_digest(issue)).fill(make_personal()))
    assert read["From"].addresses[0].display_name == sender.name
    assert read["From"].addresses[0].addr_spec == "n@xn--exmple-cua.org"
    assert read["Reply-To"].addresses[0].addr_spec == "desk@xn--exmple-cua.org"


def test_our_own_address_is_one_that_every_mailbox_takes() -> None:
    for issue in (
        make_issue(sender=Sender(name="News", email="jörg@example.org")),
        make_issue(reply_to="jörg@example.org"),
    ):
        with pytest.raises(DeliveryError, match="many mailboxes refuse"):
            template(make_digest(issue))


BREAKS = ["\r", "\n", "\r\n", "\u2028", "\x85", "\x1c", "\x0b", "\x00"]


@pytest.mark.parametrize("end", BREAKS, ids=ascii)
def test_E01_E03_no_line_break_or_nul_reaches_a_header(end: str) -> None:
    evil = f"News{end}Bcc: victim@example.com"
    with pytest.raises(DeliveryError):
        template(make_digest()).fill(make_personal(name=evil))
    for field in ("unsubscribe", "web", "preferences", "message_id"):
        given = getattr(make_personal(), field) or "https://example.org/"
        with pytest.raises(DeliveryError, match=field):
            template(make_digest()).fill(make_personal(1, **{field: given + end + "X: y"}))
    try:
        raw = template(make_digest(subject=evil)).fill(make_personal())
    except DeliveryError:
        return
    assert parsed(raw)["Bcc"] is None
    assert parsed(raw)["Subject"] is not None
    assert b"\x00" not in raw
    assert not re.search(rb"(?m)^Bcc", raw)


def test_E02_an_encoded_word_in_a_name_stays_letters() -> None:
    name = "=?utf-8?q?Hi=0D=0ABcc:_victim=40example.com?="
    raw = template(make_digest()).fill(make_personal(name=name))
    assert recipient(raw)[0] == name
    assert parsed(raw)["Bcc"] is None
    assert b"=?utf-8?q?Hi" not in raw


def test_E05_a_name_that_looks_like_addresses_is_one_address() -> None:
    name = 'A" <evil@x.example>, "B'
    read = parsed(template(make_digest()).fill(make_personal(name=name)))
    assert [(each.display_name, each.addr_spec) for each in read["To"].addresses] == [
        (name, "reader1@example.net")
    ]


def test_E07_a_foreign_domain_is_shown_as_it_is_sent() -> None:
    mail = template(make_digest()).envelope(make_personal(address="user@gmаil.com"))  # a Cyrillic а
    assert mail.recipient == "user@xn--gmil-63d.com"
    assert b"<user@xn--gmil-63d.com>" in mail.content
    local = template(make_digest()).envelope(make_personal(address="ü@gmail.com", name=""))
    assert local.recipient == "ü@gmail.com"
    assert "To: ü@gmail.com\r\n".encode() in local.content


@pytest.mark.parametrize(
    "address",
    [
        "x@y>\r\nRCPT TO:<victim@example.com",
        "x@y.example> SIZE=1",
        "x y@example.org",
        "<x@example.org",
        "x@example.org\0",
        "x@example.org\n",
        '"x y"@example.org',
        "x,y@example.org",
        "x@[127.0.0.1]",
        "x@y@example.org",
        "@example.org",
        "x@",
        "",
        "x\u2028@example.org",
        "x@exa mple.org",
        "a" * 250 + "@example.org",
    ],
)
def test_E09_what_could_be_two_addresses_is_none(address: str) -> None:
    with pytest.raises(DeliveryError, match=r"^message: (address|recipient): is no address that mail can "):
        template(make_digest()).envelope(make_personal(address=address))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unsubscribe", "http://example.org/u/secret"),
        ("web", "secret"),
        ("preferences", "https://secret/ x"),
        ("message_id", "<secret>"),
        ("name", "secret\n"),
        ("address", "secret reader@example.net"),
        ("return_path", "secret bounce@example.org"),
    ],
)
def test_no_error_says_whose_message_it_was(field: str, value: str) -> None:
    """Errors go to logs; neither an address nor what belongs to one subscriber does."""
    given = {"address": "hidden@example.net", field: value}
    with pytest.raises(DeliveryError) as refusal:
        template(make_digest()).envelope(make_personal(1, **given))
    told = str(refusal.value)
    assert told.startswith(f"message: {'sender' if field == 'return_path' else field}: ")
    assert "hidden" not in told and "secret" not in told


def test_E11_E12_nothing_in_the_text_reaches_the_wire_raw() -> None:
    hostile = "a\r.\rb\n.\n..\n\x00 " + "long " * 400 + "\n" + "x" * 5000 + "\ntrailing   \nФром\nFrom here"
    raw = template(make_digest(text=hostile)).fill(make_personal())
    assert not list(inspection.faults(raw, signed=False))
    assert not re.search(rb"(?m)^\.", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 200
    assert raw.isascii()
    assert contents(raw)[0].startswith(hostile.replace("\r", "\n"))


def test_E20_what_a_stranger_writes_is_shown_as_text_or_not_at_all() -> None:
    digest = make_digest(text=f"Hello {NAME}!")
    name = 'Win at http://evil.example "><script>'
    plain, html = contents(template(digest).fill(make_personal(name=name)))
    assert f"Hello {name}!" in plain
    assert f"Hello {escape(name)}!" in html
    assert "<script" not in html
    silent = template(make_digest()).fill(make_personal(name=""))
    assert b"\r\nDate" in silent[: silent.index(b"reader1@example.net") + 40]  # a confirmation names nobody
    assert b"evil" not in silent


def test_E21_without_a_way_to_leave_nothing_is_made() -> None:
    with pytest.raises(OutputError, match="https"):
        template(make_digest(make_issue(unsubscribe="http://example.org/u")))
    for digest in (replace(make_digest(), text="News.\n"), replace(make_digest(), html="<p>News.</p>\n")):
        with pytest.raises(DeliveryError, match="nobody could leave"):
            template(digest)
    for address in (
        "",
        "http://example.org/u",
        "https://",
        "mailto:x@example.org",
        "https://x/ y",
        "https://x/<",
    ):
        with pytest.raises(DeliveryError, match="unsubscribe"):
            template(make_digest()).fill(make_personal(unsubscribe=address))


def test_E21_the_final_bytes_are_held_to_the_rules(signers: dict[str, Signer]) -> None:
    raw = template(make_digest(), [signers["ed25519"]]).fill(make_personal())
    assert not list(inspection.faults(raw))
    assert [fault.problem for fault in inspection.faults(template(make_digest()).fill(make_personal()))] == [
        "has no DKIM signature over List-Unsubscribe and List-Unsubscribe-Post"
    ]
    for old, new, problem in [
        (b"\r\nList-Unsubscribe:", b"\r\nX-Was:", "List-Unsubscribe headers"),
        (b"<https://example.org/uns", b"<http://example.org/uns", "no raw https"),
        (b"\r\nFrom:", b"\r\nFrom: a@b\r\nFrom:", "2 From headers"),
        (b"\r\nPrecedence: bulk", b"\r\nPrecedence: " + b"x" * 1000, "more than 998"),
        (b"\r\nPrecedence: bulk", b"\r\nPrecedence: \nbulk", "CRLF"),
        (b"\r\nPrecedence: bulk", b"\r\nPrecedence: \0", "NUL"),
        (b"List-Unsubscribe", b"X-Other", "no DKIM"),
    ]:
        assert old in raw
        found = [fault.problem for fault in inspection.faults(raw.replace(old, new))]
        assert any(problem in each for each in found)


def test_a_date_needs_a_zone_and_keeps_it() -> None:
    with pytest.raises(DeliveryError, match="time zone"):
        template(make_digest()).fill(make_personal(date=datetime(2026, 11, 19, 8)))
    east = datetime(2026, 11, 19, 8, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert b"\r\nDate: Thu, 19 Nov 2026 08:00:00 +0545\r\n" in template(make_digest()).fill(
        make_personal(date=east)
    )
    assert datetime.now(UTC).tzinfo


def test_a_long_name_is_refused() -> None:
    with pytest.raises(DeliveryError, match="200 characters"):
        template(make_digest()).fill(make_personal(name="x" * 201))
