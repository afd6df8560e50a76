"""Takes away what Windows' Python lacks, then runs the command line: `python -m tests.like_windows check …`.

After the lists of availability in Python's documentation of `os`, `signal`, `fcntl` and `resource`.
"""

import builtins
import os
import signal
from typing import Any

NAMES = (
    "O_NONBLOCK", "O_CLOEXEC", "O_NOFOLLOW", "O_DIRECTORY", "O_NOCTTY", "O_SYNC", "O_DSYNC",
    "geteuid", "getuid", "getegid", "getgid", "fchmod", "fchown", "chown", "lchown", "pread", "pwrite",
    "mkfifo", "mknod", "fork", "setsid", "uname", "statvfs", "fstatvfs", "getloadavg", "sync", "openpty",
)  # fmt: skip
MODULES = frozenset({"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog"})


def pretend() -> None:
    """From now on sfharden sees no more than Windows would show it."""
    for name in NAMES:
        if hasattr(os, name):
            delattr(os, name)
    for name in ("SIGHUP", "SIGKILL", "SIGALRM", "SIGUSR1"):
        if hasattr(signal, name):
            delattr(signal, name)
    real = builtins.__import__

    def without(name: str, scope: Any = None, *rest: Any, **named: Any) -> Any:
        if name in MODULES and str((scope or {}).get("__name__", "")).startswith(("sfharden", "getpass")):
            raise ModuleNotFoundError(name)
        return real(name, scope, *rest, **named)

    vars(builtins)["__import__"] = without


if __name__ == "__main__":
    pretend()
    from sfharden.cli import run

    run()
