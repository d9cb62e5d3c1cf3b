"""What a web server has to be told to serve the feeds well: ready-made pieces of its configuration.

They say the media types, how long a copy may be kept, that other sites' scripts may read feeds,
that compressed copies beside the files are sent, and that our own folder is nobody's business. All
four servers send ETag and Last-Modified, and answer 304, without being told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

from feeds.config import Settings
from feeds.errors import Fault, Place, PluginError
from feeds.formats.opml import FOLDER
from feeds.hosting.headers import FEED_SECONDS, PAGE_SECONDS
from feeds.hosting.site import Site, Spot, any_of, escaped, site_of
from feeds.publishing import OURS, Document

# What compresses, best first: the name of its coding in HTTP, and the end of its files' names.
_COPIES = {"brotli": ("br", "br"), "gzip": ("gzip", "gz")}

_READABLE = """\
# A browser shows a feed with its stylesheet only if it comes as application/xml, which feed readers
# take as well: put that in the place of application/atom+xml and application/rss+xml if you like.
"""


def snippet(server: str, settings: Settings, compress: Sequence[str] = ()) -> Document:
    """The piece for one of `SERVERS`; `compress` names the copies that lie beside the files.

    Raises `PluginError` for a server that we do not know.
    """
    if server not in SERVERS:
        raise PluginError(Fault(Place(field=server), f"is not known; there are {', '.join(SERVERS)}"))
    name, write = SERVERS[server]
    return Document(name, write(site_of(settings, compress)).encode(), "text/plain")


def snippets(settings: Settings, compress: Sequence[str] = ()) -> tuple[Document, ...]:
    """The pieces for all of them."""
    return tuple(snippet(server, settings, compress) for server in SERVERS)


def _nginx(site: Site) -> str:
    blocks = [_nginx_location(media_type, paths, site) for media_type, paths in site.types.items()]
    return f"""\
# Feeds, for nginx: save this as feeds.conf beside your configuration, and within server {{ … }}, whose
# root is the folder {site.output}, write:  include feeds.conf;
{_READABLE}
{"".join(blocks)}location ^~ {site.prefix}{FOLDER}/ {{
    add_header Cache-Control "public, max-age={PAGE_SECONDS}";
{_nginx_compression(site, "text/css")}}}
location ^~ {site.prefix}{OURS}/ {{
    return 404;
}}
"""


def _nginx_location(media_type: str, paths: Iterable[Spot], site: Site) -> str:
    bare, _, charset = media_type.partition("; charset=")
    told = f"    charset {charset};\n    charset_types {bare};\n" if charset else ""
    return f"""\
location ~ "^{any_of(paths)}$" {{
    types {{ }}
    default_type {bare};
{told}    add_header Cache-Control "public, max-age={FEED_SECONDS}";
    add_header Access-Control-Allow-Origin "*";
{_nginx_compression(site, bare)}}}
"""


def _nginx_compression(site: Site, media_type: str) -> str:
    lines = ["gzip on;", f"gzip_types {media_type};", "gzip_min_length 1024;", "gzip_vary on;"]
    if "gzip" in site.compress:
        lines.append("gzip_static on;")
    if "brotli" in site.compress:
        lines.append("brotli_static on;  # of the module ngx_brotli; without it, delete this line")
    return "".join(f"    {line}\n" for line in lines)


def _caddy(site: Site) -> str:
    copies = " ".join(coding for name, (coding, _) in _COPIES.items() if name in site.compress)
    serve = f"file_server {{\n    precompressed {copies}\n}}\n" if copies else "file_server\n"
    every = [path for paths in site.types.values() for path in paths]
    return f"""\
# Feeds, for Caddy: save this as feeds.caddy beside your Caddyfile, and in your site's block, whose
# root is the folder {site.output}, write:  import feeds.caddy
{_READABLE}
{"".join(_caddy_types(site))}
@feeds path_regexp `^{any_of(every)}$`
header @feeds Cache-Control "public, max-age={FEED_SECONDS}"
header @feeds Access-Control-Allow-Origin *
header {site.prefix}{FOLDER}/* Cache-Control "public, max-age={PAGE_SECONDS}"

respond {site.prefix}{OURS}/* 404
encode gzip
{serve}"""


def _caddy_types(site: Site) -> Iterator[str]:
    for number, (media_type, paths) in enumerate(site.types.items(), 1):
        yield f"@feeds{number} path_regexp `^{any_of(paths)}$`\n"
        yield f'header @feeds{number} Content-Type "{media_type}"\n'


def _apache(site: Site) -> str:
    types = "".join(_apache_type(media_type, paths) for media_type, paths in site.types.items())
    copies = "".join(_apache_copy(*_COPIES[name]) for name in _COPIES if name in site.compress)
    return f"""\
# Feeds, for Apache: save this as .htaccess in the folder {site.output}. It needs mod_setenvif, mod_headers,
# mod_alias, for compressed copies mod_rewrite, and AllowOverride FileInfo.
{_READABLE}
{types}Header set Content-Type "%{{FEED_TYPE}}e" env=FEED_TYPE
Header set Cache-Control "public, max-age={FEED_SECONDS}" env=FEED_TYPE
Header set Access-Control-Allow-Origin "*" env=FEED_TYPE
SetEnvIf Request_URI "^{escaped(site.prefix)}{FOLDER}/" BESIDE_FEEDS
Header set Cache-Control "public, max-age={PAGE_SECONDS}" env=BESIDE_FEEDS
RedirectMatch 404 "^{escaped(site.prefix + OURS)}(?:/|$)"
{_APACHE_COPIES if copies else ""}{copies}"""


_APACHE_COPIES = """
RewriteEngine On
Header append Vary Accept-Encoding env=FEED_TYPE
# On the way to the copy Apache puts REDIRECT_ before the name.
Header set Content-Encoding "%{REDIRECT_FEED_CODING}e" env=REDIRECT_FEED_CODING
"""


def _apache_type(media_type: str, paths: Iterable[Spot]) -> str:
    return f'SetEnvIf Request_URI "^{any_of(paths)}(?:\\.br|\\.gz)?$" "FEED_TYPE={media_type}"\n'


def _apache_copy(coding: str, end: str) -> str:
    return f"""\
RewriteCond %{{ENV:FEED_TYPE}} .
RewriteCond %{{HTTP:Accept-Encoding}} \\b{coding}\\b
RewriteCond %{{REQUEST_FILENAME}}.{end} -f
RewriteRule ^(.+)$ $1.{end} [L,E=FEED_CODING:{coding},E=no-gzip:1,E=no-brotli:1]
"""


def _headers(site: Site) -> str:
    rules = [_rule(path, media_type) for media_type, paths in site.types.items() for path in paths]
    # One pattern cannot tell formats by the end of a name, so pages of archives keep their usual types.
    every = [path for paths in site.types.values() for path in paths]
    pages = dict.fromkeys(f"{_placed(path)}archive/*\n{_KEPT}" for path in every if path.archive)
    return f"""\
# Feeds, for Netlify and Cloudflare Pages: save this as _headers in the folder {site.output}. Both compress by
# themselves. Leave the folder {OURS} out of what you upload.
{_READABLE}
{"".join(rules)}{"".join(pages)}{site.prefix}{FOLDER}/*
  Cache-Control: public, max-age={PAGE_SECONDS}
"""


_KEPT = f"""\
  Cache-Control: public, max-age={FEED_SECONDS}
  Access-Control-Allow-Origin: *
"""


def _rule(path: Spot, media_type: str) -> str:
    return f"{_placed(path)}{quote(path.name)}\n  Content-Type: {media_type}\n{_KEPT}"


def _placed(path: Spot) -> str:
    """A folder, with a word that stands for whatever folders are in it."""
    return quote(path.folder) + "".join(f":folder{number}/" for number in range(1, path.folders + 1))


SERVERS: Mapping[str, tuple[str, Callable[[Site], str]]] = {
    "nginx": ("feeds.conf", _nginx),
    "caddy": ("feeds.caddy", _caddy),
    "apache": (".htaccess", _apache),
    "headers": ("_headers", _headers),
}
"""The servers we know: the name of the file to save the piece as, and who writes it."""
