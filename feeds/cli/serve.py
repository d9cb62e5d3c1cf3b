"""The verb that serves the pages for subscribers."""

from __future__ import annotations

import argparse
from contextlib import ExitStack

from feeds.cli.options import Verbs, address, command, port
from feeds.terminal import say


def add(verbs: Verbs) -> None:
    """Make the verb known."""
    serving = command(verbs, serve)
    serving.add_argument("--port", type=port, default=8025, help="the port (default: 8025)")
    serving.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
    serving.add_argument(
        "--base",
        type=address,
        metavar="URL",
        help="where it is looked at, to try it out: http://127.0.0.1:8025/",
    )
    serving.add_argument("--operator", type=port, metavar="PORT", help="serve the operator's page there too")
    serving.add_argument(
        "--form", action="store_true", help="print a form for your other pages, for each newsletter, and stop"
    )


def _operator(options: argparse.Namespace, stack: ExitStack) -> str:
    from feeds.job.sending import mailrooms
    from feeds.web import operator

    shown = operator.board(stack.enter_context(mailrooms(options.folder)))
    token = operator.token_of(shown.ledger)
    return stack.enter_context(operator.serving(shown, token, options.operator))


def serve(options: argparse.Namespace) -> int:
    """Serve the pages to subscribe, confirm, choose and unsubscribe, with what was built beside."""
    from feeds.web.public import embedded
    from feeds.web.public import serve as listen
    from feeds.web.public.project import offered, project

    if options.form:
        for offer in offered(options.folder, options.base).offers.values():
            print(embedded(offer))
        return 0

    def ready(here: str) -> None:
        print(here, flush=True)
        say(f"The pages of {served.site.publication.url} are served here; Ctrl-C ends it.")

    with ExitStack() as stack, project(options.folder, options.base) as served:
        if options.operator is not None:
            say(f"The operator's page: {_operator(options, stack)}")
        listen(served, options.host, options.port, ready)
    return 0
