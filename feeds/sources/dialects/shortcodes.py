"""What shortcodes that many sites have become in a feed: a picture, or a link to what they embed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from feeds.sources.dialects.base import Post
from feeds.sources.dialects.fields import below, is_picture, line


@dataclass(frozen=True)
class Shortcode:
    """A shortcode as it stands in a text, in whatever way it is written."""

    name: str
    alone: Sequence[str]
    """The arguments without a name."""
    named: Mapping[str, str]

    def first(self, *names: str) -> str:
        """The first of some named arguments that is there, else the first that has no name."""
        return next((self.named[name] for name in names if self.named.get(name)), "") or (
            self.alone[0] if self.alone else ""
        )


def shown(code: Shortcode, post: Post, *, static: bool = False) -> str | None:
    """What a shortcode becomes, in Markdown; None for one that has to be left out.

    `static` says that pictures it names without a / are among the site's static files.
    """
    if make := _embedding(code.name):
        address = make(code)
        return address and link(address, code.named.get("title", ""))
    return picture(code, post, static=static) or _worded(code)


def _worded(code: Shortcode) -> str | None:
    """The words that a shortcode is given to show, with what they lead to; None if there are none."""
    words = line(code.named.get("text", ""))
    address = next((code.named[name] for name in ("href", "url", "link") if code.named.get(name)), "")
    if not words or "{" in address:
        return None
    return link(address, words) if re.match(r"https?://|/", address) else escaped(words)


@lru_cache(maxsize=512)
def _embedding(name: str) -> Callable[[Shortcode], str | None] | None:
    """What makes the address of what a shortcode of this name embeds, if it does."""
    plain = re.sub(r"\.\w+$", "", name.lower()).rpartition("/")[2]
    return next((make for words, make in _EMBEDDED.items() if re.fullmatch(words, plain)), None)


def link(address: str, title: str = "") -> str:
    """A link in Markdown; without a title it shows its address."""
    safe = quote(address, safe="/%:@!$&'*+,;=?#~-._")
    return f"[{escaped(line(title) or safe)}]({safe})"


def escaped(text: str) -> str:
    """Text in which Markdown sees no mark of its own."""
    return re.sub(r"([\\`*_\[\]<>&!])", r"\\\1", text)


def picture(code: Shortcode, post: Post, *, static: bool = False) -> str | None:
    """A picture with its caption, if a shortcode names one."""
    names = ("src", "url", "image", "image_path", "path", "file", "filename", "link", "img", "name")
    given = [code.named.get(name, "") for name in names]
    source = next((one for one in [*given, *code.alone] if one and is_picture(one)), "")
    if not source or "{" in source or "\n" in source:
        return None
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//|/", source) and static:
        source = below(post.site.url, source)
    alt = next((code.named[name] for name in ("alt", "caption", "title", "text") if code.named.get(name)), "")
    alt = alt or next((one for one in code.alone if one != source and " " in one), "")
    caption = line(code.named.get("caption", ""))
    shown_there = f"![{escaped(line(alt))}]({_target(source)})"
    return f"{shown_there} {caption}" if caption else shown_there


def _target(reference: str) -> str:
    return quote(reference.strip(), safe="/%:@!$&'*+,;=?#~-._")


def _youtube(code: Shortcode) -> str | None:
    given = code.first("id", "videoid", "video_id", "video", "code", "src", "url", "key")
    found = re.search(r"(?:v=|youtu\.be/|embed/|shorts/|vi?/|^)([\w-]{6,20})(?:[?&#]|$)", given)
    return f"https://www.youtube.com/watch?v={found[1]}" if found else None


def _vimeo(code: Shortcode) -> str | None:
    found = re.search(r"(?:^|/)(\d{3,12})", code.first("id", "video", "src", "url"))
    return f"https://vimeo.com/{found[1]}" if found else None


def _gist(code: Shortcode) -> str | None:
    parts = [code.named.get("user", ""), code.named.get("id", ""), *code.alone]
    path = "/".join(part.strip("/") for part in parts if part)
    path = path.removeprefix("https://gist.github.com/").removesuffix(".js")
    found = re.match(r"(?:[\w.-]+/)?[0-9a-f]{5,40}(?=/|$)", path)
    return f"https://gist.github.com/{found[0]}" if found else None


def _tweet(code: Shortcode) -> str | None:
    user = code.named.get("user", "")
    given = [code.named.get(name, "") for name in ("id", "url", "src")] + list(code.alone)
    whole = next((one for one in given if one.startswith("https://")), "")
    number = next((one for one in given if re.fullmatch(r"\d{5,25}", one)), "")
    return whole or (f"https://twitter.com/{quote(user or 'i')}/status/{number}" if number else None)


def _of(pattern: str, address: str) -> Callable[[Shortcode], str | None]:
    """The address of what an id means."""

    def made(code: Shortcode) -> str | None:
        given = code.first("id", "src", "url", "video")
        if given.startswith(("https://", "http://")):
            return given
        return address + given if re.fullmatch(pattern, given) else None

    return made


_EMBEDDED: Mapping[str, Callable[[Shortcode], str | None]] = {
    r"(?:lite[-_]?|embed[-_])?youtube(?:[-_ ]?(?:embed|player|video|lite|iframe|enhanced))?|yt": _youtube,
    r"vimeo(?:[-_]?(?:embed|player|video|simple))?": _vimeo,
    r"gist": _gist,
    r"tweet|twitter(?:[-_]?(?:embed|simple|tweet))?|x|x[-_]simple": _tweet,
    r"instagram(?:[-_]?simple)?": _of(r"[\w-]{5,20}", "https://www.instagram.com/p/"),
    r"asciinema|asciicast": _of(r"\w{3,40}", "https://asciinema.org/a/"),
    r"bilibili": _of(r"(?:BV|av)\w+", "https://www.bilibili.com/video/"),
    r"dailymotion": _of(r"\w{4,12}", "https://www.dailymotion.com/video/"),
    r"mastodon|toot|soundcloud|spotify|codepen|bookmark|iframe|video|audio|embed": _of(r"(?!)", ""),
    r"link[-_]?(?:card|preview)": _of(r"(?!)", ""),
}
"""Patterns of names, and what makes the address of what they embed."""
