"""From a plate reader's export, as its program wrote it, to plates."""
