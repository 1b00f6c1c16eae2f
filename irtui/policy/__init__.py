"""IAM policy evaluation, pure: who may do what, and which statement decided. No I/O, standard library only."""
