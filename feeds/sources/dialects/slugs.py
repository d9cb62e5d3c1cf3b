"""Names made fit for addresses, as each generator does it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# What decomposition leaves as it is, and every transliterator writes so.
_LATIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "’": "'", "‘": "'"}
    | {"“": '"', "”": '"', "–": "-", "—": "--", "…": "..."}
)

_SPELLED = {
    "$": "dollar",
    "%": "percent",
    "&": "and",
    "<": "less",
    ">": "greater",
    "|": "or",
    "–": "-",
    "—": "",
}
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_JOINED = tuple(
    map(
        re.compile,
        (r"([A-Z]{2,})(\d+)", r"([a-z\d]+)([A-Z]{2,})", r"([a-z\d])([A-Z])", r"([A-Z]+)([A-Z][a-rt-z\d]+)"),
    )
)
"""Where a new word begins within one: fooBar, HTML5, XMLFile."""
_PLAIN = re.compile(r"[A-Za-z0-9._/-]*")


def plain(text: str) -> str:
    """The text in ASCII as far as that goes without a dictionary: é is e, ß is ss."""
    if text.isascii():
        return text
    split = unicodedata.normalize("NFKD", text.translate(_LATIN))
    return "".join(char for char in split if not unicodedata.combining(char))


def hugo(text: str, *, lower: bool = True) -> str:
    """Part of an address as Hugo makes it: letters, digits and . / _ # + ~ - @ of any script."""
    if _PLAIN.fullmatch(text):
        return text.lower() if lower else text
    kept: list[str] = []
    gap = False
    for char in unicodedata.normalize("NFC", text):
        if char.isalnum() or char in "./\\_#+~-@" or unicodedata.category(char)[0] == "M":
            if gap and char != "-":
                kept.append("-")
            gap = False
            kept.append(char)
        elif char.isspace() and kept and kept[-1] != "-":
            gap = True
    made = "".join(kept)
    return made.lower() if lower else made


def jekyll(text: str, *, pretty: bool = False) -> str:
    """A slug as Jekyll makes it; `pretty` is what stands for :title in a permalink, its case kept."""
    allowed = "._~!$&'()+,;=@" if pretty else ""
    made = "".join(char if _is_of_a_word(char) or char in allowed else "-" for char in text)
    slug = re.sub("-+", "-", made).strip("-")
    return slug if pretty else slug.lower()


def _is_of_a_word(char: str) -> bool:
    """Whether it is a letter, a mark upon one, or a digit."""
    return char.isalnum() if char.isascii() else unicodedata.category(char)[0] in "LM" or char.isdecimal()


def zola(text: str, *, mode: str = "on") -> str:
    """A slug as Zola makes it: ASCII ("on"), whatever is safe in a file's name ("safe"), or as it is."""
    if mode == "off":
        return text
    if mode == "safe":
        return re.sub(r"\s+", "_", re.sub(r"[<>:\"/|?*#()\[\]\n\\^{}`%]", "", text)).strip("._")
    return re.sub(r"[^a-z0-9]+", "-", plain(text).lower()).strip("-") or hugo(text)


def pelican(text: str, rules: Iterable[tuple[str, str]] = ()) -> str:
    """A slug as Pelican makes it; `rules` are patterns and what they become, where a site has its own."""
    if rules:
        text = plain(text)
        for pattern, into in rules:
            text = re.sub(pattern, into, text, flags=re.IGNORECASE)
        return text.lower()
    kept = re.sub(r"[^\w\s-]", "", plain(text))
    return re.sub(r"[-\s]+", "-", kept.strip()).lower()


def eleventy(text: str) -> str:
    """A slug as Eleventy's filter `slugify` makes it: words that case parts are parted, & is and."""
    spelled = plain(text.translate(_GERMAN).replace("&", " and "))
    for joined in _JOINED:
        spelled = joined.sub(r"\1 \2", spelled)
    short = re.sub(r"([a-z\d]+)'([ts])(?=\s|$)", r"\1\2", spelled.lower())
    return re.sub(r"[^a-z\d]+", "-", short).strip("-")


def simov(text: str, *, strict: bool = False) -> str:
    """A slug as the package slugify makes it, and with it Eleventy's filter `slug`: some signs stay."""
    spelled = "".join(_SPELLED.get(char, char) for char in text).replace("-", " ")
    kept = re.sub(r"[^\w\s$*_+~.()'\"!:@]", "", plain(spelled), flags=re.ASCII)
    if strict:
        kept = re.sub(r"[^A-Za-z0-9\s]", "", kept)
    return re.sub(r"\s+", "-", kept.strip()).lower()


def github(text: str) -> str:
    """A slug as GitHub makes it for headings, and Astro for the names of files."""
    kept = re.sub(r"[^\w\- ]", lambda found: found[0] if _is_of_a_word(found[0]) else "", text.lower())
    return kept.replace(" ", "-")


def words(slug: str) -> str:
    """A title made from a slug, as Jekyll does: a-first-post is A First Post."""
    return " ".join(word[:1].upper() + word[1:] for word in re.split(r"[-_\s]+", slug) if word)
