"""Which service is meant, and its account: keys from the environment alone, never shown."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from feeds.delivery.handover import buttondown, listmonk, mailchimp
from feeds.delivery.handover.base import Service
from feeds.delivery.handover.interface import Interface
from feeds.delivery.transports.addresses import AUTHORITIES, interface, needed
from feeds.errors import Fault, Place, SettingsError

Environment = Mapping[str, str]

LISTMONK = ("FEEDS_LISTMONK_USER", "FEEDS_LISTMONK_TOKEN")
LISTMONK_URL = "FEEDS_LISTMONK_URL"
BUTTONDOWN = "FEEDS_BUTTONDOWN_KEY"
MAILCHIMP = "FEEDS_MAILCHIMP_KEY"
_KEY = re.compile(r"[0-9a-f]{32}-([a-z]{2,4}[0-9]{1,4})")


def service(
    name: str, lists: Sequence[str] = (), template: int | None = None, environment: Environment = os.environ
) -> Service:
    """The service of a name, with the lists that an issue goes to. Raises `SettingsError`."""
    if name not in SERVICES:
        close = get_close_matches(name, SERVICES, 1)
        hint = f"did you mean “{close[0]}”?" if close else f"known are {', '.join(SERVICES)}"
        raise _wrong("--to", f"there is no service “{name}”; {hint}")
    if template and name != "listmonk":
        raise _wrong("--template", "is for listmonk alone")
    return SERVICES[name](lists, template, environment)


def _listmonk(lists: Sequence[str], template: int | None, environment: Environment) -> Service:
    url = interface(environment, LISTMONK_URL)
    if not url:
        raise _wrong(
            LISTMONK_URL, "is not set; give the address of your listmonk, such as https://lists.example.org"
        )
    user, token = needed(LISTMONK, environment)
    numbers = [int(one) for one in lists if re.fullmatch("[0-9]{1,9}", one)]
    if not lists or len(numbers) < len(lists):
        raise _wrong(
            "--list", "is the number of a list in listmonk, and one is needed; say it again for another"
        )
    account = Interface(
        "listmonk", url, "/api", f"token {user}:{token}", (token,), environment.get(AUTHORITIES, "")
    )
    return listmonk.listmonk(account, tuple(numbers), template)


def _buttondown(lists: Sequence[str], template: int | None, environment: Environment) -> Service:
    if lists:
        raise _wrong("--list", "is nothing that Buttondown has: its key is of one newsletter")
    (key,) = needed((BUTTONDOWN,), environment)
    url = interface(environment) or buttondown.ORIGIN
    trusted = environment.get(AUTHORITIES, "")
    return buttondown.buttondown(
        Interface("Buttondown", url, buttondown.BASE, f"Token {key}", (key,), trusted)
    )


def _mailchimp(lists: Sequence[str], template: int | None, environment: Environment) -> Service:
    (key,) = needed((MAILCHIMP,), environment)
    found = _KEY.fullmatch(key)
    if not found:
        raise _wrong(MAILCHIMP, "is no key of Mailchimp's: 32 letters and the data centre, such as …-us21")
    if len(lists) != 1 or not re.fullmatch("[0-9a-z]{1,40}", lists[0]):
        raise _wrong("--list", "is the id of one audience in Mailchimp, and is needed")
    login = "Basic " + b64encode(f"feeds:{key}".encode()).decode("ascii")
    url = interface(environment) or f"https://{found[1]}.api.mailchimp.com"
    account = Interface("Mailchimp", url, mailchimp.BASE, login, (key,), environment.get(AUTHORITIES, ""))
    return mailchimp.mailchimp(account, lists[0])


SERVICES: Mapping[str, Callable[[Sequence[str], int | None, Environment], Service]] = {
    "listmonk": _listmonk,
    "buttondown": _buttondown,
    "mailchimp": _mailchimp,
}


def _wrong(where: str, problem: str) -> SettingsError:
    return SettingsError(Fault(Place(where), problem))
