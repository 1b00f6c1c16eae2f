"""Where signing keys and issued secrets live: the OS keyring, or a passphrase file by explicit choice."""
