"""What a browser sees of a publication beside its feeds."""
