"""The tables of the desk: pages of the staff, each through the guard, and pages of members."""

from fedinote.web.desk import acting, appeals, decisions, filed, held, log, queue, report

STAFF = (*queue.ROUTES, *report.ROUTES, *acting.ROUTES, *appeals.ROUTES, *log.ROUTES, *held.ROUTES)
MEMBERS = (*decisions.ROUTES, *filed.ROUTES)
