"""What the pages say: each a few words and at most one form, filled into a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from feeds import colours, templating
from feeds.delivery.subscribers import State, Subscriber
from feeds.web.public.answers import Answer
from feeds.web.public.forms import TRAP, Wish
from feeds.web.public.site import Offer, Site
from feeds.wording import Wording, direction, wording

STYLE = "newsletters/pages.css"
PAUSED: State = "paused"
"""The state of who is on the list and gets nothing for now."""


@dataclass(frozen=True)
class Way:
    """A link on from here."""

    label: str
    href: str


@dataclass(frozen=True)
class Option:
    """One of several things to choose, in the words of whoever chooses it."""

    value: str
    label: str
    chosen: bool
    language: str = ""
    direction: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A page that says something, with at most one button."""

    heading: str
    says: Sequence[str]
    button: str = ""
    """It posts to where the page was got from."""
    action: str = ""
    ways: Sequence[Way] = field(default=())
    good: bool = False
    """Whether it says that something is done."""


@dataclass(frozen=True)
class Form:
    """What a form holds when it is shown: what was filled in already, and what is wrong with it."""

    stamp: str
    wish: Wish = field(default_factory=Wish)
    problem: str = ""
    notice: str = ""

    @property
    def status(self) -> int:
        """422 where something is wrong."""
        return 422 if self.problem else 200


def told(site: Site, page: Told, status: int = 200, offer: Offer | None = None, language: str = "") -> Answer:
    """A page with a few words."""
    words = offer.words(language) if offer else site.words
    return _page(site, "told", status, words, offer, page=page, heading=page.heading)


def subscribe(site: Site, offer: Offer, form: Form) -> Answer:
    """The form to subscribe."""
    archived = _built(site, f"newsletters/{offer.name}/index.html")
    return _page(
        site,
        "subscribe",
        form.status,
        offer.words(form.wish.language),
        offer,
        heading=offer.title,
        trap=TRAP,
        form=form,
        topics=topics(offer, form.wish.topics),
        languages=languages(offer, form.wish.language),
        archive=f"{site.root}newsletters/{offer.name}/" if archived else "",
        door=f"{site.root}unsubscribe",
    )


def choose(
    site: Site, offer: Offer, subscriber: Subscriber, ways: dict[str, str], notice: str = ""
) -> Answer:
    """What a subscriber has chosen, to be changed; `ways` are the addresses of what else they can do."""
    words = offer.words(subscriber.language)
    return _page(
        site,
        "choose",
        200,
        words,
        offer,
        heading=words.say("Your subscription"),
        notice=notice,
        paused=subscriber.state == PAUSED,
        topics=topics(offer, subscriber.topics),
        languages=languages(offer, subscriber.language),
        ways=ways,
    )


def door(site: Site, action: str, form: Form) -> Answer:
    """The page for who has no link at hand, and is sent one."""
    offers = [Option(one.name, one.title, not number) for number, one in enumerate(site.offers.values())]
    return _page(
        site,
        "door",
        form.status,
        site.words,
        None,
        heading=site.words.say("Your subscription"),
        action=action,
        trap=TRAP,
        form=form,
        offers=offers,
    )


def home(site: Site) -> Answer:
    """What there is to subscribe to, where no other page stands at the root."""
    ways = [Way(offer.title, f"{offer.prefix}subscribe") for offer in site.offers.values()]
    feeds = [Way(site.words.say("Feeds"), f"{site.root}feeds/")] if _built(site, "feeds/index.html") else []
    page = Told(
        heading=site.words.say("Newsletters"),
        says=[site.publication.description or site.publication.title],
        ways=[*ways, *feeds],
    )
    return told(site, page)


def missing(site: Site) -> Answer:
    """What stands at an address where nothing is. It has the same bytes whatever was asked for."""
    say = site.words.say
    page = Told(
        heading=say("There is nothing here"),
        says=[say("If the address came from one of our mails, it must be copied whole, to its last letter.")],
        ways=[Way(say("Ask for the link of your subscription"), f"{site.root}unsubscribe")],
    )
    return told(site, page, 404)


def failed(site: Site, status: int) -> Answer:
    """What stands where a request could not be taken. It has the same bytes whatever was asked for."""
    say = site.words.say
    page = Told(
        heading=say("That did not work"),
        says=[say("Nothing has been changed. Please go back and try it again, or try it a little later.")],
    )
    return told(site, page, status)


def style(site: Site) -> Answer:
    """The style of all pages, in the publication's colour."""
    accent = site.publication.accent
    palettes = {"light": colours.light(accent), "dark": colours.dark(accent)}
    css = templating.render("web/public/pages.css", palettes, folder=site.templates)
    return Answer(200, css.encode(), "text/css; charset=utf-8", {"cache-control": "public, max-age=3600"})


def embedded(offer: Offer) -> str:
    """The form as it may stand on any other page, in plain HTML.

    It has no moment in it, so what it posts is shown once more, to be sent by one more press.
    """
    context = {
        "action": offer.address("subscribe"),
        "words": offer.words(),
        "title": offer.title,
        "name": offer.name,
    }
    return templating.render("web/public/embedded.html", context, folder=offer.templates)


def topics(offer: Offer, chosen: Sequence[str]) -> list[Option]:
    """The topics that can be chosen."""
    return [Option(topic, topic, topic in chosen) for topic in offer.topics]


def languages(offer: Offer, chosen: str) -> list[Option]:
    """The languages that can be chosen, each as it calls itself; one of them is."""
    current = chosen if chosen in offer.languages else next(iter(offer.languages), "")
    return [Option(tag, _own_name(tag), tag == current, tag, direction(tag)) for tag in offer.languages]


@lru_cache(maxsize=256)
def _own_name(tag: str) -> str:
    name = wording(tag).language_name(tag)
    return name[:1].upper() + name[1:]


def _built(site: Site, file: str) -> bool:
    return (site.output / file).is_file()


def _page(
    site: Site, name: str, status: int, words: Wording, offer: Offer | None, **context: object
) -> Answer:
    given = {
        "words": words,
        "publication": site.publication,
        "home": site.root,
        "style": site.root + STYLE,
        "offer": offer,
        "feed": bool(offer and _built(site, f"newsletters/{offer.name}/atom.xml")),
        **context,
    }
    html = templating.render(f"web/public/{name}.html", given, folder=site.templates)
    return Answer(status, html.encode())
