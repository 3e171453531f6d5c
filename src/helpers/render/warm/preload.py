"""What the forkserver imports by name: importing this there loads every library (`libraries`)."""

import atexit
import os
import signal
import sys
import warnings

from helpers.render.family import adopt_orphans, end_descendants
from helpers.render.warm.libraries import load, load_all

# Elsewhere, where tools import every module there is, nothing is loaded. The forkserver is a
# Python whose whole program calls `multiprocessing.forkserver.main`.
program = getattr(sys.modules["__main__"], "main", None)
if getattr(program, "__module__", "") == "multiprocessing.forkserver":
    # It was started deaf to interrupts, and its forks hear them when they are kernels.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    adopt_orphans()
    warnings.filterwarnings("ignore", "forkserver: waitpid returned unexpected pid")  # an orphan's
    server = os.getpid()
    # Forks take this over, and are not meant.
    atexit.register(lambda: end_descendants(server) if os.getpid() == server else None)
    load_all()
    load(["helpers.render.warm.kernel"])
