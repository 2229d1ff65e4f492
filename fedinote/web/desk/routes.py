"""The tables of the desk: pages of the staff, each through the guard, and pages of members."""

from fedinote.web.desk import (
    acting,
    appeals,
    decisions,
    filed,
    held,
    log,
    picture_adding,
    pictures,
    policies,
    queue,
    report,
    rule,
    rules,
    strangers,
)

RULES = (*policies.ROUTES, *rules.ROUTES, *rule.ROUTES, *strangers.ROUTES)
PICTURES = (*picture_adding.ROUTES, *pictures.ROUTES)
STAFF = (*queue.ROUTES, *report.ROUTES, *acting.ROUTES, *appeals.ROUTES, *log.ROUTES, *held.ROUTES, *RULES, *PICTURES)
MEMBERS = (*decisions.ROUTES, *filed.ROUTES)
