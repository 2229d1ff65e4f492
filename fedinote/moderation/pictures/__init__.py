"""Pictures that the moderators know by their hashes: the sets that rules are about, and posts judged by them later."""
