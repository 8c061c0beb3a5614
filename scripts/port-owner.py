#!/usr/bin/env python3
"""Prints "<command> (pid N)" of the process that listens on a TCP port; nothing when /proc does not tell."""
import pathlib
import sys

LISTEN = "0A"


def listening_inodes(port: int) -> set[str]:
    """The socket inodes in state LISTEN on this port, from the kernel's tables."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        path = pathlib.Path(table)
        if not path.exists():
            continue
        for row in path.read_text().splitlines()[1:]:
            columns = row.split()
            if columns[3] == LISTEN and int(columns[1].rsplit(":", 1)[1], 16) == port:
                found.add(columns[9])
    return found


def owner_of(inodes: set[str]) -> str | None:
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for link in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) in wanted:
                process = link.parents[1]
                return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
        except OSError:  # another user's process, or one that has just ended
            continue
    return None


def main() -> int:
    inodes = listening_inodes(int(sys.argv[1]))
    owner = owner_of(inodes) if inodes else None
    if owner:
        print(owner)
    return 0 if owner else 1


sys.exit(main())
