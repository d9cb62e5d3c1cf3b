"""Newsletters: an issue in, its digest out. `compose` is the way in."""

from feeds.newsletter.check import check
from feeds.newsletter.digest import Digest, compose

__all__ = ["Digest", "check", "compose"]
