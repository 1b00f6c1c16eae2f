"""What CloudTrail can show of a stretch of time, and what nobody can: Region × source × time."""
