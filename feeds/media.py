"""Files beside articles: their media type by name, a picture's size by its first bytes."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

# A table of our own: what the system knows differs from machine to machine, and so would our bytes.
_TYPES = {
    ".avif": "image/avif",
    ".css": "text/css",
    ".csv": "text/csv",
    ".epub": "application/epub+zip",
    ".flac": "audio/flac",
    ".gif": "image/gif",
    ".html": "text/html",
    ".ics": "text/calendar",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".srt": "application/x-subrip",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".xml": "application/xml",
    ".zip": "application/zip",
}


def media_type(name: str) -> str | None:
    """The media type that a file's name means, or None where it means none that we know."""
    return _TYPES.get(PurePosixPath(name).suffix.lower())


def pixels(file: Path) -> tuple[int, int] | None:
    """Width and height of a picture in pixels, or None where its bytes do not tell."""
    import imagesize  # which brings XML and more with it

    try:
        width, height = imagesize.get(str(file))
    except (OSError, ValueError, TypeError, IndexError, KeyError, ArithmeticError):
        return None  # imagesize lets through whatever a broken header does to its arithmetic
    return (int(width), int(height)) if width > 0 and height > 0 else None
