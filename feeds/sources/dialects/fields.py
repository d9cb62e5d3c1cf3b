"""Fields of a head in all the shapes that people give them: titles, tags, authors, pictures, dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from html import unescape
from typing import Any

from feeds import values
from feeds.sources.dialects import moments
from feeds.sources.dialects.base import Post, RefusedError, Table
from feeds.sources.dialects.slugs import words

_TAGS = re.compile(r"</?[A-Za-z][^<>]*>")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|em|font|i|img|ins|kbd|mark|p|q|s|small|span|strong|sub|sup|tt|u|wbr)\b",
    re.IGNORECASE,
)
# White space, and no control character: those are faults (XML 1.0, section 2.2).
_SPACE = re.compile("[ \t\r\n\u2028\u2029]+")
_LESSER_TITLES = frozenset("subtitle author_title authortitle hide_title seo_title sidebar_title".split())
_HANDLE = re.compile(r"(?<=\S)\s*\(\[[^\]\n]*\]\(\S+?\)\)")
"""A link in parentheses that follows a name: [@handle](…)."""
_LINK = re.compile(r"\[([^\]\n]+)\]\((\S+?)\)")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg|bmp)(?:[?#]|$)", re.IGNORECASE)


def found(head: Table, keys: Iterable[str]) -> tuple[str, Any]:
    """The first of some keys that says anything, and what; dots lead into tables. Else ("", None)."""
    for key in keys:
        if key in head:
            value = head[key]
        elif "." in key:
            value = _within(head, key)
        else:
            continue
        if value is not None and value not in ("", [], {}):
            return key, value
    return "", None


def _within(head: Table, path: str) -> Any:
    here: Any = head
    for part in path.split("."):
        here = here.get(part) if isinstance(here, dict) else None
    return here


def line(value: object) -> str:
    """A value as one line of plain text: markup read, white space in one."""
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    text = value if isinstance(value, str) else str(value)
    if values.markup_in(text) or (_TAGS.search(text) and "`" not in text):
        text = unescape(_TAGS.sub(_kept, text))
        if values.markup_in(text):  # it is about markup: shown in signs that no reader takes for it
            text = text.replace("<", "‹").replace(">", "›").replace("&", "＆")
    return _SPACE.sub(" ", text).strip(" ")


def _kept(tag: re.Match[str]) -> str:
    """A tag of HTML that is known goes; what only looks like one, such as `List<String>`, stays."""
    return "" if _INLINE.match(tag[0]) else tag[0]


def truth(value: object) -> bool:
    """Whether a value says yes, as YAML 1.1 has it too."""
    return str(value).strip().lower() in ("true", "yes", "on", "1", "y")


def falsehood(value: object) -> bool:
    """Whether a value says no; nothing at all says neither."""
    return str(value).strip().lower() in ("false", "no", "off", "0", "n")


def moment(post: Post, keys: Iterable[str]) -> tuple[str, datetime | None]:
    """The first date that some keys have, and its key. Raises `RefusedError`."""
    for key in keys:
        name, value = found(post.head, (key,)) if key in post.head or "." in key else ("", None)
        if not name:
            continue
        try:
            read = moments.moment(value, utc=post.site.dialect.utc)
        except ValueError as refusal:
            raise RefusedError(name, str(refusal)) from None
        if read is not None:
            return name, read
    return "", None


def listed(value: object, *, split: str = ",") -> Iterator[str]:
    """Each text in a list of texts, or in one text with signs between (a pattern); nothing empty."""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("label") or value.get("title") or list(value)
    if isinstance(value, str):
        yield from (part for one in re.split(split, value) if (part := line(one).strip(" \"'")))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from listed(one, split=split if isinstance(one, str) else ",")
    elif value is not None and not isinstance(value, bool):
        yield line(value)


def tags(post: Post, keys: Iterable[str], split: str = ",") -> tuple[str, ...]:
    """All that a post says it is about, each once, whatever its case."""
    seen: dict[str, str] = {}
    for key in keys:
        value = found(post.head, (key,))[1] if key in post.head or "." in key else None
        if value is None:
            continue
        spaced = post.site.dialect.spaced and key.endswith("s") and "," not in str(value)
        for tag in listed(value, split=r"\s+" if spaced and isinstance(value, str) else split):
            seen.setdefault(tag.casefold(), tag)
    return tuple(seen.values())


def authors(post: Post, keys: Iterable[str]) -> list[dict[str, str]]:
    """Who wrote a post: names, ids of people that the site knows, or tables of either."""
    _, value = found(post.head, keys)
    people = [person for one in _each(value) if (person := _person(post, one))]
    return list({person["name"]: person for person in people}.values())


def _each(value: object) -> Iterator[object]:
    if isinstance(value, str):
        yield from _names(value)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _each(one)
    elif isinstance(value, Mapping):
        tables = [one for one in value.values() if isinstance(one, Mapping)]
        yield from tables if tables and len(tables) == len(value) else [value]
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _names(text: str) -> Iterator[object]:
    """The people in a text: what ; parts, links, or full names with a comma or an “and” between."""
    for part in re.split(r"\s*;\s*", _HANDLE.sub("", text)):
        links = _LINK.findall(part)
        if links:
            yield from ({"name": name, "url": url} for name, url in links)
            yield from filter(_is_full_name, _pieces(_LINK.sub("", part)))
            continue
        pieces = _pieces(part)
        yield from pieces if len(pieces) > 1 and all(map(_is_full_name, pieces)) else [part]


def _pieces(text: str) -> list[str]:
    return [piece for piece in re.split(r"\s*,\s*(?:and\s+)?|\s+(?:and|&|et|und|y)\s+", text) if piece]


def _is_full_name(text: str) -> bool:
    """Whether a text looks like a name and a surname: two to four words, the first and last in capitals."""
    plain = re.sub(r"\([^)]*\)|\*", "", text).split()
    return 2 <= len(plain) <= 4 and plain[0][:1].isupper() and plain[-1][:1].isupper()


def _person(post: Post, value: object) -> dict[str, str] | None:
    people = post.site.people
    if isinstance(value, Mapping):
        known = people.get(str(value.get("key") or value.get("id") or value.get("username")), {})
        return person({**known, **value})
    name = line(value).strip(" \"'*_,")
    return person(people[name]) if name in people else person({"name": name})


_NAMES = ("name", "display_name", "full_name", "fullname", "title", "author", "nick", "id", "key")


def person(table: Table) -> dict[str, str] | None:
    """A person as our articles have it, of a table that may hold more; None without a name."""
    _, name = found(table, _NAMES)
    if not isinstance(name, str) or not line(name):
        return None
    made = {"name": line(name)}
    for field, keys, check in (
        ("url", ("url", "uri", "website", "link", "web", "homepage"), values.address),
        ("email", ("email", "mail"), values.email),
    ):
        _, value = found(table, keys)
        try:
            made |= {field: check(str(value).removeprefix("mailto:"))} if value else {}
        except ValueError:
            continue  # what is no address is no loss to a feed
    return made


def picture(post: Post, keys: Iterable[str], page: str) -> tuple[str, dict[str, str]] | None:
    """The lead image, and the key that names it; None where there is none that is an address."""
    for key in keys:
        name, value = found(post.head, (key,)) if key in post.head or "." in key else ("", None)
        made = _picture(post, value, page) if name else None
        if made:
            return name, made
    return None


def _picture(post: Post, value: Any, page: str) -> dict[str, str] | None:
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    alt = ""
    if isinstance(value, Mapping):
        _, alt = found(value, ("alt", "alt_text", "caption", "title"))
        _, value = found(value, ("src", "url", "image", "path", "file", "feature", "teaser", "filename"))
        if isinstance(value, Mapping | list | tuple):
            return _picture(post, value, page)
    if not isinstance(value, str) or not (src := address(post, value, page)):
        return None
    described = line(alt) if isinstance(alt, str) else ""
    return {"src": src, "alt": described} if described else {"src": src}


def is_picture(reference: str) -> bool:
    """Whether a reference names a picture."""
    return bool(_PICTURE.search(reference))


def address(post: Post, reference: str, page: str) -> str | None:
    """The address that a field's reference means on the site; None where it means none.

    A file beside the post is at the post's page, if it has a folder of its own; anything else is
    below the site's url, where its static files are.
    """
    reference = reference.strip()
    if not reference or "{" in reference or reference.startswith(("data:", "#")) or "\n" in reference:
        return None
    if reference.startswith("//"):
        reference = "https:" + reference
    try:
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", reference):
            return values.address(reference)
        if post.site.dialect.copied and (
            reference.lstrip("/") in post.files or resolved(post.path, reference) in post.files
        ):
            return values.reference(reference)  # the gate finds the file, and publishes it
        return values.address(placed(post, reference.replace("\\", "/"), page))
    except ValueError:
        return None


def placed(post: Post, reference: str, page: str) -> str:
    """A reference without a scheme, whole: beside the page of a bundle, or below the site's url."""
    beside = resolved(post.path, reference)
    if post.spot.bundle and not reference.startswith("/") and beside in post.files:
        return page + ("" if page.endswith("/") else "/") + reference.removeprefix("./")
    return below(post.site.url, reference)


def below(url: str, reference: str) -> str:
    """A path below a site's url; one that begins with the path of that url already has it."""
    base = "/" + url.split("/", 3)[3]
    path = "/" + reference.lstrip("./")
    return url + (path.removeprefix(base) if base != "/" and path.startswith(base) else path[1:])


def resolved(path: str, reference: str) -> str:
    """The path that a relative reference in the file `path` means."""
    folder = path.rpartition("/")[0]
    parts: list[str] = folder.split("/") if folder else []
    for part in reference.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def heading(body: str) -> str:
    """The first heading of a text, as a title; empty if it does not begin with one."""
    match = re.match(r"(?:\s|<!--.*?-->|(?:import|export)\s[^\n]*\n)*#[ \t]+([^\n]+)", body)
    other = None if match else re.match(r"\s*([^\n#>*`<{\[]+)\n=+[ \t]*(?:\n|$)", body)
    one = match or other
    return line(re.sub(r"\s*\{#[^}]*\}\s*$|[*_`]|\s#+\s*$", "", one[1])) if one else ""


def is_title(post: Post, key: str) -> bool:
    """Whether a key of a post without a title is what the site calls one, such as `newstitle`."""
    name = key.lower()
    return not post.head.get("title") and name.endswith("title") and name not in _LESSER_TITLES


def untitled(post: Post) -> str:
    """A title for a post that has none: what it calls so in its own way, its first heading, or its name."""
    own = (line(value) for key, value in post.head.items() if is_title(post, key) and isinstance(value, str))
    return next(filter(None, own), "") or heading(post.body) or words(post.spot.name.rpartition("/")[2])
