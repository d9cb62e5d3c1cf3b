"""What the page says of a feed: its entries as several parsers read them, and what would become of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from feeds import rules
from feeds.errors import FeedsError
from feeds.library import Feed
from feeds.sources import syndicated
from feeds.web.preview import parsers
from feeds.web.preview.choices import Looked
from feeds.web.preview.lines import numbered
from feeds.web.preview.newsletters import SCHEMES
from feeds.web.preview.places import Spot, editor, spots
from feeds.web.preview.session import Session

TABS = {
    "read": "As parsers read it",
    "shown": "As readers show it",
    "source": "Source",
    "findings": "Findings",
    "difference": "Difference",
}
LABELS = {"atom": "Atom", "rss": "RSS", "json": "JSON Feed"}


def feed(session: Session, looked: Looked) -> dict[str, object]:
    """What the template needs to show one feed."""
    assert session.proof
    shown = session.proof.feeds[looked.name]
    forms = {form: LABELS.get(form, form) for form in shown.files}
    form, tab = looked.value("form", list(forms)), looked.value("tab", list(TABS))
    context: dict[str, object] = {
        "title": shown.title,
        "name": looked.name,
        "description": shown.description,
        "entries": len(shown.entries),
        "address": shown.address(form),
        "forms": list(looked.choices("form", forms)),
        "tab": tab,
        "tabs": list(looked.choices("tab", TABS, "12345")),
        "weight": "",
        "problem": [],
    }
    try:
        content = session.proof.document(shown, form)
    except FeedsError as refusal:
        return context | {"problem": list(spots(refusal.faults, session.root))}
    found = list(_findings(session, looked, shown, content))
    notes = {"findings": str(len(found))} if found else {}
    context |= {
        "tabs": list(looked.choices("tab", TABS, "12345", notes)),
        "weight": f"{len(content):,}",
        "spots": found,
    }
    match tab:
        case "read":
            context |= _read(content)
        case "shown":
            context |= _shown(looked, content)
        case "source":
            context["source"] = numbered(content.decode())
        case "difference":
            different = session.proof.differences(shown, form, content)
            lines = [line for one in different or () for line in one.lines()]
            context |= {"published": different is not None, "differences": lines}
    return context


def entries(content: bytes) -> list[dict[str, object]]:
    """The entries of a document as a reader has them, for its pane."""
    return [
        {"entry": entry, "published": moment(entry.published), "authors": entry.authors}
        for entry in syndicated.read(content).entries
    ]


def moment(when: datetime | None) -> str:
    """A moment as the page says it."""
    return f"{when:%Y-%m-%d %H:%M}" if when else "no date"


def _shown(looked: Looked, content: bytes) -> dict[str, object]:
    stamp = f"{hash(content) & 0xFFFFFFFF:08x}"
    schemes = {key: SCHEMES[key] for key in ("light", "dark")}
    return {
        "frames": [{"width": 680, "src": looked.address("entries", at=stamp)}],
        "schemes": list(looked.choices("scheme", schemes, "ld")),
    }


def _read(content: bytes) -> dict[str, object]:
    looks = list(parsers.looks(content))
    strange = parsers.disagreements(looks)
    columns = [
        {
            "look": look,
            "entries": [
                {
                    "seen": seen,
                    "published": moment(seen.published),
                    "differs": [
                        field for parser, n, field in strange if (parser, n) == (look.parser, number)
                    ],
                }
                for number, seen in enumerate(look.entries)
            ],
        }
        for look in looks
    ]
    return {"columns": columns, "agree": not strange}


def _findings(session: Session, looked: Looked, shown: Feed, content: bytes) -> Iterator[Spot]:
    assert session.proof
    files = {entry.id: entry.file for entry in shown.entries}
    source = replace(looked, chosen={**looked.chosen, "tab": "source"}).href()
    for finding in rules.inspect(content, now=session.proof.now):
        file = files.get(finding.entry or "", "")
        said = f"{finding.problem} ({finding.source})" if finding.source else finding.problem
        yield Spot(
            problem=said,
            warning=finding.severity != "error",
            path=file,
            href=editor(session.root, file),
            field=finding.element,
            line=f"{source}#L{finding.line}" if finding.line else "",
        )
