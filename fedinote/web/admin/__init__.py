"""Running the server in the browser: what moderators, admins and the owner may do, page by page."""
