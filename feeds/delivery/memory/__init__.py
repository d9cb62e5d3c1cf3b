"""The ledger's twin in memory: the same contract and the same decisions, for tests and for trying out.

It forgets everything when the process ends. What it does at each call is what the SQL does, said in
Python as plainly as can be, so that the two can be held against each other.
"""

from feeds.delivery.memory.ledger import MemoryLedger

__all__ = ["MemoryLedger"]
