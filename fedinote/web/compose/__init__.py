"""Writing in the browser: posts, drafts, plans; and the page as an app that can be installed."""
