"""What each provider posts of a message of ours, and what comes of each report."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from tests.web.webhooks.conftest import House

DAY = 24 * 3600


def bounce(house: House, **fields: Any) -> dict[str, Any]:
    """A permanent failure, as Mailgun tells it."""
    return {
        "event": "failed",
        "severity": "permanent",
        "recipient": "ann@example.org",
        "delivery-status": {
            "code": 550,
            "message": "5.1.1 <ann@example.org>: unknown",
            "enhanced-code": "5.1.1",
        },
        "message": {"headers": {"message-id": house.message_id.strip("<>"), "to": "ann@example.org"}},
        **fields,
    }


def notice(house: House, kind: str = "Permanent", **fields: Any) -> dict[str, Any]:
    """A bounce, as SES tells it."""
    recipient = {
        "emailAddress": "ann@example.org",
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 <ann@example.org>... User unknown",
    }
    return {
        "notificationType": "Bounce",
        "bounce": {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": [recipient]},
        "mail": {"source": house.return_path, "messageId": "0000", "destination": ["ann@example.org"]},
        **fields,
    }


def spam(house: House, **fields: Any) -> dict[str, Any]:
    """A complaint, as Postmark tells it."""
    return {
        "RecordType": "SpamComplaint",
        "ID": 42,
        "Type": "SpamComplaint",
        "Email": "ann@example.org",
        "Details": "Test spam complaint details",
        "Metadata": {"feeds": house.message_id},
        **fields,
    }


NOBODY = ({"nobody": 1}, "failed: nobody", "")
COMPLAINT = ({"complaint": 1}, "failed: complaint", "")
NOTHING = ({"nothing": 1}, "", "")
TROUBLE = ({"trouble": 1}, "", "")


def basic(secret: str) -> str:
    return "Basic " + b64encode(f"feeds:{secret}".encode()).decode()
