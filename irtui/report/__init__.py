"""What a journal becomes for people and other tools: folds over the same records, nothing else."""
