"""What the forkserver imports by name: importing this there loads every library (`libraries`)."""

import sys

from helpers.render.warm.libraries import load, load_all

# Elsewhere, where tools import every module there is, nothing is loaded. The forkserver is a
# Python whose whole program calls `multiprocessing.forkserver.main`.
program = getattr(sys.modules["__main__"], "main", None)
if getattr(program, "__module__", "") == "multiprocessing.forkserver":
    load_all()
    load(["helpers.render.warm.kernel"])
