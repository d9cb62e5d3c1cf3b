"""Pages for whom we need not know: to subscribe, and to be sent the link of a subscription.

What is posted here gets the same answer for every mailbox, in status, bytes and time: it is kept on
the disk, and whether we know the mailbox nobody looks before the answer has gone.
"""

from __future__ import annotations

from feeds.web.public import forms, pages
from feeds.web.public.answers import Answer, Asked
from feeds.web.public.desk import NOTHING_CAME, Desk
from feeds.web.public.forms import Wish
from feeds.web.public.pages import Form, Told
from feeds.web.public.site import Offer

LOOK_OVER = "Please look it over and send it."
NO_ADDRESS = "This is not a whole email address. One looks like name@example.org."


def subscribe(desk: Desk, offer: Offer, asked: Asked) -> Answer:
    """The form; posted, the promise of a mail. One that is none of ours, or too old, is shown once more."""
    if asked.method != "POST":
        return pages.subscribe(desk.site, offer, Form(desk.stamp(offer.name), Wish(language=asked.language)))
    given = forms.fields(asked.content_type, asked.body)
    wish = forms.wish(given, offer)
    say = offer.words(wish.language).say
    who = forms.judged(given, desk.form_key, offer.name, desk.clock(), asked.fetched)
    if who == "stale":
        form = Form(desk.stamp(offer.name, again=True), wish, notice=say(LOOK_OVER))
        return pages.subscribe(desk.site, offer, form)
    if wish.mailbox is None:
        form = Form(desk.stamp(offer.name, again=True), wish, problem=say(NO_ADDRESS))
        return pages.subscribe(desk.site, offer, form)
    if who == "person":
        desk.put("subscribe", offer, asked, wish)
    promise = say(
        "If all is well with the address, a mail is on its way to it. Press the button in it, and the "
        "subscription begins."
    )
    page = Told(heading=say("Look in your mailbox"), says=[promise, say(NOTHING_CAME)], good=True)
    return pages.told(desk.site, page, 202, offer, wish.language)


def door(desk: Desk, asked: Asked) -> Answer:
    """For who has no link at hand; posted, the promise of a mail to whoever is subscribed."""
    say = desk.site.words.say
    if asked.method != "POST":
        return pages.door(desk.site, asked.path, Form(desk.stamp("")))
    given = forms.fields(asked.content_type, asked.body)
    offers = desk.site.offers
    offer = offers.get(forms.first(given, "newsletter")) or next(iter(offers.values()))
    wish = forms.wish(given, offer)
    who = forms.judged(given, desk.form_key, "", desk.clock(), asked.fetched)
    if who == "stale":
        return pages.door(
            desk.site, asked.path, Form(desk.stamp("", again=True), wish, notice=say(LOOK_OVER))
        )
    if wish.mailbox is None:
        return pages.door(
            desk.site, asked.path, Form(desk.stamp("", again=True), wish, problem=say(NO_ADDRESS))
        )
    if who == "person":
        desk.put("link", offer, asked, wish)
    promise = say("If the address is subscribed, a mail with the link is on its way to it.")
    page = Told(heading=say("Look in your mailbox"), says=[promise, say(NOTHING_CAME)], good=True)
    return pages.told(desk.site, page, 202)
