"""The serializers of the client API: rows become JSON-ready dicts, a page at a time. Import from the modules."""
