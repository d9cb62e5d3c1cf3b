"""The preview: a page on this machine that shows every newsletter and feed, anew with each change."""

from feeds.web.preview.serving import preview, serving

__all__ = ["preview", "serving"]
