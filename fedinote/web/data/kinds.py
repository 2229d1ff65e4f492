"""What the lists are called that people take along, and why something of an archive was left out, in their words."""

from fedinote.web.words import Words


def names(words: Words) -> dict[str, str]:
    """Return the kinds of lists in the order of the page, each with its name."""
    _ = words.gettext
    return {
        "follows": _("People you follow"),
        "lists": _("Lists"),
        "bookmarks": _("Bookmarks"),
        "mutes": _("Muted people"),
        "blocks": _("Blocked people"),
        "domain_blocks": _("Blocked servers"),
    }


def reasons(words: Words) -> dict[str, str]:
    """Return why parts of an archive are left out, by the names that `archive_imports.skipped` gives."""
    _ = words.gettext
    return {
        "boosts": _("Boosts of other people's posts"),
        "others": _("What is no post (likes, votes and the like)"),
        "here": _("Posts that are here already"),
        "private": _("Private posts, as you chose"),
        "files": _("Files that are not in the archive, or of a kind that is not accepted here"),
        "large": _("Posts that are far too large"),
        "many": _("Posts beyond the most that are taken over at once"),
    }
