"""Reports as folders: what they hold, where they may stand, how one replaces another."""
