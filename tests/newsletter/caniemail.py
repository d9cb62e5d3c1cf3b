"""Makes feeds/newsletter/clients.json anew from npm's caniemail (MIT); run it when there is a newer one.

npm pack caniemail && tar xzf caniemail-*.tgz
python tests/newsletter/caniemail.py package > feeds/newsletter/clients.json
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

SOURCE = "https://www.caniemail.com/, by way of npm's caniemail"

# Clients that are gone, and those that so few use that they would hide the others.
_LEFT_OUT = {"outlook windows-mail", "aol", "sfr", "orange", "laposte", "free-fr", "ionos-1and1", "rainloop"}
_PLATFORMS = {
    "desktop-webmail": "web",
    "mobile-webmail": "mobile web",
    "outlook-com": "web",
    "desktop-app": "app",
}
_FIRST = ["Gmail", "Outlook", "Apple Mail", "Yahoo! Mail", "Samsung Email"]

# What a name in the data means in a mail's source, where its slug does not say so.
_FOUND = {
    "css-at-media-device-pixel-ratio": "media -webkit-device-pixel-ratio",
    "css-border-inline-block": "property border-inline, property border-block",
    "css-block-inline-size": "property block-size, property inline-size",
    "css-column-layout-properties": "property columns, property column-fill, property column-rule, "
    "property column-span, property column-width",
    "css-comments": "",
    "css-flex-direction": "value flex-direction:column",
    "css-flex-wrap": "value flex-wrap:wrap",
    "css-gap": "property gap, property column-gap, property row-gap",
    "css-grid-template": "property grid-template, property grid-template-areas, "
    "property grid-template-columns, property grid-template-rows",
    "css-important": "important",
    "css-intrinsic-size": "keyword fit-content, keyword min-content, keyword max-content",
    "css-left-right-top-bottom": "property left, property right, property top, property bottom",
    "css-modern-color": "function lch, function oklch, function lab, function oklab",
    "css-nesting": "",
    "css-sytem-ui": "keyword system-ui, keyword ui-serif, keyword ui-sans-serif, keyword ui-monospace",
    "css-unit-calc": "function calc",
    "css-unit-initial": "keyword initial",
    "css-inset": "property inset, property inset-block, property inset-inline",
    "css-margin": "property margin, property margin-left, property margin-right, property margin-top, "
    "property margin-bottom",
    "css-margin-inline-block": "property margin-inline, property margin-block",
    "css-border": "property border",
    "css-border-radius": "property border-radius",
    "css-border-collapse": "property border-collapse",
    "css-border-spacing": "property border-spacing",
    "css-border-image": "property border-image",
    "css-unit-percent": "unit %",
    "css-variables": "function var",
    "css-conic-gradient": "function conic-gradient",
    "css-linear-gradient": "function linear-gradient",
    "css-radial-gradient": "function radial-gradient",
    "css-rgb": "function rgb",
    "css-rgba": "function rgba",
    "html-anchor-links": "link #",
    "html-mailto-links": "link mailto",
    "html-h1-h6": "element h1, element h2, element h3, element h4, element h5, element h6",
    "html-lists": "element ul, element ol, element dl",
    "html-semantics": "element article, element aside, element details, element figcaption, element figure, "
    "element footer, element header, element main, element mark, element nav, element section, "
    "element summary, element time",
    "html-image-maps": "element map",
    "html-srcset": "attribute srcset, attribute sizes",
    "html-meta-color-scheme": "meta color-scheme",
    "html-loading-attribute": "attribute loading",
    "html-comments": "",
    "html-doctype": "",
    "html-body": "",
    "image-base64": "image data",
    "image-heif": "image heif, image heic",
    "image-jpg": "image jpg, image jpeg",
    "image-tiff": "image tiff, image tif",
    "image-apng": "",
    "image-hdr": "",
    "image-mp4": "",
    "amp": "",
    "bimi": "",
}
_ATTRIBUTES = set(
    "align aria-describedby aria-hidden aria-label aria-labelledby aria-live background cellpadding "
    "cellspacing dir height hidden lang popover required role target valign width".split()
)

# What a mail does without where it is not known: it looks plainer, and says the same.
_SOFT = set(
    "css-border-radius css-box-shadow css-at-media css-at-media-prefers-color-scheme css-color-scheme "
    "css-at-media-prefers-reduced-motion css-at-media-hover css-at-media-orientation css-pseudo- "
    "class-hover css-pseudo-class-active css-pseudo-class-focus css-pseudo-class-visited css- "
    "transition css-letter-spacing css-word-spacing css-text-shadow css-hyphens css-orphans css- "
    "widows css-important css-font-kerning css-selector-child css-selector-descendant css-selector- "
    "grouping css-selector-class css-selector-type html-meta-color-scheme html-lang html-dir html- "
    "role html-aria-label html-aria-hidden html-semantics html-abbr html-bdi html-wbr html-small "
    "html-style css-text-underline-offset css-text-wrap css-text-decoration-thickness css-text- "
    "decoration-color css-cursor css-outline css-max-width css-background-clip css-list-style- "
    "position css-overflow-wrap css-word-break css-opacity html-loading-attribute html-target css- "
    "sytem-ui".split()
)


def features(data: list[dict[str, Any]], names: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What some client lacks, and how a mail shows that it uses it."""
    for feature in data:
        lacking = _listed(_lacking(feature["stats"], names))
        found = [part for part in _tokens(feature).split(", ") if part]
        if lacking and found and feature["slug"] not in _SOFT:
            yield {"name": feature["title"], "slug": feature["slug"], "find": found, "lacks": lacking}


def _listed(clients: Iterable[tuple[str, str]]) -> list[str]:
    """Gmail (Android, iOS), Outlook (Windows) …: the most used first."""
    families: dict[str, list[str]] = {}
    for family, where in clients:
        families.setdefault(family, []).append(where)
    order = sorted(families, key=lambda name: (_FIRST.index(name) if name in _FIRST else 9, name))
    return [f"{name} ({', '.join(sorted(families[name], key=str.casefold))})" for name in order]


def _lacking(stats: dict[str, dict[str, dict[str, str]]], names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for family, platforms in stats.items():
        for platform, versions in platforms.items():
            if {family, f"{family} {platform}"} & _LEFT_OUT or not versions:
                continue
            if [*versions.values()][-1].startswith("n"):
                where = _PLATFORMS.get(platform, names["platform"].get(platform, platform))
                yield names["family"][family], where


def _tokens(feature: dict[str, Any]) -> str:
    slug = str(feature["slug"])
    if slug in _FOUND:
        return _FOUND[slug]
    kind, _, name = slug.partition("-")
    if kind == "image":
        return f"image {name}"
    if kind == "html":
        if match := re.match(r'<(\w+) type="(\w+)">', feature["title"]):
            return f"type {match[1]}:{match[2]}"
        return f"attribute {name}" if name in _ATTRIBUTES else f"element {name}"
    for start, said in (
        ("at-media-", "media "),
        ("at-", "at @"),
        ("function-", "function "),
        ("pseudo-class-", "pseudo :"),
        ("pseudo-element-", "pseudo ::"),
        ("selector-", "selector "),
        ("unit-", "unit "),
        ("display-", "value display:"),
    ):
        if name.startswith(start):
            return said + name.removeprefix(start)
    if feature["keywords"] and re.match(r"(border|margin|padding|inset)", name) and "-block-size" not in name:
        return ", ".join(f"property {one.strip()}" for one in feature["keywords"].split(","))
    return f"property {name}"


def main(package: Path) -> None:
    """Print the reduced data."""
    given = json.loads((package / "data" / "caniemail.json").read_text("utf-8"))
    version = json.loads((package / "package.json").read_text("utf-8"))["version"]
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False) for feature in features(given["data"], given["nicenames"])
    )
    licence = (package / "LICENSE").read_text("utf-8").strip()  # which asks to be in every copy
    head = {"source": f"{SOURCE} {version}", "date": given["last_update_date"][:10], "licence": licence}
    print(json.dumps(head, ensure_ascii=False)[:-1] + f', "features": [\n{lines}\n]}}')


if __name__ == "__main__":
    main(Path(sys.argv[1]))
