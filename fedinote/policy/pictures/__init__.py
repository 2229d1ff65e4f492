"""Pictures that moderators know: sets of hashes, held in memory so that a picture is found among many at once."""
