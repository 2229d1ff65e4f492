"""The command line: what an operator does at a terminal. Whoever can read the settings may do everything here."""
