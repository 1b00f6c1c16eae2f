"""The engine: a machine without I/O, and one executor."""
