"""Stand-ins of the campaign services: what they document, and what has become of each campaign there."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from tests.providers.contracts import exactly, holds
from tests.providers.fake import Asked, Says

KEY = "0123456789abcdef0123456789abcdef-us21"
TOKEN = "hunter2-hunter2-hunter2"
LOGINS = {
    "listmonk": f"token api:{TOKEN}",
    "buttondown": f"Token {TOKEN}",
    "mailchimp": "Basic " + base64.b64encode(f"feeds:{KEY}".encode()).decode(),
}


@dataclass
class Campaigns:
    """The campaigns of one service, by number."""

    service: str
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Says:
        if asked.headers.get("authorization") != LOGINS[self.service]:
            return Says(403, {"message": f"invalid API credentials {asked.headers.get('authorization')}"})
        answer: Says = getattr(self, f"_{self.service}")(asked)
        return answer

    @property
    def only(self) -> dict[str, Any]:
        [one] = self.kept.values()
        return one

    def _made(self, fields: dict[str, Any]) -> dict[str, Any]:
        number = str(len(self.kept) + 1)
        self.kept[number] = {"id": number, **fields}
        return self.kept[number]

    def _listmonk(self, asked: Asked) -> Says:
        """https://listmonk.app/docs/apis/campaigns/"""
        if (asked.method, asked.path) == ("POST", "/api/campaigns"):
            made = self._made({**_listmonk_body(asked.json), "status": "draft"})
            return Says(200, {"data": {**made, "id": int(made["id"])}})
        number, found = self._found(asked, r"/api/campaigns/(\d+)(?:/status)?")
        if found is None:
            return Says(400, {"message": "Campaign not found"})
        if asked.path.endswith("/status"):
            holds(asked.method == "PUT", "is no operation")
            exactly(asked.json, {"status": str}, {})
            holds(
                asked.json["status"] == "running" and found["status"] in ("draft", "paused"), "cannot start"
            )
            found["status"] = "running"
        elif asked.method == "PUT":
            holds(found["status"] == "draft", "only a draft can be changed")
            found.update(_listmonk_body(asked.json))
        return Says(200, {"data": {**found, "id": int(number)}})

    def _buttondown(self, asked: Asked) -> Says:
        """https://docs.buttondown.com/api-emails-create"""
        if (asked.method, asked.path) == ("POST", "/v1/emails"):
            exactly(asked.json, {"subject": str, "body": str, "status": str}, {})
            holds(asked.json["status"] == "draft", "would be sent at once")
            return Says(201, self._made(asked.json))
        _, found = self._found(asked, r"/v1/emails/(\d+)")
        if found is None:
            return Says(404, {"detail": "Not Found"})
        if asked.method == "PATCH":
            exactly(asked.json, {}, {"subject": str, "body": str, "status": str})
            holds(found["status"] == "draft", "only a draft can be changed")
            if asked.json.get("status") == "about_to_send":
                holds(asked.headers.get("x-buttondown-live-dangerously") == "true", "must be in earnest")
            found.update(asked.json)
        return Says(200, found)

    def _mailchimp(self, asked: Asked) -> Says:
        """https://mailchimp.com/developer/marketing/api/campaigns/"""
        if (asked.method, asked.path) == ("POST", "/3.0/campaigns"):
            body = asked.json
            holds(body.pop("type", None) == "regular", "is no type")
            return Says(200, self._made({**_mailchimp_body(body), "status": "save"}))
        number, found = self._found(asked, r"/3\.0/campaigns/(\d+)(?:/content|/actions/send)?")
        if found is None:
            return Says(404, {"title": "Resource Not Found", "status": 404, "detail": "could not be found"})
        if asked.path.endswith("/content"):
            holds(asked.method == "PUT", "is no operation")
            exactly(asked.json, {}, {"html": str, "plain_text": str, "template": dict, "url": str})
            found["content"] = asked.json
        elif asked.path.endswith("/send"):
            holds(asked.method == "POST" and not asked.content, "is no operation")
            holds("content" in found, "there is no content")
            found["status"] = "sending"
            return Says(204, b"")
        elif asked.method == "PATCH":
            found.update(_mailchimp_body(asked.json))
        return Says(200, {**found, "id": number})

    def _found(self, asked: Asked, pattern: str) -> tuple[str, dict[str, Any] | None]:
        match = re.fullmatch(pattern, asked.path)
        holds(match, f"{asked.path} is no path")
        assert match
        return match[1], self.kept.get(match[1])


def _listmonk_body(body: dict[str, Any]) -> dict[str, Any]:
    exactly(
        body,
        {"name": str, "subject": str, "lists": list, "type": str, "content_type": str, "body": str},
        {
            "from_email": str,
            "altbody": str,
            "messenger": str,
            "template_id": int,
            "tags": list,
            "headers": list,
        },
    )
    holds(body["type"] == "regular" and body["content_type"] == "html", "is another kind")
    holds(body["lists"] and all(isinstance(one, int) for one in body["lists"]), "goes to no list")
    holds(len(body["name"]) <= 500 and len(body["subject"]) <= 5000, "is too long")
    holds("{{ UnsubscribeURL }}" in body["body"] and "{{ UnsubscribeURL }}" in body["altbody"], "no way out")
    return body


def _mailchimp_body(body: dict[str, Any]) -> dict[str, Any]:
    exactly(body, {"recipients": dict, "settings": dict}, {"tracking": dict})
    exactly(body["recipients"], {"list_id": str}, {})
    exactly(
        body["settings"],
        {"subject_line": str, "from_name": str, "reply_to": str},
        {"title": str, "preview_text": str, "auto_footer": bool},
    )
    exactly(body["tracking"], {}, {"opens": bool, "html_clicks": bool, "text_clicks": bool})
    return body
