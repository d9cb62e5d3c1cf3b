"""MDX and what Docusaurus adds to Markdown: imports, components, expressions and admonitions.

Nothing is run. A component's text stays and its tags go; a picture or a video becomes what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from feeds.sources.dialects import marks
from feeds.sources.dialects.base import Post
from feeds.sources.dialects.fields import is_picture
from feeds.sources.dialects.kramdown import headings
from feeds.sources.dialects.marks import NEVER, Enclosure, Marks
from feeds.sources.dialects.references import relative
from feeds.sources.dialects.shortcodes import Shortcode, shown

_IMPORT = re.compile(
    r"^import\s+(?:[\"'][^\"'\n]+[\"']|(?:[^;\"'`\n]|\n(?!\n)){1,600}?from\s+[\"'][^\"'\n]+[\"'])"
    r"[ \t]*;?[ \t]*$\n?"
    r"(?:^[ \t]*//[^\n]*\n)*",
    re.MULTILINE,
)
_EXPORT = re.compile(
    r"^export\s+(?:const|let|var|default|function|async|class|\{)[^\n]*\n(?:(?!\n)[^\n]*\n)*", re.MULTILINE
)
_EVALUATED = re.compile(r"^```mdx-code-block[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"import\s+(\w+)\s+from\s+[\"']([^\"'\n]+)[\"']")
_REQUIRED = re.compile(
    r"require\(\s*[\"']([^\"']+)[\"']\s*\)(?:\.default)?|useBaseUrl\(\s*[\"']([^\"']+)[\"']\s*\)"
)
_MATH = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][\w.-]*)(?=[\s/>{])|<(/?)>")
_EXPRESSION = re.compile(r"(?<!\\)\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_ADMONITION = re.compile(
    r"^([ \t>]*):{3,}[ \t]*([A-Za-z][\w-]*)(?:\[([^\]\n]*)\])?[ \t]*([^\n{]*?)[ \t]*(?:\{[^}\n]*\})?[ \t]*$",
    re.MULTILINE,
)
_NOTES = frozenset(
    "note tip info warning danger caution important success error hint attention example question "
    "secondary details abstract summary bug quote seealso".split()
)
"""Containers that are told by their names; others are about how a page looks."""
_BOLD = re.compile(r"[\s>]*(?:\*\*|__|#{1,6} |<strong|<b>)")
"""Words at the beginning that stand out: they say what the name would."""
_CLOSED = re.compile(r"^[ \t>]*:{3,}[ \t]*$\n?", re.MULTILINE)
PLAIN = frozenset(
    "a abbr address article aside audio b bdi bdo blockquote br button caption center cite code col colgroup "
    "dd del details dfn div dl dt em figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hr i iframe "
    "img input ins kbd label li link main mark math nav object ol option p picture pre progress q s samp "
    "script section select small source span strong style sub summary sup svg path g circle rect table tbody "
    "td template textarea tfoot th thead time tr track tt u ul use var video wbr".split()
)
"""Elements of HTML, which the sanitiser knows what to do with."""


def text(post: Post, body: str, *, components: bool = True) -> str:
    """A text in plain Markdown; `components` says whether it is MDX, not only Markdown with admonitions."""
    body = _EVALUATED.sub(r"\1", body) if components else body
    names = {name: _file(post, path) for name, path in _NAMED.findall(body)} if components else {}

    def prose(part: str) -> str:
        part = admonitions(part)
        if components:
            part = _IMPORT.sub("", part) if "import" in part else part
            part = _EXPORT.sub("", part) if "export" in part else part
            part = _without_tags(part, post, names)
            part = _without_expressions(part, post)
        return headings(part)

    noted = re.compile(r"\{/\*")
    ends = re.compile(r"\*/\s*\}")
    if not components:
        return marks.without(body, Marks(NEVER, str, prose=prose))
    return marks.without(
        body,
        Marks(
            mark=NEVER,
            replaced=str,
            opening=noted,
            enclosure=lambda found: Enclosure(
                ends, lambda opening, inner: "<!-- truncate -->" if inner.strip() == "truncate" else ""
            ),
            prose=prose,
        ),
    )


def _file(post: Post, path: str) -> str:
    """An imported file as a reference from the post: the root and src have names of their own."""
    for prefix, start in (("/", ""), ("~/", "src/"), ("@/", "src/"), ("@site/", "")):
        if path.startswith(prefix) and start + path.removeprefix(prefix) in post.files:
            return relative(post, start + path.removeprefix(prefix))
    return "/" + path.removeprefix("@site/static/") if path.startswith("@site/static/") else path


def admonitions(part: str) -> str:
    """:::note[Title] becomes its title in bold; the text stays as it is, and any other container's too."""
    return _CLOSED.sub("\n", _ADMONITION.sub(_titled, part)) if ":::" in part else part


def _titled(found: re.Match[str]) -> str:
    given = (found[3] or found[4]).replace("*", "").strip()
    says_itself = found[2].lower() not in _NOTES or _BOLD.match(found.string, found.end())
    title = given or ("" if says_itself else found[2].title())
    return f"{found[1]}**{title}**\n{found[1].rstrip()}\n" if title else f"{found[1].rstrip()}\n"


def _without_tags(part: str, post: Post, names: Mapping[str, str]) -> str:
    made: list[str] = []
    position = 0
    for found in _TAG.finditer(part):
        if found.start() < position:
            continue
        end = _tag_end(part, found.end())
        if end is None:
            break
        made.append(part[position : found.start()])
        closing = found[1] if found[2] else found[3]
        made.append(_element(found[2] or "", bool(closing), part[found.end() : end - 1], post, names))
        position = end
    return "".join([*made, part[position:]])


def _tag_end(part: str, start: int) -> int | None:
    """Where a tag ends, past braces and quotes; None if it does not."""
    depth, quote = 0, ""
    for position in range(start, min(len(part), start + 5000)):
        char = part[position]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and (depth or part[position - 1] == "="):
            quote = char
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
        elif char == ">" and depth <= 0:
            return position + 1
    return None


def _element(name: str, closing: bool, inner: str, post: Post, names: Mapping[str, str]) -> str:
    if name.lower() in PLAIN and name == name.lower():
        return f"</{name}>" if closing else _html(name, inner, names)
    if closing or not name:
        return ""
    attributes = _attributes(inner, names)
    code = Shortcode(name, (), {key.lower(): value for key, value in attributes.items()})
    if name in ("Image", "Img", "Figure", "ThemedImage", "Picture", "ZoomImage") or is_picture(
        attributes.get("src", "")
    ):
        source = attributes.get("src", "")
        code = Shortcode("figure", (), {**code.named, "src": source})
    made = shown(code, post)
    if made is None:
        post.note("component", name)
        title = (
            attributes.get("title") or attributes.get("label") if inner.strip().endswith("/") is False else ""
        )
        return f"\n\n**{title}**\n\n" if title and name in ("TabItem", "Card", "Accordion", "Details") else ""
    return made


def _html(name: str, inner: str, names: Mapping[str, str]) -> str:
    """An element of HTML with only those attributes that HTML has."""
    kept = "".join(
        f' {"class" if key == "className" else key}="{value}"'
        for key, value in _attributes(inner, names).items()
        if '"' not in value and "<" not in value
    )
    return f"<{name}{kept}{' /' if inner.rstrip().endswith('/') else ''}>"


_ATTRIBUTE = re.compile(
    r"([A-Za-z_][\w:.-]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}))?"
)


def _attributes(inner: str, names: Mapping[str, str]) -> dict[str, str]:
    """The attributes of a tag whose values are plain, or are files that the text imports."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(inner):
        key, double, single, expression = match.groups()
        if expression is None:
            found[key] = double if double is not None else single if single is not None else ""
        elif required := _REQUIRED.search(expression):
            found[key] = required[1] or required[2]
        elif plain := re.fullmatch(r"\s*(?:[\"'`]([^\"'`$]*)[\"'`]|(\d+))\s*", expression):
            found[key] = plain[1] if plain[1] is not None else plain[2]
        elif (name := expression.strip().partition(".")[0]) in names:
            found[key] = names[name]
    return found


def _without_expressions(part: str, post: Post) -> str:
    """{' '} is a space, {"text"} is text; what would have to be run is left out. Formulas stay."""
    if "{" not in part:
        return part
    formulas = [found.span() for found in _MATH.finditer(part)]

    def replaced(found: re.Match[str]) -> str:
        if any(start < found.start() < end for start, end in formulas):
            return found[0]
        plain = re.fullmatch(r"\s*(?:\"([^\"]*)\"|'([^']*)'|`([^`$]*)`)\s*", found[1])
        if plain:
            return next(group for group in plain.groups() if group is not None)
        if found[1].strip().startswith(("#", ".", ":")):
            return found[0]  # the id of a heading
        if found[1].strip():
            post.note("expression", "expression in braces")
        return ""

    return _EXPRESSION.sub(replaced, part)
