"""What files are served as: by the endings that we gave them, and never as something that a browser would run."""

_TYPES = {
    "avif": "image/avif",
    "css": "text/css; charset=utf-8",
    "flac": "audio/flac",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "m4a": "audio/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff2": "font/woff2",
}
HIDDEN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""What keeps a file of somebody's from being more than a file."""


def content_type(name: str) -> str:
    """Return the media type of a file name by its ending; never one that a browser would run as a page."""
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
