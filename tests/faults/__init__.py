"""Faults: what breaks around a server, and what must still be true afterwards. Whole processes, and a ledger each."""
