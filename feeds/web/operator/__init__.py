"""The operator's page: how every issue stands, who subscribes, what came back, and what is in doubt."""

from feeds.web.operator.board import Board, board
from feeds.web.operator.serving import serve, serving, token_of

__all__ = ["Board", "board", "serve", "serving", "token_of"]
