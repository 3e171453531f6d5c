"""``python -m helpers``: the same door as run_all.sh, once the environment is there."""

import os


def run() -> int:
    """Load the command line, and run what it says."""
    from helpers.cli import main

    return main()


if __name__ == "__main__":
    try:
        from helpers.render.ending import run_to_the_end

        run_to_the_end(run)
    except KeyboardInterrupt:  # while this was still being loaded
        os._exit(130)
