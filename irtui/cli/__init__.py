"""The command line and the plain face. Nothing heavy is imported before a command needs it."""
