"""Long storms, run by `make storm`; their files have no test_ in front, so `make test` passes them by."""
