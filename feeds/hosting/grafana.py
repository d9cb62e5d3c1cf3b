"""A dashboard for Grafana, on what `feeds serve --operator` tells Prometheus."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 12, 8
"""Of a panel; Grafana's page is 24 wide."""

# A title, how it is drawn, and each line: what is asked, and what it is called.
_PANELS: Sequence[tuple[str, str, str, Sequence[tuple[str, str]]]] = (
    (
        "The newest issue: messages by state",
        "timeseries",
        "short",
        (("sum by (newsletter, state) (feeds_latest_messages{@})", "{{newsletter}} {{state}}"),),
    ),
    ("Messages a second", "timeseries", "cps", (("feeds_latest_rate{@}", "{{newsletter}}"),)),
    ("Left to send", "timeseries", "short", (("feeds_latest_left{@}", "{{newsletter}}"),)),
    ("In doubt", "stat", "short", (("feeds_latest_in_doubt{@}", "{{newsletter}}"),)),
    (
        "What servers did not take",
        "timeseries",
        "short",
        (
            (
                "sum by (newsletter, state, code) (feeds_latest_refused{@})",
                "{{newsletter}} {{state}} {{code}}",
            ),
        ),
    ),
    (
        "Since the newest issue was frozen",
        "stat",
        "s",
        (("time() - feeds_latest_frozen_timestamp_seconds{@}", "{{newsletter}}"),),
    ),
    (
        "Until the next message is due",
        "stat",
        "s",
        (("feeds_latest_next_due_timestamp_seconds{@} - time()", "{{newsletter}}"),),
    ),
    (
        "Subscribers",
        "timeseries",
        "short",
        (
            ('feeds_subscribers{@, state="active"}', "{{newsletter}} active"),
            ('feeds_subscribers{@, state="pending"}', "{{newsletter}} pending"),
            ("feeds_suppressed{@}", "{{newsletter}} suppressed"),
        ),
    ),
    ("Issues by state", "timeseries", "short", (("feeds_issues{@}", "{{newsletter}} {{state}}"),)),
    ("Workers", "timeseries", "short", (("feeds_workers", "workers"),)),
    ("Reports that wait", "timeseries", "short", (("feeds_reports_waiting", "reports"),)),
)


def dashboard(name: str, host: str) -> str:
    """A dashboard to import; it asks for a data source, and which newsletters to show."""
    panels = [_panel(number, *panel) for number, panel in enumerate(_PANELS)]
    made = {
        "uid": name,
        "title": f"feeds: {host}",
        "description": "Prometheus reads http://127.0.0.1:PORT/TOKEN/metrics; see `feeds serve --operator`.",
        "tags": ["feeds"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [_SOURCE, _NEWSLETTER]},
        "panels": panels,
    }
    return json.dumps(made, indent=2) + "\n"


_SOURCE = {"name": "source", "label": "Data source", "type": "datasource", "query": "prometheus"}
_DATA = {"type": "prometheus", "uid": "${source}"}
_NEWSLETTER = {
    "name": "newsletter",
    "label": "Newsletter",
    "type": "query",
    "datasource": _DATA,
    "query": "label_values(feeds_subscribers, newsletter)",
    "includeAll": True,
    "multi": True,
    "refresh": 2,
}


def _panel(number: int, title: str, kind: str, unit: str, asked: Sequence[tuple[str, str]]) -> dict[str, Any]:
    row, column = divmod(number, 24 // WIDTH)
    return {
        "id": number + 1,
        "title": title,
        "type": kind,
        "datasource": _DATA,
        "gridPos": {"h": HEIGHT, "w": WIDTH, "x": column * WIDTH, "y": row * HEIGHT},
        "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": _DATA,
                "expr": expression.replace("@", 'newsletter=~"$newsletter"'),
                "legendFormat": legend,
            }
            for index, (expression, legend) in enumerate(asked)
        ],
    }
