"""Reports, statements of reasons and appeals: what moderators work on, and what they decide it with."""
