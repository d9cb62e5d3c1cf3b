"""Which articles are one in several languages: said on one side, it holds on all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from feeds.article import Translation
from feeds.errors import Fault
from feeds.sources.accepted import Accepted
from feeds.sources.completion import local


def translated(
    accepted: Sequence[Accepted], addresses: Mapping[str, str], report: Callable[[Fault], None]
) -> Mapping[str, tuple[Translation, ...]]:
    """Path of an article's file to its versions in other languages, by language."""
    by_path = {article.path: article for article in accepted}
    groups: dict[str, set[str]] = {}
    abroad: dict[str, dict[str, str]] = {}
    for article in accepted:
        for language, reference in article.translations.items():
            path = local(reference, article.path)
            if path is None:
                abroad.setdefault(article.path, {})[language] = reference
            elif fault := _mismatch(article, language, reference, by_path.get(path)):
                report(fault)
            else:
                _join(groups, article.path, path)
    for one, other in _grouped(accepted):
        _join(groups, one, other)
    paths = {*groups, *abroad}
    return {path: _versions(path, groups.get(path, {path}), abroad, by_path) for path in paths}


def _grouped(accepted: Sequence[Accepted]) -> Iterator[tuple[str, str]]:
    """The files that a site's own layout makes versions of one article."""
    first: dict[str, str] = {}
    for article in accepted:
        if article.group:
            other = first.setdefault(article.group, article.path)
            if other != article.path:
                yield other, article.path


def _mismatch(article: Accepted, language: str, reference: str, other: Accepted | None) -> Fault | None:
    field = f"translations.{language}"
    if other is None:
        return article.fault(field, f"there is no article “{reference}” beside this one")
    if other.language != language:
        return article.fault(field, f"“{reference}” is in the language {other.language}; correct one of them")
    return None


def _join(groups: dict[str, set[str]], one: str, other: str) -> None:
    together = groups.get(one, {one}) | groups.get(other, {other})
    for path in together:
        groups[path] = together


def _versions(
    path: str, group: set[str], abroad: Mapping[str, Mapping[str, str]], by_path: Mapping[str, Accepted]
) -> tuple[Translation, ...]:
    versions = {
        by_path[other].language: by_path[other].url
        for other in sorted(group, reverse=True)
        if by_path[other].language != by_path[path].language
    }
    for other in sorted(group):
        versions = {**abroad.get(other, {}), **versions}
    versions.pop(by_path[path].language, None)
    return tuple(Translation(language=language, url=url) for language, url in sorted(versions.items()))
