"""A service's JSON interface: calls, and what goes wrong with them in one line without secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from feeds.errors import DeliveryError, Fault, Place, one_line
from feeds.network.base import Answer
from feeds.network.fetching import agent
from feeds.network.kept import Line, Patience, UnansweredError

PATIENCE = Patience(connect=15.0, answer=60.0)
NO_MORE: Mapping[str, str] = {}
_TEXT = 300


class MissingError(DeliveryError):
    """There is no such thing as was asked for."""


@dataclass(frozen=True)
class Interface:
    """Where a service stands, and what it knows us by."""

    name: str
    origin: str
    base: str
    """What each path begins with."""
    login: str = field(repr=False)
    """The value of Authorization."""
    secrets: tuple[str, ...] = field(repr=False)
    authorities: str = ""
    patience: Patience = field(default=PATIENCE, repr=False)

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] = NO_MORE,
    ) -> Mapping[str, Any]:
        """What a call gives back. Raises `DeliveryError`, and `MissingError` for what there is not."""
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        given = {
            "user-agent": agent(),
            "accept": "application/json",
            "authorization": self.login,
            "content-type": "application/json",
            **headers,
        }
        try:
            with closing(Line(self.origin, self.authorities, self.patience)) as line:
                answer = line.request(method, self.base + path, given, content)
        except UnansweredError as failure:
            raise self._unanswered(failure, method) from None
        if not 200 <= answer.status < 300:
            raise self._refused(answer)
        return self._table(answer)

    def text(self, table: Mapping[str, Any], name: str) -> str:
        """A field that must be there, as text. Raises `DeliveryError`."""
        value = table.get(name)
        if isinstance(value, str | int) and str(value):
            return str(value)
        raise self.error(f"answers without “{name}”, so it may be another program's interface")

    def error(self, problem: str) -> DeliveryError:
        """What is wrong with this service."""
        return DeliveryError(Fault(Place(self.name), problem))

    def _table(self, answer: Answer) -> Mapping[str, Any]:
        try:
            found = json.loads(answer.content or b"{}")
        except (ValueError, RecursionError):
            raise self.error("answers no JSON, so it may be another program's interface") from None
        return found if isinstance(found, dict) else {}

    def _unanswered(self, failure: UnansweredError, method: str) -> DeliveryError:
        if failure.reached == "answer" and method != "GET":
            problem = (
                f"gave no answer ({failure.reason}), and may have done it all the same; look there first"
            )
            return self.error(problem)
        return self.error(f"cannot be reached: {failure.faults[0].where}: {failure.reason}")

    def _refused(self, answer: Answer) -> DeliveryError:
        said = self._words(answer)
        if answer.status == 404 or "not found" in said.casefold():
            return MissingError(Fault(Place(self.name), f"answers {answer.status}: {said or 'not found'}"))
        hint = "; look at its key in the environment" if answer.status in (401, 403) else ""
        return self.error(f"answers {answer.status}{': ' * bool(said)}{said}{hint}")

    def _words(self, answer: Answer) -> str:
        """What it says of itself, in one line, without our secrets."""
        try:
            table = self._table(answer)
        except DeliveryError:
            return ""
        said = next((table[name] for name in ("detail", "message", "title") if table.get(name)), "")
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        for secret in filter(None, (*self.secrets, self.login)):
            text = text.replace(secret, "…")
        return one_line(text)[:_TEXT]
