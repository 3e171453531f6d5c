"""How far a run has come, on the error stream: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from tqdm import tqdm


@contextmanager
def show_progress(total: int) -> Iterator[Callable[[str], None]]:
    """Show progress for as long as the block runs.

    Parameters
    ----------
    total : int
        Number of steps.

    Yields
    ------
    callable
        To be called with the name of each step that has ended, from any thread.
    """
    if sys.stderr.isatty():
        with tqdm(total=total, file=sys.stderr, unit="chapter", mininterval=0, leave=False) as bar:

            def advance(name: str) -> None:
                bar.set_postfix_str(name, refresh=False)
                bar.update()

            yield advance
    else:
        steps, start = count(1), time.monotonic()

        def tell(name: str) -> None:
            seconds = time.monotonic() - start
            line = f"[{next(steps)}/{total}] {name} ({seconds:.1f} s since the start)"
            print(line, file=sys.stderr, flush=True)

        yield tell
