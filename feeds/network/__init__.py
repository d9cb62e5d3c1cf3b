"""Bytes over the network: fetched under limits, posted, pinged; never in a build."""
