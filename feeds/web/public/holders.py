"""Pages for who holds a link of a mail: to confirm, choose, unsubscribe, be told and be forgotten.

GET shows a page with a button, whoever follows the link, and changes nothing. POST acts, and acts again
without harm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from feeds.delivery.addresses import Mailbox
from feeds.delivery.subscribers import Subscriber
from feeds.delivery.tokens import Named
from feeds.web.public import forms, pages
from feeds.web.public.answers import Answer, Asked
from feeds.web.public.desk import NOTHING_CAME, Desk
from feeds.web.public.forms import Wish
from feeds.web.public.pages import PAUSED, Told, Way
from feeds.web.public.site import Offer


@dataclass(frozen=True)
class Held:
    """A genuine link, and what the ledger knows of whom it names."""

    desk: Desk
    offer: Offer
    asked: Asked
    named: Named
    subscriber: Subscriber | None

    @property
    def current(self) -> Subscriber | None:
        """The subscriber whose link it still is; None if they have subscribed anew, or were erased."""
        known = self.subscriber
        return known if known and known.epoch == self.named.epoch else None

    @property
    def receiving(self) -> Subscriber | None:
        """The same, if they are on the list."""
        known = self.current
        return known if known and known.state in ("active", PAUSED) else None

    @property
    def language(self) -> str:
        """What they read."""
        return self.subscriber.language if self.subscriber else ""

    def say(self, phrase: str) -> str:
        """A phrase in what they read, with the newsletter's title in it."""
        return self.offer.words(self.language).say(phrase, title=self.offer.title)

    def told(self, page: Told, status: int = 200) -> Answer:
        """A page with a few words."""
        return pages.told(self.desk.site, page, status, self.offer, self.language)

    def choosing(self, label: str) -> Way:
        """The way to their choice."""
        token = self.desk.tokens(self.offer).make("choose", self.named.subscriber, self.named.epoch)
        return Way(self.say(label), f"{self.offer.prefix}choose/{token}")

    def subscribing(self, label: str) -> Way:
        """The way to subscribe anew."""
        return Way(self.say(label), f"{self.offer.prefix}subscribe")

    def ended(self) -> Answer:
        """What is said to who holds a link of an earlier subscription."""
        door = Way(self.say("Ask for the link of your subscription"), f"{self.desk.site.root}unsubscribe")
        says = "It belongs to an earlier subscription. The newest mail has the link that is good."
        page = Told(
            heading=self.say("This link has ended"),
            says=[self.say(says)],
            ways=[door, self.subscribing("Subscribe")],
        )
        return self.told(page, 410)

    def asking(self, heading: str, says: str, button: str, *ways: Way) -> Answer:
        """A page with one button that posts to where it was got from."""
        page = Told(
            heading=self.say(heading),
            says=[self.say(says)],
            button=self.say(button),
            action=self.asked.path,
            ways=ways,
        )
        return self.told(page)


Page = Callable[[Held], Answer]


def confirm(held: Held) -> Answer:
    """From pending to active."""
    if held.named.ended:
        says = "A link to confirm is good for 7 days. Subscribe once more, and another will come."
        ways = [held.subscribing("Subscribe")]
        return held.told(
            Told(heading=held.say("This link is too old"), says=[held.say(says)], ways=ways), 410
        )
    if held.current is None or held.current.state == "unsubscribed":
        return held.ended()
    if held.asked.method != "POST":
        return held.asking("One last step", "Press the button, and {title} comes to your mailbox.", "Confirm")
    held.desk.ledger.confirm(held.named.subscriber)
    page = Told(
        heading=held.say("You are subscribed"),
        says=[held.say("The next issue of {title} comes to your mailbox.")],
        ways=[held.choosing("Your subscription")],
        good=True,
    )
    return held.told(page)


def unsubscribe(held: Held) -> Answer:
    """Off the list, by whatever is posted (RFC 8058 section 3.1): a body says nothing that the link does not.

    Who is off it already is told so: a mailbox may post late, or twice.
    """
    elsewhere = held.subscriber is not held.current
    if elsewhere and held.subscriber and held.subscriber.state in ("active", PAUSED):
        return held.ended()
    if held.asked.method != "POST":
        ways = [held.choosing("Rather choose what comes, or pause")] if held.receiving else []
        says = "Press the button, and no more issues of {title} come to your mailbox."
        return held.asking("Unsubscribe", says, "Unsubscribe", *ways)
    if held.current and held.current.state != "unsubscribed":
        held.desk.ledger.unsubscribe(held.named.subscriber)
    page = Told(
        heading=held.say("You are unsubscribed"),
        says=[held.say("No more issues of {title} come to your mailbox.")],
        ways=[held.subscribing("Subscribe again")],
        good=True,
    )
    return held.told(page)


def choose(held: Held) -> Answer:
    """Topics, language and a pause."""
    known, notice = held.receiving, ""
    if known is None:
        return held.ended()
    if held.asked.method == "POST":
        given = forms.fields(held.asked.content_type, held.asked.body)
        wish, paused = forms.wish(given, held.offer), bool(forms.first(given, "pause"))
        language = wish.language or known.language
        known = held.desk.ledger.choose(known.id, wish.topics, language, paused=paused) or known
        notice = held.offer.words(known.language).say("Saved.")
    token = held.desk.tokens(held.offer).make("unsubscribe", known.id, known.epoch)
    ways = {
        "choose": held.asked.path,
        "data": f"{held.asked.path}/data",
        "erase": f"{held.asked.path}/erase",
        "unsubscribe": f"{held.offer.prefix}unsubscribe/{token}",
    }
    return pages.choose(held.desk.site, held.offer, known, ways, notice)


def data(held: Held) -> Answer:
    """Everything that is known of them, by mail: so it reaches nobody else, whoever holds the link."""
    if held.receiving is None:
        return held.ended()
    known = held.receiving
    held.desk.put("data", held.offer, held.asked, Wish(mailbox=Mailbox(known.address, known.domain)))
    promise = "A mail with everything that we know of you is on its way."
    says = [held.say(promise), held.say(NOTHING_CAME)]
    return held.told(Told(heading=held.say("Look in your mailbox"), says=says, good=True), 202)


def erase(held: Held) -> Answer:
    """Forgotten in every newsletter."""
    if held.current is None:
        return held.ended()
    if held.asked.method != "POST":
        says = (
            "We forget your address, your choice and what was sent to you, in all newsletters. It cannot "
            "be undone."
        )
        return held.asking("Erase me", says, "Erase me", held.choosing("Your subscription"))
    held.desk.ledger.erase(held.current.address)
    held.desk.inbox.forget(held.current.address)
    says = (
        "What is left is a mark that nobody can read, by which a list that is imported does not bring you "
        "back."
    )
    return held.told(Told(heading=held.say("You are forgotten"), says=[held.say(says)], good=True))
