"""A frozen issue: what a newsletter sends, to the byte, and the approval of exactly that.

It stands in `issues/NEWSLETTER/0007.json`, for a version control to keep. One sha256 covers all of
it but the approval, so a file that somebody edits by hand is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from feeds.article import Article
from feeds.config import NewsletterSettings, PublicationSettings, Sender
from feeds.errors import Fault, FeedsError, Place
from feeds.faults import explained
from feeds.issue import Issue
from feeds.newsletter.digest import Digest
from feeds.newsletter.variants import concerned

VERSION = 1
"""Of the file's form. A newer one than ours is refused."""


class IssueError(FeedsError):
    """A frozen issue that is missing, was changed by hand, or cannot be approved."""


class EmptyIssueError(IssueError):
    """There is nothing new to send, or too little."""


class _Kept(BaseModel):
    """What stands in the file: nothing is stripped, converted or unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Carried(_Kept):
    """One article that an issue carries."""

    id: str
    url: str
    """Where the issue leads for the whole text."""
    title: str
    language: str
    role: Literal["lead", "item"]
    topics: tuple[str, ...] = ()
    """The newsletter's topics that it is about."""


class Rendered(_Kept):
    """One variant: what its readers get."""

    language: str
    articles: tuple[str, ...]
    """Ids, in the order in which they are shown."""
    subject: str
    preheader: str
    web: str
    """Where the issue stands on the web."""
    html: str
    text: str


class Approval(_Kept):
    """That somebody has seen these bytes and wants them sent."""

    sha256: str
    at: datetime
    by: str | None = None


class Frozen(_Kept):
    """An issue that does not change any more."""

    version: int = VERSION
    newsletter: str
    number: int
    title: str
    date: datetime
    """The day of its newest article."""
    timezone: str
    home: str
    sender: Sender
    reply_to: str | None
    unsubscribe: str
    settings: str
    """The digest of the settings that it was made by."""
    introductions: tuple[str, ...]
    """The digest of each introduction in it, so that none is sent twice."""
    articles: tuple[Carried, ...]
    variants: dict[str, Rendered]
    """By key: a language, or a language and topics, as `en,space,trade`."""
    sha256: str = ""
    approved: Approval | None = None

    @property
    def name(self) -> str:
        """As a person calls it: weekly 7."""
        return f"{self.newsletter} {self.number}"

    def variant_of(self, language: str, topics: Collection[str] = ()) -> str | None:
        """The key of what a subscriber gets; None where nothing in the issue is for them.

        A language that the issue does not speak gets its first one; no topics mean all.
        """
        keys = [key for key in self.variants if "," not in key]
        base = language.partition("-")[0]
        whole = next((key for key in keys if key == language), None) or next(
            (key for key in keys if key.partition("-")[0] == base), keys[0]
        )
        wanted = {topic.casefold() for topic in topics}
        about = {one.id for one in self.articles if wanted & {topic.casefold() for topic in one.topics}}
        ids = about & {*self.variants[whole].articles} if wanted else {*self.variants[whole].articles}
        alike = (key for key in self.variants if key.partition(",")[0] == whole)
        return next((key for key in alike if {*self.variants[key].articles} == ids), None)


def frozen(
    digests: Mapping[str, Digest], settings: NewsletterSettings, publication: PublicationSettings
) -> Frozen:
    """The variants of one issue, frozen; there must be one at least."""
    first = next(iter(digests.values())).issue
    carried: dict[str, Carried] = {}
    for digest in digests.values():
        for article in digest.issue.articles:
            lead = article is digest.issue.lead
            carried.setdefault(article.id, _carried(article, "lead" if lead else "item", settings))
    issue = Frozen(
        newsletter=first.newsletter,
        number=first.number or 1,
        title=first.title,
        date=first.date.astimezone(UTC),
        timezone=first.timezone,
        home=first.home,
        sender=first.sender,
        reply_to=first.reply_to,
        unsubscribe=first.unsubscribe,
        settings=_sha256(settings.model_dump_json() + publication.model_dump_json()),
        introductions=introductions(digest.issue for digest in digests.values()),
        articles=tuple(carried.values()),
        variants={key: _rendered(digest) for key, digest in digests.items()},
    )
    return issue.model_copy(update={"sha256": fingerprint(issue.model_dump(mode="json"))})


def introductions(issues: Iterable[Issue]) -> tuple[str, ...]:
    """The digest of each introduction that these variants have."""
    return tuple(dict.fromkeys(_sha256(issue.introduction) for issue in issues if issue.introduction))


def fingerprint(content: Mapping[str, object]) -> str:
    """One sha256 over all that an issue's file says, but for itself and the approval.

    Of the file and not of our model of it, so that a later version of this program finds the same.
    """
    said = {key: value for key, value in content.items() if key not in ("sha256", "approved")}
    return _sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def written(issue: Frozen) -> bytes:
    """The bytes of an issue's file: the same issue is the same file."""
    return (json.dumps(issue.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n").encode()


def parsed(content: bytes, file: str) -> Frozen:
    """The issue in a file. Raises `IssueError` where it is none, or no longer says what was drafted."""
    try:
        data = json.loads(content)
        issue = Frozen.model_validate(data)
    except ValidationError as refusal:
        raise IssueError(_unread(refusal, data, file)) from None
    except (ValueError, RecursionError):
        raise _refused(file, "is no issue: it is not JSON; take it from the version control") from None
    if fingerprint(data) != issue.sha256:
        problem = "was changed after it was drafted; take it from the version control"
        raise _refused(file, problem if issue.approved else f"{problem}, or delete it and draft again")
    if issue.approved and issue.approved.sha256 != issue.sha256:
        raise _refused(file, "is not what was approved; take it from the version control")
    return issue


def approve(issue: Frozen, now: datetime, by: str | None = None) -> Frozen:
    """The issue with its approval. Raises `IssueError` where it has one: that never changes."""
    if issue.approved:
        told = f"is approved since {issue.approved.at:%Y-%m-%d %H:%M %Z}, and that does not change"
        raise _refused(f"newsletter {issue.name}", told)
    at = now.astimezone(UTC).replace(microsecond=0)
    return issue.model_copy(update={"approved": Approval(sha256=issue.sha256, at=at, by=by)})


def changes(before: Frozen, after: Frozen) -> Iterator[str]:
    """What a new draft says that the one before it did not, each in one line."""
    old, new = ({one.id: one for one in issue.articles} for issue in (before, after))
    yield from (f"now with “{new[id].title}”" for id in new if id not in old)
    yield from (f"no longer with “{old[id].title}”" for id in old if id not in new)
    kept = [id for id in new if id in old]
    yield from (f"“{new[id].title}” is now the {new[id].role}" for id in kept if new[id].role != old[id].role)
    if kept != [id for id in old if id in new]:
        yield "the articles stand in another order"
    if before.settings != after.settings:
        yield "made by other settings"
    yield from _variant_changes(before.variants, after.variants)


def _variant_changes(old: Mapping[str, Rendered], new: Mapping[str, Rendered]) -> Iterator[str]:
    yield from (f"a new variant, {key}" for key in new if key not in old)
    yield from (f"no variant {key} any more" for key in old if key not in new)
    for key in (key for key in new if key in old):
        parts = [part for part in Rendered.model_fields if getattr(new[key], part) != getattr(old[key], part)]
        if parts:
            yield f"variant {key}: another {', '.join(parts)}"


def _carried(article: Article, role: Literal["lead", "item"], settings: NewsletterSettings) -> Carried:
    return Carried(
        id=article.id,
        url=article.full_article.url if article.full_article else article.url,
        title=article.title,
        language=article.language,
        role=role,
        topics=concerned(article, settings.topics),
    )


def _rendered(digest: Digest) -> Rendered:
    return Rendered(
        language=digest.language,
        articles=tuple(article.id for article in digest.issue.articles),
        subject=digest.subject,
        preheader=digest.preheader,
        web=digest.issue.web,
        html=digest.html,
        text=digest.text,
    )


def _unread(refusal: ValidationError, data: object, file: str) -> list[Fault]:
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > VERSION:
        return [Fault(Place(file), f"has the form {version}; this program knows {VERSION}, so upgrade it")]
    return explained(refusal, Frozen, file, {})


def _refused(file: str, problem: str) -> IssueError:
    return IssueError(Fault(Place(file), problem))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
