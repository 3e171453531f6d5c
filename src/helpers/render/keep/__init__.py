"""What is kept from one run to the next, and how a study is known without reading it."""
