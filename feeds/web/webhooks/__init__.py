"""Webhooks: what providers tell of bounces and complaints, verified and put into the ledger's inbox.

`feeds.web.webhooks.application.webhooks` is the application; nothing is acted on here, but by the job.
"""

from feeds.web.webhooks.secrets import Secrets, from_environment

__all__ = ["Secrets", "from_environment"]
