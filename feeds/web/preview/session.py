"""A session of the preview: the last good proof, what is wrong now, and when something has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import RLock

from feeds import newsletter, templating
from feeds.delivery.message import message
from feeds.errors import Fault, FeedsError
from feeds.issue import Issue
from feeds.newsletter import Digest
from feeds.sources import Memory
from feeds.web.preview import watching
from feeds.web.preview.proof import Proof, proof


@dataclass(frozen=True)
class Mail:
    """One variant of a newsletter as it would be sent now, or as it last could be."""

    templates: Path
    digest: Digest | None
    faults: tuple[Fault, ...] = ()
    """Why it could not be made now."""

    @cached_property
    def message(self) -> bytes:
        """Its bytes. Raises `OutputError` or `DeliveryError` where it cannot be a message."""
        return message(self.digest) if self.digest else b""

    @cached_property
    def findings(self) -> tuple[Fault, ...]:
        """What stands in the way of it, by all checks on its final bytes, fatal first."""
        if self.digest is None:
            return self.faults
        try:
            found = newsletter.check(self.digest, self.message, templates=self.templates)
        except FeedsError as refusal:
            found = (*newsletter.check(self.digest, templates=self.templates), *refusal.faults)
        return (*self.faults, *sorted(found, key=lambda fault: (fault.warning, fault)))

    @property
    def examined(self) -> bool:
        """Whether the findings are known already: they take longer than the mail."""
        return "findings" in vars(self)


@dataclass
class Session:
    """What the preview knows. It is asked from several threads, one at a time."""

    root: Path
    clock: Callable[[], datetime]
    version: int = 0
    proof: Proof | None = None
    """The last that could go out, or the best there is."""
    refused: tuple[Fault, ...] = ()
    """What is wrong now; the proof is older where there is anything."""
    checked: tuple[Fault, ...] = ()
    """What the whole check has found since."""
    examined: int = 0
    """How often the mail looked at turned out to have something wrong with it."""
    lock: RLock = field(default_factory=RLock)
    _memory: Memory = field(default_factory=Memory)
    _stamps: watching.Stamps = field(default_factory=dict)
    _mails: dict[tuple[str, str], tuple[Issue, watching.Stamps, Mail]] = field(default_factory=dict)
    _good: dict[tuple[str, str], Mail] = field(default_factory=dict)
    _shown: Mail | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything known to be wrong in the project, fatal first."""
        known = (*self.refused, *(self.proof.faults if self.proof else ()), *self.checked)
        return tuple(sorted(set(known), key=lambda fault: (fault.warning, fault)))

    def look(self) -> bool:
        """Look for changes, and read anew where there are any; whether there were."""
        with self.lock:
            found = watching.stamps(self._places())
            if found == self._stamps and self.version:
                return False
            self._stamps = found
            self._read()
            self.version += 1
            return True

    def told(self, faults: tuple[Fault, ...], version: int) -> bool:
        """Take what the check has found in the state of a version; whether that is news."""
        with self.lock:
            if version != self.version or set(faults) <= set(self.faults):
                return False
            self.checked = faults
            return True

    def mail(self, name: str, key: str) -> Mail:
        """A variant of a newsletter, made where anything in it has changed."""
        with self.lock:
            assert self.proof
            issue = self.proof.desks[name].variants[key]
            templates = self._templates()
            known = self._mails.get((name, key))
            if not (known and known[:2] == (issue, templates)):
                known = (issue, templates, self._made(issue, (name, key)))
                self._mails[name, key] = known
            self._shown = known[2]
            return known[2]

    def examine(self) -> bool:
        """Find out what is wrong with the mail looked at last; whether that was not known before."""
        with self.lock:
            if self._shown is None or self._shown.examined:
                return False
            self.examined += bool(self._shown.findings)
            return True

    def _read(self) -> None:
        self.checked, self.refused = (), ()
        try:
            found = proof(self.root, self.clock(), self._memory)
        except FeedsError as refusal:
            self.refused = refusal.faults
            return
        if found.good or self.proof is None or not self.proof.good:
            self.proof = found
        else:
            self.refused = found.faults

    def _made(self, issue: Issue, key: tuple[str, str]) -> Mail:
        assert self.proof
        templates = self.proof.publication.templates
        try:
            mail = Mail(templates, newsletter.compose(issue, templates=templates))
        except FeedsError as refusal:
            return replace(self._good.get(key, Mail(templates, None)), faults=refusal.faults)
        self._good[key] = mail
        return mail

    def _places(self) -> tuple[Path, ...]:
        settings = self.proof.publication.settings.publication if self.proof else None
        content, templates = (settings.content, settings.templates) if settings else ("content", "templates")
        return watching.places(self.root, content, templates, templating.packaged())

    def _templates(self) -> watching.Stamps:
        assert self.proof
        folders = {str(self.proof.publication.templates), str(templating.packaged())}
        return {file: stamp for file, stamp in self._stamps.items() if file.startswith(tuple(folders))}
