"""Tables that any server needs: jobs, and secrets made at the first start."""

from tortoise import fields
from tortoise.models import Model

from fedinote.infra.orm import JsonField, TimeField


class Job(Model):
    """Work that must happen: written in the transaction of its cause, run at least once, deleted when done.

    `key` is unique while the job waits: a second one is not queued. Of those with one `order_key` that are due, the
    oldest runs first and alone. `lease_until` is set while a worker has it.
    `starts` is raised before each run and `failures` after one that raised: where they part, the process died.
    `dead_at` is set when it gave up.
    """

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(64)
    args = JsonField()
    key = fields.CharField(255, null=True, unique=True)
    order_key = fields.CharField(64, null=True)
    priority = fields.SmallIntField(default=5)
    run_at = TimeField()
    lease_until = TimeField(null=True)
    starts = fields.IntField(default=0)
    failures = fields.IntField(default=0)
    error = fields.TextField(null=True)
    dead_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "jobs"
        indexes = (("dead_at", "priority", "run_at", "id"), ("order_key", "id"))


class Secret(Model):
    """A secret of the instance (cookie signing, VAPID), made at the first start and never shown."""

    name = fields.CharField(64, primary_key=True)
    value = fields.TextField()

    class Meta:
        table = "secrets"


class Choice(Model):
    """A setting that was chosen while the server runs: `key` is `section.key`, `value` None once it was taken back.

    `version` grows with each change, so that a process sees what is new. `chosen_by` is the account of who did it, None
    for the command line; the account may be gone since.
    """

    key = fields.CharField(64, primary_key=True)
    value = JsonField(null=True)
    version = fields.BigIntField()
    chosen_by = fields.BigIntField(null=True)
    chosen_at = TimeField()

    class Meta:
        table = "choices"
