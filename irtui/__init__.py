"""irtui: guarded incident response for AWS accounts, in a terminal."""

__version__ = "0.1.0"
