"""FediNote: a federated social server that speaks every reader's language."""

__version__ = "0.1.0"
