"""Signature Version 4 against what Amazon publishes: its test suite, and the example of its guide."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.delivery.transports.signature import Credentials, signed, signing_key
from tests.providers.contracts import SECRET

WHO = Credentials("AKIDEXAMPLE", SECRET)
WHEN = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
FORM = {"content-type": "application/x-www-form-urlencoded"}
TOKEN = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeo"
    "IYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5V"
    "SXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yj"
    "c8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
)
VECTORS = {
    "get-vanilla": ("GET", "", {}, b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    "get-vanilla-query-order-key-case": (
        "GET",
        "Param1=value1&Param2=value2",
        {},
        b"",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    "get-header-value-trim": (
        "GET",
        "",
        {"my-header1": " value1", "my-header2": ' "a   b   c"'},
        b"",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
    "post-header-key-sort": (
        "POST",
        "",
        {"my-header1": "value1"},
        b"",
        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    ),
    "post-vanilla": ("POST", "", {}, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    "post-x-www-form-urlencoded": (
        "POST",
        "",
        FORM,
        b"Param1=value1",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_published_vectors(name: str) -> None:
    method, query, headers, content, signature = VECTORS[name]
    given = {"host": "example.amazonaws.com", **headers}
    made = signed(
        method, "/", given, content, credentials=WHO, scope=("us-east-1", "service"), now=WHEN, query=query
    )
    names = ";".join(sorted({*given, "x-amz-date"}))
    assert made["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )


def test_the_published_vector_of_a_session() -> None:
    who = Credentials("AKIDEXAMPLE", SECRET, TOKEN)
    given = {"host": "example.amazonaws.com"}
    made = signed("POST", "/", given, b"", credentials=who, scope=("us-east-1", "service"), now=WHEN)
    assert made["authorization"].endswith(
        "SignedHeaders=host;x-amz-date;x-amz-security-token, "
        "Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
    )
    assert made["x-amz-security-token"] == TOKEN


def test_the_example_of_the_guide() -> None:
    key = "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
    assert signing_key(SECRET, "20150830", "us-east-1", "iam").hex() == key
    made = signed(
        "GET",
        "/",
        {"host": "iam.amazonaws.com", "content-type": f"{FORM['content-type']}; charset=utf-8"},
        b"",
        credentials=WHO,
        scope=("us-east-1", "iam"),
        now=WHEN,
        query="Action=ListUsers&Version=2010-05-08",
    )
    assert made["authorization"].endswith("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")


def test_it_never_shows_its_secrets() -> None:
    assert SECRET not in repr(WHO)
    assert TOKEN not in repr(Credentials("AKIDEXAMPLE", SECRET, TOKEN))
