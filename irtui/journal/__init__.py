"""The audit trail of an incident: write-ahead, chained, signed, and the engine's only state."""
