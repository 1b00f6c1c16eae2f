"""Scenarios, the world they are played in, those who act in it, and who judges. Returns data, renders nothing."""
