"""The site that subscribers meet: which newsletters it offers, where each stands, in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from feeds.config import NewsletterSettings, PublicationSettings, Settings
from feeds.delivery import tokens
from feeds.wording import Wording, wording

_PORTS = {"https": "443", "http": "80"}


@dataclass(frozen=True)
class Offer:
    """One newsletter, as its pages show it."""

    name: str
    settings: NewsletterSettings
    publication: PublicationSettings
    base: str
    """What the addresses of its pages begin with, with a / at its end."""
    templates: Path | None = None
    _spoken: dict[str | None, Wording] = field(default_factory=dict, repr=False, compare=False)

    @property
    def title(self) -> str:
        """What it is called."""
        return self.settings.title or self.publication.title

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that can be chosen; nothing where there is no choice."""
        return self.settings.languages if len(self.settings.languages) > 1 else ()

    @property
    def topics(self) -> tuple[str, ...]:
        """Those that can be chosen."""
        return self.settings.topics

    @property
    def prefix(self) -> str:
        """The path of its pages, with a / at its end."""
        return f"{urlsplit(self.base).path}newsletters/{self.name}/"

    def words(self, language: str = "") -> Wording:
        """The words of one of its languages, else of its own. They are read once."""
        first = next(iter(self.settings.languages), None)
        chosen = language if language in self.settings.languages else first
        if chosen not in self._spoken:
            tag = self.settings.speech(chosen) or self.publication.language
            self._spoken[chosen] = wording(tag, self.publication.timezone, folder=self.templates)
        return self._spoken[chosen]

    def address(self, page: str, token: str = "") -> str:
        """The whole address of one of its pages."""
        return tokens.address(self.base, self.name, page, token)


@dataclass(frozen=True)
class Site:
    """All that is offered, and below which names it may be asked for."""

    settings: Settings
    offers: Mapping[str, Offer]
    output: Path
    """The folder of what was built, which is served beside the pages."""
    templates: Path | None = None

    @property
    def publication(self) -> PublicationSettings:
        """Who publishes."""
        return self.settings.publication

    @property
    def root(self) -> str:
        """The path of what was built, with a / at its end."""
        return urlsplit(self.publication.url).path

    @cached_property
    def words(self) -> Wording:
        """The words of pages that are no newsletter's."""
        return wording(self.publication.language, self.publication.timezone, folder=self.templates)

    @property
    def doors(self) -> frozenset[str]:
        """The paths at which somebody without a link asks for one."""
        named = {urlsplit(_leaving(one.settings, one.publication)).path for one in self.offers.values()}
        return frozenset(named | {f"{self.root}unsubscribe"})

    @cached_property
    def hosts(self) -> frozenset[str]:
        """What a Host header may say: the hosts of the configured addresses, and nothing else."""
        addresses = [self.publication.url, *(offer.base for offer in self.offers.values())]
        return frozenset(host for address in addresses for host in _hosts(address))


def site(settings: Settings, root: Path, base: str | None = None) -> Site:
    """The site of a project in a folder; `base` stands in the place of the configured address.

    That is for trying it out: what is built keeps the addresses that it has.
    """
    if base is not None:
        publication = settings.publication.model_copy(
            update={"url": base if base.endswith("/") else base + "/"}
        )
        settings = settings.model_copy(update={"publication": publication})
    publication = settings.publication
    templates = root / publication.templates
    offers = {
        name: Offer(name, newsletter, publication, publication.url, templates)
        if base is not None
        else Offer(name, newsletter, publication, tokens.base(_leaving(newsletter, publication)), templates)
        for name, newsletter in settings.newsletter.items()
    }
    return Site(settings, offers, root / publication.output, templates)


def _leaving(newsletter: NewsletterSettings, publication: PublicationSettings) -> str:
    return newsletter.unsubscribe or urljoin(publication.url, "unsubscribe")


def _hosts(address: str) -> set[str]:
    parts = urlsplit(address)
    usual = _PORTS[parts.scheme]
    named = parts.netloc.lower().rpartition("@")[2]
    bare = named.removesuffix(f":{usual}")
    return {bare, f"{bare}:{usual}"} if parts.port in (None, int(usual)) else {named}
