"""The simulated AWS: a strict referee in front of moto, on loopback, in the world's own process."""
