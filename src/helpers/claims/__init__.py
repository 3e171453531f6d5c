"""Published claims: verbs that compute them from a study's tables, and the verdicts on them."""
