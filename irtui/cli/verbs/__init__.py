"""One file per group of verbs; `cli.main` loads the one that was asked for."""
