"""The desk: everything that the next issue of one newsletter is made from, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from posixpath import normpath

from feeds import config
from feeds.article import Article
from feeds.config import NewsletterSettings
from feeds.errors import Fault, Place
from feeds.issue import Issue
from feeds.library import Library
from feeds.newsletter import frozen
from feeds.newsletter.digest import Digest, compose
from feeds.newsletter.frozen import EmptyIssueError, Frozen, IssueError
from feeds.newsletter.introduction import Introductions, introduced
from feeds.newsletter.variants import variants
from feeds.newsletter.why import Circumstances, Verdict, verdicts


@dataclass(frozen=True)
class Draft:
    """A drafted issue, and what is new in it where it replaces a draft."""

    issue: Frozen
    changes: tuple[str, ...]
    replaces: bool


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One newsletter at one moment. All of it is pure: the files have been read before."""

    name: str
    settings: NewsletterSettings
    library: Library
    """Every article, also what is not out."""
    issues: Sequence[Frozen]
    """Those on the shelf, the oldest first."""
    now: datetime
    introductions: Introductions = field(default_factory=dict)
    templates: Path | None = None

    @property
    def open(self) -> Frozen | None:
        """The draft that waits for its approval: drafting again replaces it."""
        last = self.issues[-1] if self.issues else None
        return last if last and not last.approved else None

    @property
    def number(self) -> int:
        """The number of the next issue: the open draft's, or one more than the last."""
        return self.open.number if self.open else self.issues[-1].number + 1 if self.issues else 1

    @property
    def carried(self) -> Mapping[str, int]:
        """Id of each article that an earlier issue has carried, to the first that did."""
        earlier = [issue for issue in self.issues if issue.number < self.number]
        return {one.id: issue.number for issue in reversed(earlier) for one in issue.articles}

    @cached_property
    def variants(self) -> dict[str, Issue]:
        """The next issue in each variant. Raises `SettingsError` where there are too many."""
        library = self.library.at(self.now)
        made = variants(self.name, self.settings, library, self.carried, number=self.number)
        return {
            key: introduced(issue, self.introductions, library, own=self._is_own(key))
            for key, issue in made.items()
        }

    @cached_property
    def digests(self) -> dict[str, Digest]:
        """Each variant composed. Raises `TemplateError`."""
        return {key: compose(issue, templates=self.templates) for key, issue in self.variants.items()}

    def verdicts(self) -> tuple[Verdict, ...]:
        """What becomes of each article in the next issue, and why."""
        called = {id: f"issue {number}" for id, number in self.carried.items()}
        around = Circumstances(self.name, self.settings, self.library, called, self.now)
        return tuple(verdicts(self.variants, around))

    def verdict(self, article: Article) -> Verdict:
        """What becomes of one article."""
        return next(verdict for verdict in self.verdicts() if verdict.article.id == article.id)

    def draft(self) -> Draft:
        """The next issue, frozen. Raises `EmptyIssueError` where there is not enough to tell."""
        if not self.variants:
            least = self.settings.least
            needs = "a new article" if least == 1 else f"{least} new articles"
            problem = f"has nothing to send: an issue needs {needs}"
            raise EmptyIssueError(Fault(Place(f"newsletter {self.name}"), problem))
        made = frozen.frozen(self.digests, self.settings, self.library.publication)
        before = self.open
        return Draft(made, tuple(frozen.changes(before, made)) if before else (), before is not None)

    def approve(self, number: int | None = None, by: str | None = None) -> Frozen:
        """A drafted issue with its approval: the open draft, or that of a number. Raises `IssueError`."""
        wanted = number or self.number
        found = next((issue for issue in self.issues if issue.number == wanted), None)
        if not found:
            problem = f"there is no draft of issue {wanted}; run `feeds issue draft {self.name}`"
            raise IssueError(Fault(Place(f"newsletter {self.name}"), problem))
        return frozen.approve(found, self.now, by)

    def _is_own(self, key: str) -> bool:
        return not self.settings.suffix(key.partition(",")[0])

    def faults(self) -> tuple[Fault, ...]:
        """What is hardly meant: a lead story that is none, an introduction for nobody or sent before."""
        return (*self._no_lead(), *self._no_readers(), *self._said_before())

    def _no_lead(self) -> Iterator[Fault]:
        lead, folder = self.settings.lead, self.library.publication.content
        if lead and normpath(f"{folder}/{lead}") not in {article.file for article in self.library.articles}:
            place = Place(config.FILE_NAME, field=f"newsletter.{self.name}.lead")
            yield Fault(place, f"there is no article “{lead}” in {folder}/")

    def _no_readers(self) -> Iterator[Fault]:
        own = self.settings.speech(None) or self.library.publication.language
        tongues = {tag.partition("-")[0] for tag in self.settings.languages or (own,)}
        for language, said in self.introductions.items():
            if language and language.partition("-")[0] not in tongues:
                problem = f"has no readers: the newsletter {self.name} does not speak {language}"
                yield Fault(Place(said.file), problem, warning=True)

    def _said_before(self) -> Iterator[Fault]:
        now = set(frozen.introductions(self.variants.values()))
        for issue in self.issues:
            if issue.number < self.number and now & set(issue.introductions):
                problem = f"its introduction is that of issue {issue.number}; write another, or delete it"
                yield Fault(Place(f"newsletter {self.name}"), problem, warning=True)
