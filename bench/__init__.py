"""Ratios that must hold, each measured in one run against something a reader knows. `make bench`."""
