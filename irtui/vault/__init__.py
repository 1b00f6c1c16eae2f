"""Where signing keys live: the OS keyring, or a passphrase file by explicit choice. Seeds, never signers."""
