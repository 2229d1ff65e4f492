"""The desk of the moderators, and what members are told: reports, appeals, held posts, audit log, decisions."""
