"""The walls around the process that opens strangers' files: resources, network, files. Linux; each as far as it goes.

Limits of memory, size of files and open files always hold. A network of its own (empty) and Landlock, which hides all
files but the work folder and the program's own, are used where the kernel and a container's rules allow it.
"""

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys
from pathlib import Path

MEMORY = 1280 * 1024 * 1024
FILE_SIZE = 256 * 1024 * 1024
OPEN_FILES = 64
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_ALL_ACCESS = (1 << 13) - 1  # of the first version of Landlock
_READ = 1 << 0 | 1 << 2 | 1 << 3  # execute, read files, list folders
_FILE_ONLY = 1 << 0 | 1 << 1 | 1 << 2
_PROGRAM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom", "/proc/self")


def confine(work: Path, program: Path) -> None:
    """Shut this process in for good: it writes below `work` only, and dies with its parent."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_FSIZE, FILE_SIZE)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWNET)
    _hide_files(libc, work, program)


def allow_seconds(seconds: int) -> None:
    """Let the process use so many seconds of processor time from now on; then the kernel ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if most < 0 else min(wanted, most), most))


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    value = value if hard < 0 else min(value, hard)
    resource.setrlimit(what, (value, value))


def _hide_files(libc: ctypes.CDLL, work: Path, program: Path) -> None:
    """Restrict this process by Landlock (landlock(7)); nothing happens on a kernel without it."""
    attribute = struct.pack("=Q", _ALL_ACCESS)
    ruleset = libc.syscall(_LANDLOCK_CREATE, attribute, ctypes.c_size_t(len(attribute)), 0)
    if ruleset < 0:
        return
    try:
        _allow(libc, ruleset, str(work), _ALL_ACCESS)
        # Beside the package there may be a checkout's database and settings.
        libraries = {place for place in sys.path if place and Path(place).resolve() != program.resolve()}
        for place in {*_PROGRAM, str(program / "fedinote"), sys.prefix, sys.base_prefix, *libraries}:
            _allow(libc, ruleset, place, _READ)
        libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, place: str, access: int) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
        try:
            if not Path(place).is_dir():
                access &= _FILE_ONLY
            rule = struct.pack("=Qi", access, descriptor)
            libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0)
        finally:
            os.close(descriptor)
