"""``python -m helpers``: the same door as run_all.sh, once the environment is there."""

import sys

from helpers.cli import main

if __name__ == "__main__":
    sys.exit(main())
