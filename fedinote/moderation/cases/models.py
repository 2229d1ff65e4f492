"""Reports, statements of reasons, appeals, and what moderators note."""

from tortoise import fields
from tortoise.models import Model

from fedinote.accounts.models import Account
from fedinote.infra.orm import JsonField, TimeField


class Report(Model):
    """A complaint about an account and some of its posts. `category`: spam, legal, violation, other.

    `uri` is the id of a remote Flag, which may be about several accounts: one report for each. `forwarded`: a copy
    goes to the account's own server. `action_taken_at` is set when it was resolved. `languages`: what its posts and
    its comment are in, " es zh " (primary subtags between spaces), as far as that is known.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="reports_made"
    )
    account_id: int
    target: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="reports_about"
    )
    target_id: int
    post_ids = JsonField(default=list)
    rule_ids = JsonField(default=list)
    category = fields.CharField(16, default="other")
    comment = fields.TextField(default="")
    forwarded = fields.BooleanField(default=False)
    uri = fields.CharField(2048, null=True)
    languages = fields.CharField(255, default="", db_default="")
    assigned_to_id = fields.BigIntField(null=True)
    action_taken_at = TimeField(null=True)
    action_taken_by_id = fields.BigIntField(null=True)
    created_at = TimeField()

    class Meta:
        table = "reports"
        unique_together = (("uri", "target"),)
        indexes = (("action_taken_at", "id"), ("target",), ("account",))


class ReportNote(Model):
    """What a moderator wrote to a report: for the staff, or (`to_reporter`) for whoever reported, if they live here."""

    id = fields.BigIntField(primary_key=True, generated=False)
    report: fields.ForeignKeyRelation[Report] = fields.ForeignKeyField("fedinote.Report", related_name="notes")
    report_id: int
    author_id = fields.BigIntField(null=True)
    text = fields.TextField()
    to_reporter = fields.BooleanField(default=False)
    created_at = TimeField()

    class Meta:
        table = "report_notes"
        indexes = (("report", "id"),)


class AccountRemark(Model):
    """What a moderator keeps in mind about an account, for the staff alone; it goes with the account."""

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField("fedinote.Account", related_name="remarks")
    account_id: int
    author_id = fields.BigIntField(null=True)
    text = fields.TextField()
    created_at = TimeField()

    class Meta:
        table = "account_remarks"
        indexes = (("account", "id"),)


class Statement(Model):
    """Why something was decided about an account (a statement of reasons). It stays when the account is deleted.

    `action` as in Mastodon's AccountWarning, or one of ours (`statements.OUR_OWN`). `text` is what the subject is
    told, in `language`, and binds; `rule_ids` are numbers of house rules; `automated`: no person decided (`rule` is the
    moderators' rule that did).
    `lifted_at`: it holds no more (`lifted_why`: "undone" or "appeal"). `purge_at`: a suspension becomes final then.
    `translated` is the text as it was sent in the member's language (`translated_to`), by the engine `translated_by`.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="statements", null=True, on_delete=fields.SET_NULL
    )
    account_id: int | None
    local = fields.BooleanField()
    action = fields.CharField(32)
    text = fields.TextField(default="")
    language = fields.CharField(35, null=True)
    translated = fields.TextField(default="", db_default="")
    translated_to = fields.CharField(35, null=True)
    translated_by = fields.CharField(255, default="", db_default="")
    rule_ids = JsonField(default=list)
    category = fields.CharField(16, default="other")
    automated = fields.BooleanField(default=False)
    rule_id = fields.BigIntField(null=True)
    report_id = fields.BigIntField(null=True)
    post_ids = JsonField(default=list)
    moderator_id = fields.BigIntField(null=True)
    created_at = TimeField()
    lifted_at = TimeField(null=True)
    lifted_by_id = fields.BigIntField(null=True)
    lifted_why = fields.CharField(16, default="")
    purge_at = TimeField(null=True)

    class Meta:
        table = "statements"
        indexes = (("account", "action"), ("created_at",), ("purge_at",))


class Appeal(Model):
    """Somebody asks to decide again. `state`: open, lifted (the decision was undone), upheld, or ended.

    It ends with the account that made it.
    """

    id = fields.BigIntField(primary_key=True, generated=False)
    statement: fields.OneToOneRelation[Statement] = fields.OneToOneField("fedinote.Statement", related_name="appeal")
    statement_id: int
    state = fields.CharField(8, default="open")
    created_at = TimeField()
    decided_at = TimeField(null=True)
    decided_by_id = fields.BigIntField(null=True)

    class Meta:
        table = "appeals"
        indexes = (("state", "id"),)


class AppealMessage(Model):
    """One turn in the thread of an appeal. `author` None: the account is gone; `by_staff` tells which side."""

    id = fields.BigIntField(primary_key=True, generated=False)
    appeal: fields.ForeignKeyRelation[Appeal] = fields.ForeignKeyField("fedinote.Appeal", related_name="messages")
    appeal_id: int
    author: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "fedinote.Account", related_name="appeal_messages", null=True, on_delete=fields.SET_NULL
    )
    author_id: int | None
    by_staff = fields.BooleanField()
    text = fields.TextField()
    language = fields.CharField(35, null=True)
    created_at = TimeField()

    class Meta:
        table = "appeal_messages"
        indexes = (("appeal", "id"), ("author",))
