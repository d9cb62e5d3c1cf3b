"""The pages: what the ledger says, as the templates show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hmac import digest

from feeds import colours, templating
from feeds.delivery.ledger import Mailing, Status
from feeds.delivery.ledger.values import DomainStatus
from feeds.delivery.subscribers import moment
from feeds.web.operator import plots
from feeds.web.operator.board import NEWEST, Board

MOST = 50
"""So many doubts are shown by name; `feeds status` shows all."""
WORST = 10
"""So many domains from which most came back."""
ASKED = 3 * 24 * 3600
"""Seconds for which Amazon waits for a subscription to be confirmed."""
# What becomes of a message, in three words for a drawing and in the ledger's own for a table.
_GROUPS = {
    "sent": ("sent",),
    "waiting": ("ready", "claimed", "retry", "sending", "held"),
    "failed": ("failed", "expired"),
    "left": ("suppressed", "cancelled"),
}
_SAID = {
    "sent": "taken by the mailbox's server",
    "ready": "waiting for its turn",
    "claimed": "about to be sent",
    "sending": "being sent, or in doubt",
    "retry": "to be tried again",
    "failed": "refused or bounced",
    "expired": "given up after two days",
    "suppressed": "not sent: nothing may be",
    "cancelled": "not sent: called off",
    "held": "in doubt",
}


def overview(board: Board, base: str) -> str:
    """All newsletters. Raises `DeliveryError`."""
    context: dict[str, object] = {
        "base": base,
        "title": board.title,
        "newsletters": [_newsletter(board, name, title) for name, title in board.newsletters.items()],
        "questions": _questions(board),
    }
    return templating.render("web/operator/overview.html", context)


def issue(board: Board, base: str, number: int, told: str = "") -> str:
    """One issue, with `told` above it. Raises `DeliveryError` where there is none."""
    status = board.status(number)
    context: dict[str, object] = {
        "base": base,
        "title": board.title,
        "told": told,
        "newsletter": board.newsletters.get(status.mailing.newsletter, status.mailing.newsletter),
        "issue": _row(board, status.mailing, status),
        "reason": status.mailing.reason,
        "rate": f"{status.rate:,.1f}" if status.rate else "",
        "next_at": _moment(board, status.next_at) if status.next_at else "",
        "states": [
            {"name": name, "said": said, "count": f"{status.states[name]:,}", "kind": _kind(name)}
            for name, said in _SAID.items()
            if status.states.get(name)
        ],
        "domains": _domains(status.domains),
        "refusals": [(one.state, one.code, f"{one.count:,}", one.example) for one in status.refusals],
        "doubts": status.doubts[:MOST],
        "doubts_count": len(status.doubts),
        "seal": seal(board, status),
    }
    return templating.render("web/operator/issue.html", context)


def style(board: Board) -> str:
    """The style, in the publication's colour."""
    palettes = {"light": colours.light(board.accent), "dark": colours.dark(board.accent)}
    return templating.render("web/operator/operator.css", palettes)


def seal(board: Board, status: Status) -> str:
    """What the form to settle an issue's doubts holds: good for these doubts, and for no others."""
    named = "\0".join((str(status.mailing.id), *status.doubts))
    return digest(board.ledger.key("operator's forms"), named.encode(), "sha256")[:16].hex()


def _newsletter(board: Board, name: str, title: str) -> dict[str, object]:
    mailings, stats = board.mailings(name), board.stats(name)
    statuses = [board.status(made.id) for made in mailings[:NEWEST]]
    return {
        "name": name,
        "title": title,
        "active": f"{stats.states.get('active', 0):,}",
        "others": [
            (f"{stats.states.get('pending', 0):,}", "not confirmed"),
            (f"{stats.states.get('unsubscribed', 0):,}", "unsubscribed"),
            (f"{stats.suppressed:,}", "of all, suppressed"),
        ],
        "growth": _growth(board, mailings),
        "issues": [_row(board, status.mailing, status) for status in statuses],
        "earlier": [_row(board, made) for made in mailings[NEWEST:]],
        "counted": len(statuses),
        "bounces": _bounces(statuses),
    }


def _row(board: Board, made: Mailing, status: Status | None = None) -> dict[str, object]:
    counts = _grouped(status.states) if status else {}
    doubts = len(status.doubts) if status else 0
    return {
        "number": made.id,
        "slot": made.slot,
        "state": made.state,
        "at": _moment(board, made.frozen_at),
        "recipients": f"{made.recipients:,}",
        "bar": plots.bar(counts, sum(counts.values())),
        "counts": [(f"{count:,}", kind) for kind, count in counts.items() if count],
        "share": _share(counts.get("sent", 0), sum(counts.values())),
        "doubts": doubts,
    }


def _growth(board: Board, mailings: Sequence[Mailing]) -> dict[str, object] | None:
    """How many each issue went to, which is how many subscribers there were."""
    if len(mailings) < 2:
        return None
    values = [(made.frozen_at / 1_000_000, made.recipients) for made in reversed(mailings)]
    (since, first), (until, last) = values[0], values[-1]
    line = plots.line(values)
    return {
        "line": line,
        "rules": [(y, f"{value:,}") for y, value in line.rules],
        "from": _day(board, since),
        "to": _day(board, until),
        "told": f"{first:,} on {_day(board, since)}, {last:,} on {_day(board, until)}",
    }


def _bounces(statuses: Iterable[Status]) -> list[dict[str, object]]:
    """The domains from which most came back, in all of these issues; of each issue the largest are known."""
    failed: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for status in statuses:
        for one in status.domains:
            failed[one.domain] += _grouped(one.states)["failed"]
            whole[one.domain] += sum(one.states.values())
    worst = sorted((item for item in failed.items() if item[1]), key=lambda item: (-item[1], item[0]))[:WORST]
    return [
        {
            "domain": domain,
            "count": f"{count:,}",
            "share": _share(count, whole[domain]),
            "bar": plots.bar({"failed": count}, worst[0][1]),
        }
        for domain, count in worst
    ]


def _domains(domains: Sequence[DomainStatus]) -> list[dict[str, object]]:
    most = max((sum(one.states.values()) for one in domains), default=0)
    return [
        {
            "domain": one.domain,
            "whole": f"{sum(counts.values()):,}",
            "sent": f"{counts['sent']:,}",
            "failed": f"{counts['failed']:,}",
            "bar": plots.bar(counts, most),
        }
        for one in domains
        for counts in [_grouped(one.states)]
    ]


def _questions(board: Board) -> list[str]:
    """The addresses that confirm a subscription, where a provider waits for one."""
    since = (board.clock() - ASKED) * 1_000_000
    asked = [one for one in board.ledger.received() if one.kind == "subscription" and one.at >= since]
    return [one.diagnostic for one in asked]


def _grouped(states: Mapping[str, int]) -> dict[str, int]:
    return {group: sum(states.get(name, 0) for name in names) for group, names in _GROUPS.items()}


def _kind(state: str) -> str:
    return next(group for group, names in _GROUPS.items() if state in names)


def _share(count: int, whole: int) -> str:
    """A share in percent, which is 100 only where it is all, and 0 only where it is nothing."""
    if not whole:
        return ""
    share = 100 * count / whole
    if 0 < share < 0.1:
        return "< 0.1 %"
    return f"{min(share, 99.9) if count < whole else 100:.1f} %".replace(".0 %", " %")


def _moment(board: Board, at: int) -> str:
    return f"{moment(at).astimezone(board.zone):%Y-%m-%d %H:%M}"


def _day(board: Board, at: float) -> str:
    return f"{datetime.fromtimestamp(at, board.zone):%Y-%m-%d}"
