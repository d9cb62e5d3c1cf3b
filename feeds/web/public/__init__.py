"""The pages subscribers meet: subscribe, confirm, choose, unsubscribe, and what was built beside them."""

from feeds.web.public.pages import embedded
from feeds.web.public.serving import Served, serve, serving
from feeds.web.public.site import Site, site

__all__ = ["Served", "Site", "embedded", "serve", "serving", "site"]
