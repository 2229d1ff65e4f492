"""The pages that browser tests walk: for anybody, for members, for those who run the server."""

ANYBODY = (
    "/", "/explore", "/explore?kind=pictures", "/explore/videos", "/explore/topics", "/about", "/tags/tea",
    "/@teahouse", "/@teahouse/media", "NOTE", "NOTE/translation", "/auth/sign_in", "/auth/sign_up", "/auth/password",
    "/settings/interface", "/nowhere",
)  # fmt: skip
MEMBER = (
    "/home", "/public/local", "/public", "/notifications", "/conversations", "/bookmarks", "/favourites", "/lists",
    "/search?q=tea", "/publish", "/drafts", "/scheduled", "/boards", "/@house", "NOTE", "/follow_requests",
    "/settings", "/settings/profile", "/settings/interface", "/settings/translation", "/settings/writing",
    "/settings/privacy", "/settings/notifications", "/settings/filters", "/settings/follows", "/settings/blocks",
    "/settings/security", "/settings/sessions", "/settings/invites", "/settings/export", "/settings/import",
    "/settings/migration", "/settings/delete",
)  # fmt: skip
OWNER = (
    "/admin", "/admin/welcome", "/admin/settings", "/admin/invites", "/admin/emojis", "/admin/announcements",
    "/admin/relays", "/admin/rules", "/admin/texts", "/admin/translation", "/admin/accounts", "/admin/queues",
    "/admin/hosts", "/admin/deliveries", "/admin/doctor", "/admin/media", "/admin/engines",
)  # fmt: skip
