"""The weekly job: when it is due, what it opens, how it sends."""
