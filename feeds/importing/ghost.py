"""Ghost's export: one JSON document with the tables of its database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from feeds.importing.base import Export, Post
from feeds.importing.loose import Table, address, moment, table, tables, text, true

PLACEHOLDER = "__GHOST_URL__"
_OUT = {"published", "scheduled"}
_DRAFTS = {"draft": "", "sent": "posts only mailed, now drafts"}
_OPEN = ("public", "")


def is_export(document: object) -> bool:
    """Whether a JSON document is an export of Ghost."""
    return bool(_data(document).get("posts"))


def read(document: object, export: Export, site: str, home: str) -> None:
    """Add the posts of an export to what was found.

    `site` is where the blog stands, if the person said so: the export does not. `home` is the
    address to put for its placeholder.
    """
    data = _data(document)
    people, labels, meta = _people(data), _labels(data), _by(data, "posts_meta", "post_id")
    for row in tables(data.get("posts")):
        if text(row.get("type") or "post") != "post" or true(row.get("page")):
            export.notes.leave("pages")
            continue
        id = text(row.get("id"))
        found = {**row, **{k: v for k, v in meta.get(id, {}).items() if v is not None and k != "id"}}
        export.posts.append(_post(found, people.get(id, ()), labels.get(id, ()), export, site, home))
    if not site and export.posts:
        export.advice.append(
            "Ghost does not export its own address: say --site https://… and every post keeps the one it has"
        )


def _post(  # noqa: PLR0913, PLR0917 - the tables of the export, joined
    row: Table,
    people: Iterable[Mapping[str, str]],
    labels: Iterable[str],
    export: Export,
    site: str,
    home: str,
) -> Post:
    def placed(name: str) -> str:
        return text(row.get(name)).replace(PLACEHOLDER, home.rstrip("/"))

    draft, slug = _is_draft(row, export), text(row.get("slug"))
    if text(row.get("canonical_url")):
        export.notes.leave("canonical addresses")
    if not placed("html"):
        export.notes.leave("texts that are there in Ghost's own form only (no html)")
    return Post(
        title=text(row.get("title")),
        id=text(row.get("id")),
        html=placed("html"),
        published=moment(row.get("published_at")),
        updated=moment(row.get("updated_at")),
        url=address(f"{site.rstrip('/')}/{quote(slug)}/") if site and slug and not draft else "",
        slug=slug,
        summary=text(row.get("custom_excerpt")) or text(row.get("meta_description")),
        authors=tuple(people),
        tags=tuple(dict.fromkeys(labels)),
        image=placed("feature_image") or placed("image"),
        image_alt=text(row.get("feature_image_alt")),
        language=text(row.get("locale")),
        draft=draft,
    )


def _is_draft(row: Table, export: Export) -> bool:
    """What was for members only must not become public by a move."""
    if text(row.get("visibility")) not in _OPEN:
        export.notes.change("posts for members only, now drafts")
        return True
    status = text(row.get("status"))
    if status in _OUT:
        return False
    if changed := _DRAFTS.get(status, "posts of an unknown status, now drafts"):
        export.notes.change(changed)
    return True


def _data(document: object) -> Table:
    """The tables, in whichever of its wrappings they come."""
    top = table(document)
    for one in (*tables(top.get("db")), top):
        if data := table(one.get("data")):
            return data
    return {}


def _by(data: Table, name: str, key: str) -> dict[str, Table]:
    return {text(row.get(key)): row for row in tables(data.get(name))}


def _people(data: Table) -> Mapping[str, list[Mapping[str, str]]]:
    """Each post's authors in their order; their mail addresses are for logging in, and stay there."""
    users = _by(data, "users", "id")
    found: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in _ordered(data.get("posts_authors")):
        found[text(row.get("post_id"))] += _person(users.get(text(row.get("author_id")), {}))
    for row in tables(data.get("posts")):
        if text(row.get("id")) not in found:
            found[text(row.get("id"))] += _person(users.get(text(row.get("author_id")), {}))
    return found


def _person(user: Table) -> list[Mapping[str, str]]:
    return [{"name": text(user.get("name")), "url": address(user.get("website"))}] if user.get("name") else []


def _labels(data: Table) -> Mapping[str, list[str]]:
    """Each post's tags in their order, without those that begin with # and are the editors' own."""
    names = {key: text(row.get("name")) for key, row in _by(data, "tags", "id").items()}
    found: dict[str, list[str]] = defaultdict(list)
    for row in _ordered(data.get("posts_tags")):
        name = names.get(text(row.get("tag_id")), "")
        if name and not name.startswith("#"):
            found[text(row.get("post_id"))].append(name)
    return found


def _ordered(rows: object) -> list[Table]:
    def place(row: Table) -> float:
        order = row.get("sort_order")
        return order if isinstance(order, int) else 0

    return sorted(tables(rows), key=place)
