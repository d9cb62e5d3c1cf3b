"""What proves that a report is a provider's: secrets from the environment, and from nowhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.errors import Fault, Place, SettingsError

POSTMARK = "FEEDS_WEBHOOK_POSTMARK"
"""The secret of our own making that Postmark calls us with."""
MAILGUN = "FEEDS_WEBHOOK_MAILGUN"
"""Mailgun's “HTTP webhook signing key”."""
SES = "FEEDS_WEBHOOK_SES_TOPIC"
"""The ARNs of the SNS topics that may tell us anything, with blanks or commas between them."""
SHORTEST = 16
"""Characters of a secret."""
_TOPIC = re.compile(
    r"arn:aws(?:-cn|-us-gov)?:sns:([a-z]{2}(?:-[a-z]{1,12}){1,3}-\d):\d{12}:[A-Za-z0-9_-]{1,256}"
)


@dataclass(frozen=True)
class Secrets:
    """What each provider proves itself by; one that is empty is not listened to."""

    postmark: str = field(default="", repr=False)
    mailgun: str = field(default="", repr=False)
    topics: frozenset[str] = frozenset()


def from_environment(environment: Mapping[str, str] = os.environ) -> Secrets:
    """The secrets that are set. Raises `SettingsError`, which does not repeat them."""
    given = {name: environment.get(name, "").strip() for name in (POSTMARK, MAILGUN, SES)}
    topics = frozenset(given[SES].replace(",", " ").split())
    faults = [
        Fault(Place(name), f"is too short; give {SHORTEST} characters or more")
        for name in (POSTMARK, MAILGUN)
        if given[name] and len(given[name]) < SHORTEST
    ]
    if any(not region(topic) for topic in topics):
        faults.append(
            Fault(Place(SES), "names no topic; write such as arn:aws:sns:eu-west-1:123456789012:bounces")
        )
    if faults:
        raise SettingsError(faults)
    return Secrets(given[POSTMARK], given[MAILGUN], topics)


def region(topic: str) -> str:
    """The region of a topic's ARN; empty where it is none."""
    found = _TOPIC.fullmatch(topic)
    return found[1] if found else ""
