"""Events of CloudTrail by what is known of them: from a folder, a bucket and Event history, each counted once."""
