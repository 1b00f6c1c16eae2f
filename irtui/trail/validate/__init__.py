"""Whether CloudTrail's digests and log files are those that CloudTrail wrote, and whether any is gone.

Read from the bucket (`bucket.py`), or from a folder (`folder.py`, which says how one is laid out). `trail.py` is the
way in; `lane.py` walks the digests of one account in one Region from the newest to the oldest; `logs.py` hashes the
files that they name.
"""
