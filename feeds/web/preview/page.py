"""The page: what is there to look at, what is wrong, and what is looked at, filled into the template."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from feeds import colours, templating
from feeds.errors import FeedsError
from feeds.web.preview import copies, feed, newsletters
from feeds.web.preview.choices import Choice, Looked
from feeds.web.preview.copies import Files, Scheme
from feeds.web.preview.places import spots
from feeds.web.preview.session import Session

ACCENT = "#1f4e79"


class NotThereError(LookupError):
    """An address of the preview at which nothing is."""


def page(session: Session, base: str, kind: str, name: str, chosen: Mapping[str, str]) -> str:
    """The whole page. Raises `NotThereError` for what is neither newsletter nor feed."""
    looked = _looked(session, base, kind, name, chosen)
    wrong = list(spots(session.faults, session.root))
    context: dict[str, object] = {
        "base": base,
        "version": version(session),
        "project": newsletters.shown_root(session.root),
        "kind": looked.kind,
        "wrong": [spot for spot in wrong if not spot.warning],
        "warnings": [spot for spot in wrong if spot.warning],
        "stale": f"{session.proof.now.astimezone():%H:%M:%S}" if session.refused and session.proof else "",
        "newsletters": _newsletters(session, looked),
        "feeds": _feeds(session, looked),
        "view": _view(session, looked),
    }
    return templating.render("web/preview.html", context)


def style(session: Session) -> str:
    """The page's style, in the publication's colour."""
    accent = session.proof.publication.settings.publication.accent if session.proof else ACCENT
    palettes = {"light": colours.light(accent), "dark": colours.dark(accent)}
    return templating.render("web/preview.css", palettes)


def mail(session: Session, base: str, name: str, chosen: Mapping[str, str]) -> str:
    """The copy of a mail that a frame shows."""
    looked = _looked(session, base, "newsletter", name, chosen)
    assert session.proof
    key = newsletters.variant(looked, session.proof.desks[looked.name])
    digest = session.mail(looked.name, key).digest if key else None
    if digest is None:
        raise NotThereError(name)
    scheme = looked.value("scheme", list(newsletters.SCHEMES))
    pictures = looked.value("images", list(newsletters.PICTURES)) == "on"
    return copies.shown(digest.html, _scheme(scheme), _files(session, base), pictures=pictures)


def message(session: Session, name: str, chosen: Mapping[str, str]) -> bytes:
    """A mail's own bytes."""
    looked = _looked(session, "", "newsletter", name, chosen)
    assert session.proof
    key = newsletters.variant(looked, session.proof.desks[looked.name])
    content = session.mail(looked.name, key).message if key else b""
    if not content:
        raise NotThereError(name)
    return content


def entries(session: Session, base: str, name: str, chosen: Mapping[str, str]) -> str:
    """The copy of a feed's entries that a frame shows."""
    looked = _looked(session, base, "feed", name, chosen)
    assert session.proof
    shown = session.proof.feeds[looked.name]
    content = session.proof.document(shown, looked.value("form", list(shown.files)))
    light, dark = (make(session.proof.publication.settings.publication.accent) for make in _PALETTES)
    context = {"feed": shown, "entries": feed.entries(content), "light": light, "dark": dark}
    written = templating.render("web/preview_entries.html", _marked(context))
    return copies.shown(written, _scheme(looked.value("scheme", ["light", "dark"])), _files(session, base))


def version(session: Session) -> str:
    """What is another when anything on the page may be."""
    return f"{session.version}.{len(session.checked)}.{session.examined}"


_BARE: dict[str, object] = {
    "title": "",
    "name": "",
    "number": 0,
    "variants": [],
    "address": "",
    "problem": [],
    "digest": None,
}
"""What a view says at least."""
_PALETTES = (colours.light, colours.dark)


def _scheme(value: str) -> Scheme:
    return "dark" if value == "dark" else "inverted" if value == "inverted" else "light"


def _marked(context: dict[str, object]) -> dict[str, object]:
    """The entries' HTML, which `syndicated` has made safe, as such."""
    from markupsafe import Markup

    shown = context["entries"]
    assert isinstance(shown, list)
    for one in shown:
        one["html"] = Markup(one["entry"].html)  # noqa: S704
    return context


def _looked(session: Session, base: str, kind: str, name: str, chosen: Mapping[str, str]) -> Looked:
    if session.proof is None:
        return Looked(base, "nothing", "", {})
    there = [("newsletter", one) for one in session.proof.desks] + [
        ("feed", one) for one in session.proof.feeds
    ]
    if not kind:
        kind, name = there[0] if there else ("nothing", "")
    elif (kind, name) not in there:
        raise NotThereError(name)
    known = ("variant", "tab", "scheme", "images", "form")
    return Looked(base, kind, name, {key: value for key, value in chosen.items() if key in known})


def _view(session: Session, looked: Looked) -> dict[str, object]:
    try:
        if looked.kind == "newsletter":
            return newsletters.newsletter(session, looked, _files(session, looked.base))
        if looked.kind == "feed":
            return feed.feed(session, looked)
    except FeedsError as refusal:
        problem = list(spots(refusal.faults, session.root))
        return _BARE | {"title": looked.name, "name": looked.name, "problem": problem}
    return _BARE


def _files(session: Session, base: str) -> Files:
    assert session.proof
    published = session.proof.publication.settings.publication.url
    return Files(published, f"{base}files/", session.proof.listing.stamps)


def _newsletters(session: Session, looked: Looked) -> list[Choice]:
    desks = session.proof.desks if session.proof else {}
    return [
        Choice(
            desk.settings.title or desk.library.publication.title,
            f"{looked.base}newsletter/{quote(name)}",
            (looked.kind, looked.name) == ("newsletter", name),
            note=name,
        )
        for name, desk in desks.items()
    ]


def _feeds(session: Session, looked: Looked) -> list[Choice]:
    try:
        feeds = session.proof.feeds if session.proof else {}
    except FeedsError:
        return []
    return [
        Choice(
            one.title,
            f"{looked.base}feed/{quote(name)}",
            (looked.kind, looked.name) == ("feed", name),
            note=f"{name} · {len(one.entries)}",
        )
        for name, one in feeds.items()
    ]
