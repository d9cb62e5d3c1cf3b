"""What each provider documents of its interface, and checks of what it is sent by that."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

from tests.providers.fake import Answering, Asked, BrokenContract, Says

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
"""The secret of every provider here, so that one search finds it wherever it must not be."""
ADDRESS = r"[^@\s<>]+@[A-Za-z0-9.-]+"
ONE = re.compile(rf"(?:[^<>\r\n]* <{ADDRESS}>|{ADDRESS})")
LIST_HEADERS = {"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-ID"}


def holds(fine: object, problem: str) -> None:
    """Break the contract where it does not hold."""
    if not fine:
        raise BrokenContract(problem)


def exactly(table: Mapping[str, Any], required: dict[str, type], optional: dict[str, type]) -> None:
    """A table has these fields of these types and no other."""
    for name, kind in required.items():
        holds(name in table, f"{name} is missing")
        holds(isinstance(table[name], kind), f"{name} is no {kind.__name__}")
    for name, value in table.items():
        holds(name in required or name in optional, f"{name} is unknown")
        holds(isinstance(value, (required | optional)[name]), f"{name} has the wrong type")


@dataclass
class Taken:
    """What a provider took: the messages, by the number that it gave them."""

    content: dict[str, Any] = field(default_factory=dict)

    def number(self, message: Any) -> str:
        made = f"0100-{len(self.content) + 1:04}-provider"
        self.content[made] = message
        return made


def ses(taken: Taken, region: str = "eu-west-1", configuration: str = "") -> Answering:
    """POST /v2/email/outbound-emails of the API reference of SES v2, with Signature Version 4."""

    def answer(asked: Asked) -> Says:
        holds((asked.method, asked.path) == ("POST", "/v2/email/outbound-emails"), "is no operation")
        if not _is_signed(asked, region):
            return Says(
                403,
                {"message": "The request signature we calculated does not match"},
                {"x-amzn-ErrorType": "SignatureDoesNotMatch:http://internal.example/"},
            )
        body = asked.json
        exactly(
            body,
            {"Content": dict, "Destination": dict},
            {"FromEmailAddress": str, "FeedbackForwardingEmailAddress": str, "ConfigurationSetName": str},
        )
        holds(body.get("ConfigurationSetName", "") == configuration, "is another configuration set")
        exactly(body["Content"], {"Raw": dict}, {})
        exactly(body["Content"]["Raw"], {"Data": str}, {})
        exactly(body["Destination"], {"ToAddresses": list}, {})
        holds(len(body["Destination"]["ToAddresses"]) <= 50, "has over 50 recipients")
        holds(len(body["Content"]["Raw"]["Data"]) <= 40 << 20, "is over 40 MB")
        raw = base64.b64decode(body["Content"]["Raw"]["Data"], validate=True)
        _is_mime(raw)
        message = {"raw": raw, "to": body["Destination"]["ToAddresses"], **body}
        return Says(200, {"MessageId": taken.number(message)})

    return answer


def _is_signed(asked: Asked, region: str) -> bool:
    """By the steps of Amazon's own guide, written apart from ours."""
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8})/([\w-]+)/ses/aws4_request, "
        r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})",
        asked.headers.get("authorization", ""),
    )
    holds(found, "is not signed")
    assert found
    _, day, where, names, signature = found.groups()
    holds(where == region, "is signed for another region")
    holds({"host", "x-amz-date"} <= set(names.split(";")), "host and date must be signed")
    canonical = asked.method + "\n" + asked.path + "\n\n"
    canonical += "".join(f"{name}:{asked.headers[name]}\n" for name in names.split(";"))
    canonical += f"\n{names}\n{hashlib.sha256(asked.content).hexdigest()}"
    text = "\n".join(
        [
            "AWS4-HMAC-SHA256",
            asked.headers["x-amz-date"],
            f"{day}/{region}/ses/aws4_request",
            hashlib.sha256(canonical.encode()).hexdigest(),
        ]
    )
    key = b"AWS4" + SECRET.encode()
    for part in (day, region, "ses", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest() == signature


def postmark(taken: Taken, stream: str = "broadcast") -> Answering:
    """POST /email of Postmark's Email API."""

    def answer(asked: Asked) -> Says:
        holds((asked.method, asked.path) == ("POST", "/email"), "is no operation")
        holds(asked.headers.get("accept") == "application/json", "Accept must be JSON")
        if asked.headers.get("x-postmark-server-token") != SECRET:
            return Says(401, {"ErrorCode": 10, "Message": "No Account or Server API tokens were supplied"})
        holds(len(asked.content) <= 10_000_000, "is over 10 MB")
        body = asked.json
        exactly(
            body,
            {"From": str, "To": str, "Subject": str, "HtmlBody": str, "TextBody": str, "MessageStream": str},
            {"Cc": str, "Bcc": str, "Tag": str, "ReplyTo": str, "Headers": list, "TrackOpens": bool}
            | {"TrackLinks": str, "Metadata": dict, "Attachments": list},
        )
        holds(ONE.fullmatch(body["From"]), "From is no mailbox")
        for recipient in body["To"].split(","):
            holds(ONE.fullmatch(recipient), "To is no mailbox")
        holds(body["To"].count(",") < 50, "has over 50 recipients")
        holds(body["MessageStream"] == stream, "is another stream")
        holds(body.get("TrackLinks") == "None" and body.get("TrackOpens") is False, "would track readers")
        for header in body["Headers"]:
            exactly(header, {"Name": str, "Value": str}, {})
            holds(re.fullmatch(r"[A-Za-z0-9-]+", header["Name"]), "a header has no name")
            holds(not re.search(r"[\r\n]", header["Value"]), "a header has a second line")
        named = {header["Name"]: header["Value"] for header in body["Headers"]}
        holds(named.keys() >= LIST_HEADERS, f"lacks {LIST_HEADERS - named.keys()}")
        holds(named.get("X-PM-KeepID") == "true", "Message-ID would be replaced")
        for key, value in body.get("Metadata", {}).items():
            holds(len(key) <= 20 and len(value) <= 80, "Metadata is too long")
        return Says(
            200,
            {
                "To": body["To"],
                "SubmittedAt": "2026-11-23T08:00:00Z",
                "MessageID": taken.number(body),
                "ErrorCode": 0,
                "Message": "OK",
            },
        )

    return answer


def mailgun(taken: Taken, domain: str = "example.org") -> Answering:
    """POST /v3/{domain}/messages.mime of Mailgun's OpenAPI document."""

    def answer(asked: Asked) -> Says:
        holds((asked.method, asked.path) == ("POST", f"/v3/{domain}/messages.mime"), "is no operation")
        login = "Basic " + base64.b64encode(f"api:{SECRET}".encode()).decode()
        if asked.headers.get("authorization") != login:
            return Says(401, b"Forbidden", {"Content-Type": "text/plain"})
        holds(len(asked.content) <= 25 << 20, "is over 25 MB")
        form = _form(asked)
        holds({"to", "message"} <= form.keys(), "to or message is missing")
        for name in form.keys() - {"to", "message"}:
            holds(name.startswith(("o:", "h:", "v:", "t:")), f"{name} is unknown")
        kind, raw = form["message"]
        holds("filename=" in kind, "message must be a file")
        _is_mime(raw)
        to = form["to"][1].decode()
        holds(ONE.fullmatch(to), "to is no mailbox")
        holds(form.get("o:tracking", ("", b""))[1] == b"no", "would track readers")
        number = taken.number({"raw": raw, "to": [to]})
        return Says(200, {"id": f"<{number}@{domain}>", "message": "Queued. Thank you."})

    return answer


def _form(asked: Asked) -> dict[str, tuple[str, bytes]]:
    kind, _, boundary = asked.headers["content-type"].partition("; boundary=")
    holds(kind == "multipart/form-data" and boundary, "is no form with files")
    start, *parts, end = asked.content.split(b"--" + boundary.encode())
    holds((start, end) == (b"", b"--\r\n"), "the form is not closed")
    found = {}
    for part in parts:
        head, _, body = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb'form-data; name="([^"]+)"', head)
        holds(name and body.endswith(b"\r\n"), "a part has no name or no end")
        assert name
        found[name[1].decode()] = (head.decode(), body[:-2])
    return found


def resend(taken: Taken) -> Answering:
    """POST /emails of Resend's OpenAPI document; the same key twice is one message."""
    known: dict[str, tuple[bytes, Says]] = {}

    def answer(asked: Asked) -> Says:
        holds((asked.method, asked.path) == ("POST", "/emails"), "is no operation")
        holds(asked.headers.get("user-agent"), "User-Agent is required")
        if asked.headers.get("authorization") != f"Bearer {SECRET}":
            return Says(403, {"statusCode": 403, "name": "invalid_api_key", "message": "API key is invalid"})
        key = asked.headers.get("idempotency-key", "")
        holds(1 <= len(key) <= 256, "the key must have 1 to 256 characters")
        if key in known:
            content, said = known[key]
            name = "invalid_idempotent_request"
            return said if content == asked.content else Says(409, {"statusCode": 409, "name": name})
        body = asked.json
        exactly(
            body,
            {"from": str, "to": list, "subject": str},
            {"html": str, "text": str, "headers": dict, "reply_to": str, "tags": list},
        )
        holds(ONE.fullmatch(body["from"]), "from is no mailbox")
        holds(len(body["to"]) <= 50 and all(ONE.fullmatch(to) for to in body["to"]), "to is no mailbox")
        holds(body["headers"].keys() >= LIST_HEADERS, "lacks headers of a list")
        for name, value in body["headers"].items():
            holds(isinstance(value, str) and not re.search(r"[\r\n]", value), f"{name} is no header")
        said = Says(200, {"id": taken.number(body)})
        known[key] = asked.content, said
        return said

    return answer


def _is_mime(raw: bytes) -> None:
    holds(b"\r\n\r\n" in raw and not re.search(rb"(?<!\r)\n", raw), "is no message of lines ended by CRLF")
    holds(max(map(len, raw.split(b"\r\n"))) <= 998, "has a line of over 998 bytes")
    parsed = message_from_bytes(raw, policy=policy.default)
    holds(parsed["From"] and parsed["Subject"], "has no From or Subject")
    holds(json.dumps(str(parsed["To"])), "has no To")
