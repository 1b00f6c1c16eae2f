"""One file per screen, with its stylesheet of the same name beside it."""
