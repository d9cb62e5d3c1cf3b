"""What an article refers to, filled in: its files and their sizes, and links to other articles."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from feeds import media, values
from feeds.article import Article, Attachment, Image, Translation
from feeds.config import PublicationSettings
from feeds.errors import Fault
from feeds.podcast import Episode
from feeds.sources.accepted import Accepted
from feeds.sources.files import Listing

Report = Callable[[Fault], None]


@dataclass(frozen=True)
class Surroundings:
    """What an article has to know of the rest to be complete."""

    publication: PublicationSettings
    listing: Listing
    addresses: Mapping[str, str]
    """Path of each article's file to the article's address."""
    translations: tuple[Translation, ...]


def complete(accepted: Accepted, around: Surroundings, report: Report) -> Article:
    """The article with nothing left open; what its references fail to find is reported."""
    article = accepted.article
    if refers_to_nothing(accepted):
        return article.but(translations=around.translations) if around.translations else article
    attachments = tuple(
        _attachment(attachment, f"attachments[{index}]", accepted, around, report)
        for index, attachment in enumerate(article.attachments)
    )
    links, shown = _references(accepted, around, report)
    made = article.but(
        image=article.image and _image(article.image, accepted, around, report),
        attachments=attachments,
        links=links,
        episode=article.episode and _episode(article.episode, accepted, around, report),
        translations=around.translations,
        files=tuple(dict.fromkeys((*_named(accepted), *shown))),
    )
    if attachments != article.attachments:
        vars(made).pop("meaning", None)  # the size of a file is part of what an article says
    return made


def refers_to_nothing(accepted: Accepted) -> bool:
    """Whether nothing in an article is still open, as is so with most."""
    article = accepted.article
    return not (article.image or article.attachments or article.episode or accepted.references)


def _image(image: Image, accepted: Accepted, around: Surroundings, report: Report) -> Image:
    path = local(image.src, accepted.path)
    if path is None:
        return image
    if path not in around.listing.stamps:
        report(accepted.fault("image.src", f"there is no file “{image.src}” beside the article"))
        return image
    width, height = image.width, image.height
    if width is None or height is None:
        width, height = media.pixels(around.listing.folder / path) or (width, height)
    src = _published(path, around.publication)
    return image.model_copy(update={"src": src, "width": width, "height": height})


def _attachment(
    attachment: Attachment, field: str, accepted: Accepted, around: Surroundings, report: Report
) -> Attachment:
    path = local(attachment.url, accepted.path)
    stamp = around.listing.stamps.get(path) if path else None
    if path and not stamp:
        problem = f"there is no file “{attachment.url}” beside the article"
        report(accepted.fault(f"{field}.url", problem))
    kind = attachment.type or media.media_type(attachment.url)
    if kind is None:
        report(accepted.fault(f"{field}.type", "is missing; write audio/mpeg, application/pdf …"))
    length = stamp[0] if stamp else attachment.length
    if length is None and not path:
        report(accepted.fault(f"{field}.length", "is missing; write the size in bytes, or 0 if nobody knows"))
    url = _published(path, around.publication) if path else attachment.url
    return attachment.model_copy(update={"url": url, "type": kind, "length": length})


def _episode(episode: Episode, accepted: Accepted, around: Surroundings, report: Report) -> Episode:
    """The episode with the addresses of its files, and the media types that their names mean."""

    def placed(reference: str, field: str) -> str:
        path = local(reference, accepted.path)
        if path and path not in around.listing.stamps:
            report(accepted.fault(field, f"there is no file “{reference}” beside the article"))
        return _published(path, around.publication) if path else reference

    transcripts = tuple(
        one.model_copy(
            update={
                "url": placed(one.url, f"episode.transcripts[{number}].url"),
                "type": one.type or media.media_type(one.url),
            }
        )
        for number, one in enumerate(episode.transcripts)
    )
    chapters = episode.chapters and placed(episode.chapters, "episode.chapters")
    return episode.model_copy(update={"chapters": chapters, "transcripts": transcripts})


def _references(
    accepted: Accepted, around: Surroundings, report: Report
) -> tuple[dict[str, str], tuple[str, ...]]:
    """What the body refers to: other articles (reference to address), and files that it shows."""
    links: dict[str, str] = {}
    shown: list[str] = []
    for line, reference in accepted.references:
        path = local(reference, accepted.path) or ""
        if path in around.addresses:
            links[reference] = around.addresses[path]
        elif accepted.served:
            if accepted.copied and path in around.listing.stamps:
                links[reference] = _published(path, around.publication)
                shown.append(path)
        elif path in around.listing.stamps:
            shown.append(path)
        elif posixpath.splitext(path)[1]:
            first = accepted.raw().lines().get(("body",), 1)
            problem = f"there is no file “{reference}” beside the article"
            report(accepted.fault("body", problem, line=first + line - 1, warning=True))
    return links, tuple(shown)


def local(reference: str, path: str) -> str | None:
    """The path in the content folder that a reference in the file `path` means; None for an address."""
    parts = urlsplit(reference)
    if parts.scheme or parts.netloc:
        return None
    if parts.path.startswith("/"):
        return posixpath.normpath(unquote(parts.path)).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path)))


def _named(accepted: Accepted) -> Iterator[str]:
    """The files that the article's fields name."""
    article, episode = accepted.article, accepted.article.episode
    references = (
        article.image and article.image.src,
        *(attachment.url for attachment in article.attachments),
        episode and episode.chapters,
        *(words.url for words in (episode.transcripts if episode else ())),
    )
    for reference in references:
        if reference and (path := local(reference, accepted.path)):
            yield path


def _published(path: str, publication: PublicationSettings) -> str:
    return values.below(publication.url, path)
