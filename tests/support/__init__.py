"""What tests stand on: real databases, servers and clients, started and stopped by the tests themselves."""
