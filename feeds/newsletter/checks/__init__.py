"""The looks that `feeds.newsletter.check` takes at a mail, one room for each kind."""
