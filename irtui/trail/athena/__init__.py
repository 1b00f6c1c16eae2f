"""CloudTrail past one machine: the SQL that Athena is asked, what it costs, and its rows as events."""
