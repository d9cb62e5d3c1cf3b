"""From digest to mailbox."""
