"""listmonk: a campaign of the type regular (https://listmonk.app/docs/apis/campaigns/).

Its templates are Go's. The issue is a whole page, so the campaign wants a template that is nothing but
`{{ template "content" . }}`.
"""

from __future__ import annotations

import re
from typing import Any

from feeds.delivery.handover import text
from feeds.delivery.handover.base import Campaign, Service, State, Tags
from feeds.delivery.handover.interface import Interface, MissingError

_LINKS = "@TrackLink"
"""Behind a link it has clicks counted, wherever it stands."""


def _plain(piece: str) -> str:
    return re.sub(_LINKS, '{{ "@" }}TrackLink', text.braces_in_plain(piece))


def _html(piece: str) -> str:
    return text.braces_in_html(piece).replace(_LINKS, "&#64;TrackLink")


TAGS = Tags(
    unsubscribe="{{ UnsubscribeURL }}",
    web="{{ MessageURL }}",
    preferences="{{ ManageURL }}",
    name="{{ .Subscriber.Name }}",
    plain=_plain,
    html=_html,
    style=text.braces_in_style,
)
_OPEN = ("draft", "scheduled", "paused")


def listmonk(interface: Interface, lists: tuple[int, ...], template: int | None = None) -> Service:
    """listmonk, where campaigns go to these lists."""

    def body(campaign: Campaign) -> dict[str, Any]:
        made: dict[str, Any] = {
            "name": campaign.name,
            "subject": campaign.subject,
            "lists": list(lists),
            "from_email": f'"{_quoted(campaign.sender_name)}" <{campaign.sender_email}>',
            "type": "regular",
            "content_type": "html",
            "body": campaign.html,
            "altbody": campaign.text,
            "messenger": "email",
        }
        if campaign.reply_to:
            made["headers"] = [{"Reply-To": campaign.reply_to}]
        return made | ({"template_id": template} if template else {})

    def create(campaign: Campaign) -> str:
        return interface.text(_data(interface.call("POST", "/campaigns", body(campaign))), "id")

    def update(number: str, campaign: Campaign) -> None:
        interface.call("PUT", f"/campaigns/{number}", body(campaign))

    def send(number: str) -> None:
        interface.call("PUT", f"/campaigns/{number}/status", {"status": "running"})

    def state(number: str) -> State:
        try:
            found = _data(interface.call("GET", f"/campaigns/{number}"))
        except MissingError:
            return "gone"
        return "draft" if interface.text(found, "status") in _OPEN else "sent"

    return Service(name="listmonk", tags=TAGS, create=create, update=update, send=send, state=state)


def _data(answer: Any) -> dict[str, Any]:
    data = answer.get("data")
    return data if isinstance(data, dict) else {}


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')
