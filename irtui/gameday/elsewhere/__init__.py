"""A rehearsal on another AWS emulator on this machine: seeded, played and, as far as it goes, judged there."""
