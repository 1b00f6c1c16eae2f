"""The nouns of irtui: frozen values without I/O, one file each."""
