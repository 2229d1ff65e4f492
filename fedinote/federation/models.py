"""What came in, what goes out, and how other servers are doing."""

from tortoise import fields
from tortoise.models import Model

from fedinote.infra.orm import TimeField


class ReceivedActivity(Model):
    """An activity that was verified at the door, once by (signer's host, id); the body goes when it is done."""

    id = fields.BigIntField(primary_key=True, generated=False)
    signer_host = fields.CharField(255)
    activity_id = fields.CharField(2048)
    signer = fields.CharField(2048)
    body = fields.TextField(null=True)
    received_at = TimeField()

    class Meta:
        table = "received_activities"
        unique_together = (("signer_host", "activity_id"),)
        indexes = (("received_at",),)


class OutgoingActivity(Model):
    """An activity of ours, stored once, whatever number of inboxes it goes to."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account_id = fields.BigIntField()
    body = fields.TextField()
    created_at = TimeField()

    class Meta:
        table = "outgoing_activities"


class Delivery(Model):
    """One activity to one inbox. `order_key` keeps what concerns one object in order for that inbox.

    Rows are deleted when delivered. `dead_at` is set when it was given up.
    """

    id = fields.BigIntField(primary_key=True)
    outgoing: fields.ForeignKeyRelation[OutgoingActivity] = fields.ForeignKeyField(
        "fedinote.OutgoingActivity", related_name="deliveries"
    )
    outgoing_id: int
    inbox = fields.CharField(2048)
    host = fields.CharField(255)
    order_key = fields.CharField(2048, default="")
    attempts = fields.IntField(default=0)
    next_at = TimeField()
    lease_until = TimeField(null=True)
    error = fields.TextField(null=True)
    dead_at = TimeField(null=True)
    created_at = TimeField()

    class Meta:
        table = "deliveries"
        unique_together = (("outgoing", "inbox"),)
        indexes = (("host", "next_at"), ("dead_at", "next_at"), ("inbox", "order_key"))


class Host(Model):
    """Another server as we know it. `failures` counts in a row; `unavailable_at` after seven days with failures."""

    host = fields.CharField(255, primary_key=True)
    failures = fields.IntField(default=0)
    failure_days = fields.IntField(default=0)
    last_failure_day = fields.IntField(default=0)
    retry_at = TimeField(null=True)
    unavailable_at = TimeField(null=True)
    last_seen_at = TimeField(null=True)

    class Meta:
        table = "hosts"
