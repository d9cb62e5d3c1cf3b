"""`[newsletter.NAME]` and `[delivery]`: what is sent, and how it leaves."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, model_validator

from feeds.article import Tags
from feeds.config.feed import Selection
from feeds.config.words import Count, Every, Languages, Name, SubjectPattern, WithoutSecret, Zone
from feeds.model import Model
from feeds.values import Address, Email, Language, Line, Prose


class Sender(Model):
    """Whom the mail is from: one mailbox (RFC 5322 section 3.4)."""

    name: Line = Field(description="The name that subscribers see.")
    email: Email = Field(description="The address it is sent from.")


class NewsletterSettings(Model):
    """`[newsletter.NAME]`: one newsletter and its digest."""

    title: Line | None = Field(None, description="Else the publication's title.")
    subject: SubjectPattern = Field(
        "{lead}", description="The subject line, with {title} {lead} {date} {number}."
    )
    sender: Sender = Field(description="Whom it is from.")
    reply_to: Email | None = Field(None, description="Where answers go, if not to the sender.")
    language: Language | None = Field(None, description="Of its words; else the publication's.")
    languages: Languages = Field((), description="Those that subscribers may choose; the first is its own.")
    topics: Tags = Field((), description="The tags that subscribers may choose; who chooses none gets all.")
    select: Selection = Field(Selection(), description="Which articles; all if left out.")
    since: date | None = Field(None, description="The first day: what is older is no news.")
    least: Count = Field(1, description="Fewer new articles than this make no issue.")
    items: Count = Field(8, description="How many articles at most, the lead story among them.")
    lead: Line | None = Field(None, description="The lead story's file in content/, such as 2026/moon.md.")
    group: Literal["tag", "language"] | None = Field(None, description="What the items are grouped by.")
    template: Name = Field("digest", description="templates/NAME.mjml and NAME.txt.")
    every: Every | None = Field(None, description="When it goes out: Thursday 08:00, daily 08:00 …")
    timezone: Zone | None = Field(None, description="The clock of `every`; else the publication's.")
    approval: bool = Field(False, description="Send nothing but what `feeds issue approve` has approved.")
    unsubscribe: Address | None = Field(None, description="The page to unsubscribe; else url + unsubscribe.")
    imprint: Prose | None = Field(None, description="Who sends this, with a postal address.")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        """At least no more than at most; and no article in two of the languages."""
        if self.least > self.items:
            raise ValueError(f"least = {self.least} is more than items = {self.items}; no issue could be")
        for one, other in permutations(self.languages, 2):
            if one == other or other.startswith(one + "-"):
                raise ValueError(f"languages: “{one}” takes “{other}” too; name one of them")
        return self

    def speech(self, language: str | None) -> str | None:
        """The language of the words around articles in one of its languages: en-GB around en."""
        own = self.language
        return own if own and (language is None or own.startswith(language + "-")) else language or own

    def suffix(self, language: str | None) -> str:
        """What marks the files of one of its languages: nothing for its own, .fr for another."""
        return f".{language}" if language in self.languages[1:] else ""


Rate = Annotated[float, Field(ge=0, le=10_000)]


class DeliverySettings(Model):
    """`[delivery]`: how mail leaves; secrets stand in the environment."""

    transport: WithoutSecret = Field(
        "outbox:outbox",
        description="outbox:FOLDER, smtps://user@host, ses://REGION, postmark://, mailgun://DOMAIN or "
        "resend://; FEEDS_TRANSPORT comes before it.",
    )
    connections: Annotated[StrictInt, Field(ge=1, le=100)] = Field(
        4, description="Connections at once; of all workers together, where there are several."
    )
    group: Annotated[StrictInt, Field(ge=1, le=50)] = Field(
        1, description="Messages begun in one commit: each connection may leave so many in doubt."
    )
    rate: Rate = Field(0, description="Messages a second at most; 0 is no limit.")
    domain_rate: Rate = Field(0, description="Messages a second to each domain at most; 0 is no limit.")
    domains: dict[str, Rate] = Field({}, description="Messages a second to a domain of its own.")
    on_doubt: Literal["hold", "resend"] = Field(
        "hold", description="What becomes of a message of which nobody knows whether it was taken."
    )
