"""What is simulated and spoilt, one module per instrument; each has COVERAGE and MALFORMED."""
