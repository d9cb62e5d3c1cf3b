"""Where a ledger may stand: a file on a disk of this machine that only we can read, or PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path

from feeds.errors import DeliveryError, Fault, Place

# SQLite's WAL needs memory that all its users share, and locks that hold: neither crosses a network.
_NETWORKED = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "smb", "afs", "ceph", "glusterfs", "lustre", "ncpfs", "davfs",
    "beegfs", "gpfs", "ocfs2", "pvfs2", "fuse.sshfs", "fuse.glusterfs", "fuse.cephfs", "fuse.davfs2",
    "fuse.rclone", "fuse.s3fs", "fuse.gcsfuse", "fuse.mergerfs",
}  # fmt: skip
MOUNTS = Path("/proc/mounts")


def prepare(file: Path) -> None:
    """Make sure that a ledger can stand in a file: create it, readable by its owner alone.

    Raises `DeliveryError` on a network file system, and where the folder cannot be written.
    """
    folder = file.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if kind := network(folder):
            raise refused(file, f"lies on a network file system ({kind}); keep it on a disk of this machine")
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        if not os.access(folder, os.W_OK):
            raise refused(file, "lies in a folder that cannot be written, and SQLite needs to write there")
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
    except OSError as refusal:
        raise refused(file, f"cannot be opened: {refusal.strerror}") from None


def network(folder: Path, mounts: Path = MOUNTS) -> str:
    """The kind of network file system that a folder lies on; empty if on none that is known."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:  # no Linux: nobody to ask
        return ""
    found = {_unescaped(parts[1]): parts[2] for parts in map(str.split, lines) if len(parts) > 2}
    here = folder.resolve()
    kind = next((found[str(p)] for p in (here, *here.parents) if str(p) in found), "")
    return kind if kind in _NETWORKED else ""


def refused(file: Path, problem: str) -> DeliveryError:
    """The ledger in this file cannot be used."""
    return DeliveryError(Fault(Place(str(file)), problem))


def _unescaped(path: str) -> str:
    return path.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
