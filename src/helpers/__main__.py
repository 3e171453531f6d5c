"""``python -m helpers``: the same door as run_all.sh, once the environment is there."""

import os
import sys

if __name__ == "__main__":
    try:
        from helpers.cli import main

        code = main()
    except KeyboardInterrupt:  # while this was still being loaded, or when all was done
        os._exit(130)
    sys.exit(code)
