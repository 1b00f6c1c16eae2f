"""What CloudTrail and IAM together say of a stolen key: what it led to, and whether each of that is closed. Pure."""
