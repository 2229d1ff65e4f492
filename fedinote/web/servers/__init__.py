"""The desk's pages about other servers: which are blocked or allowed, files with servers, and shared lists."""
