"""Feed readers that are not ours: what they see is what the tests compare."""

from .atoma_ import ATOMA
from .contract import FIELDS, Enclosed, Format, Reader, ReaderError, Seen
from .fastfeedparser_ import FASTFEEDPARSER
from .feed_extractor_ import FEED_EXTRACTOR
from .feedparser_ import FEEDPARSER
from .feedsmith_ import FEEDSMITH
from .newsboat_ import NEWSBOAT
from .podcastparser_ import PODCASTPARSER
from .reader_ import READER
from .rss2email_ import RSS2EMAIL
from .rss_parser_ import RSS_PARSER
from .sfeed_ import SFEED

__all__ = ["FIELDS", "READERS", "Enclosed", "Format", "Reader", "ReaderError", "Seen"]

READERS: tuple[Reader, ...] = (
    FEEDPARSER,
    READER,
    FASTFEEDPARSER,
    FEEDSMITH,
    NEWSBOAT,
    PODCASTPARSER,
    ATOMA,
    SFEED,
    RSS_PARSER,
    FEED_EXTRACTOR,
    RSS2EMAIL,
)
