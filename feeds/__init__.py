"""One validated collection of articles, delivered everywhere: as feeds and as an email digest."""
