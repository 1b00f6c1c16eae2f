"""What CloudTrail says: of a stolen key and what it led to (pure, with IAM), of whole or damaged logs, of a search."""
