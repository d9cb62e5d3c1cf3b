"""Mailchimp: a campaign of the type regular, and its content (https://mailchimp.com/developer/marketing/api/).

Its merge tags stand in *|…|*, in subject and names too.
"""

from __future__ import annotations

from typing import Any

from feeds.delivery.handover import text
from feeds.delivery.handover.base import Campaign, Service, State, Tags
from feeds.delivery.handover.interface import Interface, MissingError

BASE = "/3.0"

TAGS = Tags(
    unsubscribe="*|UNSUB|*",
    web="*|ARCHIVE|*",
    preferences="*|UPDATE_PROFILE|*",
    name="*|FNAME|*",
    plain=text.stars_in_plain,
    html=text.stars_in_html,
    style=text.stars_in_style,
)
_OPEN = ("save", "paused", "schedule")


def mailchimp(interface: Interface, audience: str) -> Service:
    """Mailchimp, where a campaign goes to one audience."""

    def settings(campaign: Campaign) -> dict[str, Any]:
        return {
            "recipients": {"list_id": audience},
            "settings": {
                "title": campaign.name,
                "subject_line": campaign.subject,
                "preview_text": campaign.preheader,
                "from_name": campaign.sender_name,
                "reply_to": campaign.reply_to or campaign.sender_email,
                "auto_footer": False,
            },
            "tracking": {"opens": False, "html_clicks": False, "text_clicks": False},
        }

    def fill(number: str, campaign: Campaign) -> None:
        content = {"html": campaign.html, "plain_text": campaign.text}
        interface.call("PUT", f"/campaigns/{number}/content", content)

    def create(campaign: Campaign) -> str:
        made = interface.call("POST", "/campaigns", {"type": "regular", **settings(campaign)})
        return interface.text(made, "id")

    def update(number: str, campaign: Campaign) -> None:
        interface.call("PATCH", f"/campaigns/{number}", settings(campaign))
        fill(number, campaign)

    def send(number: str) -> None:
        interface.call("POST", f"/campaigns/{number}/actions/send")

    def state(number: str) -> State:
        try:
            found = interface.call("GET", f"/campaigns/{number}")
        except MissingError:
            return "gone"
        return "draft" if interface.text(found, "status") in _OPEN else "sent"

    return Service(
        name="Mailchimp",
        tags=TAGS,
        create=create,
        update=update,
        send=send,
        state=state,
        fills_later=True,
    )
