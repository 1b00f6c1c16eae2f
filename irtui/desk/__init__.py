"""Opens, resumes and rehearses incidents. The only place that chooses live or rehearsal."""
