"""Studies from elsewhere, reports to elsewhere, chapters on other machines; all optional."""
