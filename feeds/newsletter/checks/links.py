"""Links: whole, open to everybody, the same in both parts, and saying where they go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from urllib.parse import urlsplit

from feeds.errors import Fault, FeedsError
from feeds.newsletter.checks.mail import Mail
from feeds.newsletter.checks.page import Node

Fetch = Callable[[str], object]
"""Gets an address, or raises a `FeedsError` that says why not."""

_ADDRESS = re.compile(r"https?://[^\s<>\"“”«»]+")
_OTHERS = ("mailto", "tel")
_LOCAL = (".localhost", ".local", ".internal", ".lan", ".home", ".test", ".invalid")

# What says nothing once it is read without the words around it, as a screen reader's list of links does.
_BARE = frozenset(
    "here|click here|link|this link|this|more|read more|read|go|see|url|website|web"
    "|hier|hier klicken|klicken sie hier|mehr|weiter|weiterlesen|lesen|link|dieser link"
    "|ici|cliquez ici|cliquer ici|plus|lire|lire plus|lire la suite|suite|lien|ce lien"
    "|هنا|اضغط هنا|انقر هنا|المزيد|رابط".split("|")
)


def links(mail: Mail) -> Iterator[Fault]:
    """Each link by itself: where it leads, and what it says."""
    for link in mail.links:
        address = link.attributes["href"].strip()
        if problem := obstacle(address):
            yield mail.said(f"a link, {problem[0]}", link, address or 'href=""', fatal=problem[1])
        if problem_of_text := _mute(link):
            yield mail.said(f"the link to {address[:80]} {problem_of_text}", link, address, fatal=False)
    there = {link.attributes["href"] for link in mail.links}
    issue = mail.digest.issue
    for name, address in (("unsubscribe", issue.unsubscribe), ("read it on the web", issue.web)):
        if address not in there:
            yield mail.said(f"has no link to {name}, {address}", None, "block footer")


def obstacle(address: str) -> tuple[str, bool] | None:
    """What keeps readers from an address, and whether all of them; None if nothing does."""
    parts = urlsplit(address)
    if not address or address == "#":
        return "is empty", True
    if parts.scheme in _OTHERS:
        return None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        return f"“{address[:80]}”, is no whole web address", True
    if _private(host):
        return f"{address[:80]}, leads nowhere outside this network", True
    if parts.scheme == "http":
        return f"{address[:80]}, is not https, so anybody on the way can read along", False
    return None


def parts_agree(mail: Mail) -> Iterator[Fault]:
    """Whether text and HTML carry the same links, whole, and the same articles in the same order."""
    ours = {link.attributes["href"] for link in mail.links if "//" in link.attributes["href"]}
    theirs = _addresses(mail.text)
    broken = set()
    for address in sorted(ours - set(theirs)):
        cut = next((one for one in theirs if one not in ours and address.startswith(one)), None)
        broken.add(cut)
        how = f"is broken in the text part, to {cut}" if cut else "is not in the text part"
        yield mail.said(f"{address} {how}", _link(mail, address), address)
    seen = mail.page.root.text
    for address in dict.fromkeys(theirs):
        if address not in ours | broken and address not in seen:
            yield mail.said(f"{address} is in the text part only", None, fatal=False)
    yield from _order(mail, theirs)


def unanswered(mail: Mail, fetch: Fetch) -> Iterator[Fault]:
    """The links and pictures of the mail that do not answer; eight are asked at a time."""
    nodes = {node.attributes["href"]: node for node in reversed(mail.links)}
    nodes |= {node.attributes.get("src", ""): node for node in mail.page.all("img")}
    asked = [address for address in nodes if obstacle(address) is None and address.startswith("https:")]
    with ThreadPoolExecutor(8) as pool:
        for address, problem in zip(asked, pool.map(lambda one: _problem(one, fetch), asked), strict=True):
            if problem:
                yield mail.said(f"{address} {problem}", nodes[address], address, fatal=False)


def _problem(address: str, fetch: Fetch) -> str:
    try:
        fetch(address)
    except FeedsError as refusal:
        return refusal.faults[0].problem
    return ""


def _order(mail: Mail, theirs: Iterable[str]) -> Iterator[Fault]:
    articles = [
        article.full_article.url if article.full_article else article.url
        for article in mail.digest.issue.articles
    ]
    wanted = set(articles)
    in_html = [a for a in _last(link.attributes["href"] for link in mail.links) if a in wanted]
    in_text = [a for a in _last(theirs) if a in wanted]
    if in_html != in_text and set(in_html) == set(in_text):
        yield mail.said("the stories are in another order in the text part", None, "block items")
    if articles[0] not in in_html:
        yield mail.said(f"the lead story, {articles[0]}, is not linked", None, "block lead")


def _last(addresses: Iterable[str]) -> list[str]:
    """Each address where it stands last: a title and the words below it lead to one place."""
    return list(dict.fromkeys(reversed(list(addresses))))[::-1]


def _addresses(text: str) -> list[str]:
    """The addresses in plain text, without what a sentence puts behind them."""
    return [_whole(found) for found in _ADDRESS.findall(text)]


def _whole(found: str) -> str:
    bare = found.rstrip(".,;:!?…'’")
    while bare.endswith(")") and bare.count(")") > bare.count("("):
        bare = bare[:-1]
    return bare if found != bare and not found.endswith("/") else found


def _link(mail: Mail, address: str) -> Node | None:
    return next((link for link in mail.links if link.attributes["href"] == address), None)


def _mute(link: Node) -> str:
    """Why a link's words do not tell where it goes."""
    words = link.text.strip(" \u00a0→←›»>.…").casefold()
    if not words and not link.attributes.get("aria-label"):
        return "has no words"
    return f"says “{link.text}” only; say where it goes" if words in _BARE else ""


def _private(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith(_LOCAL)
