"""PostgreSQL refuses to run as root: whose account it gets then, and the way to its files."""

from __future__ import annotations

import errno
import os
import pwd
import stat
from pathlib import Path

ACCOUNT = "nobody"


def server_account() -> pwd.struct_passwd | None:
    """The account that runs PostgreSQL when we are root; None when we are an ordinary user ourselves."""
    return pwd.getpwnam(ACCOUNT) if os.geteuid() == 0 else None


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make the folder, for the account alone. Raises PermissionError when it is somebody else's already."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found, wanted = path.lstat().st_uid, account.pw_uid if account else os.geteuid()
    if found not in {wanted, os.geteuid()}:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    if account is not None and found != wanted:
        os.chown(path, account.pw_uid, account.pw_gid)


def let_through(path: Path) -> None:
    """Let other accounts pass (not list) the folders above the path: PostgreSQL's must, when we are root."""
    for parent in path.absolute().parents:
        _allow(parent, stat.S_IXOTH)


def let_read(tree: Path) -> None:
    """Let other accounts read and run what is installed under a folder; a strict umask may have closed it."""
    let_through(tree)
    if tree.stat().st_mode & stat.S_IXOTH:
        return
    for path in tree.rglob("*"):
        runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        _allow(path, stat.S_IROTH | (stat.S_IXOTH if runs else 0))
    _allow(tree, stat.S_IROTH | stat.S_IXOTH)


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)
