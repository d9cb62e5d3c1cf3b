"""Buttondown: an email, a draft until it is told otherwise (https://docs.buttondown.com/api-emails-create).

Its templates are Django's. The body is HTML, which its own comment says; the text part it makes itself.
"""

from __future__ import annotations

from typing import Any

from feeds.delivery.handover import text
from feeds.delivery.handover.base import Campaign, Service, State, Tags
from feeds.delivery.handover.interface import Interface, MissingError

ORIGIN = "https://api.buttondown.com"
BASE = "/v1"
AS_HTML = "<!-- buttondown-editor-mode: fancy -->"

IN_EARNEST = {"x-buttondown-live-dangerously": "true"}
"""What Buttondown wants to hear, at least the first time, before it sends for a program."""

TAGS = Tags(
    unsubscribe="{{ unsubscribe_url }}",
    web="{{ email_url }}",
    preferences="{{ manage_subscription_url }}",
    name="{{ subscriber.metadata.name }}",
    plain=text.braces_in_plain,
    html=text.braces_in_html,
    style=text.braces_in_style,
)
_OPEN = ("draft", "scheduled")


def buttondown(interface: Interface) -> Service:
    """Buttondown, where an email goes to the newsletter that the key is of."""

    def body(campaign: Campaign) -> dict[str, Any]:
        return {"subject": campaign.subject, "body": AS_HTML + campaign.html}

    def create(campaign: Campaign) -> str:
        return interface.text(interface.call("POST", "/emails", {**body(campaign), "status": "draft"}), "id")

    def update(number: str, campaign: Campaign) -> None:
        interface.call("PATCH", f"/emails/{number}", body(campaign))

    def send(number: str) -> None:
        interface.call("PATCH", f"/emails/{number}", {"status": "about_to_send"}, IN_EARNEST)

    def state(number: str) -> State:
        try:
            found = interface.call("GET", f"/emails/{number}")
        except MissingError:
            return "gone"
        return "draft" if interface.text(found, "status") in _OPEN else "sent"

    return Service(name="Buttondown", tags=TAGS, create=create, update=update, send=send, state=state)
