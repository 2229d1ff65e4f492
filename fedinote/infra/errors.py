"""The one tree of errors: each has a status, a safe message for strangers, and a reason for the log.

`server.py` is the only place that turns them into HTTP. Jobs know two more: `GiveUp` (never retry) and
`TryAgain` (retry by schedule, or after the given number of seconds).
"""


class FediNoteError(Exception):
    """Base of all errors that are part of the product's behaviour.

    `message` is safe to show to anybody; `reason` (default: the message) goes to the log only.
    """

    status = 500
    message = "Something went wrong on our side"

    def __init__(self, message: str | None = None, *, reason: str | None = None) -> None:
        self.message = message or type(self).message
        self.reason = reason or self.message
        super().__init__(self.reason)


class BadRequest(FediNoteError):
    """The request cannot be understood (400)."""

    status = 400
    message = "The request could not be understood"


class Malformed(BadRequest):
    """A document from another server does not have the shape it must have (400 at the door, dropped in jobs)."""

    message = "The document is malformed"


class Unauthorized(FediNoteError):
    """No valid token or signature (401)."""

    status = 401
    message = "The access token is invalid"


class Forbidden(FediNoteError):
    """Known, but not allowed (403)."""

    status = 403
    message = "This action is not allowed"


class NotFound(FediNoteError):
    """It does not exist, or the viewer may not know that it does (404)."""

    status = 404
    message = "Record not found"


class MethodNotAllowed(FediNoteError):
    """The path exists, the method does not (405)."""

    status = 405
    message = "Method not allowed"


class NotAcceptable(FediNoteError):
    """We cannot answer in any of the asked media types (406)."""

    status = 406
    message = "None of the accepted media types can be served"


class Conflict(FediNoteError):
    """It clashes with what is there (409)."""

    status = 409
    message = "This conflicts with the present state"


class Gone(FediNoteError):
    """It existed and was removed for good (410)."""

    status = 410
    message = "This was deleted"


class TooLarge(FediNoteError):
    """The body or file is larger than the limit (413)."""

    status = 413
    message = "The request is too large"


class UnsupportedType(FediNoteError):
    """The media type of the body is not one that we read (415)."""

    status = 415
    message = "The media type is not supported"


class Invalid(FediNoteError):
    """Understood, but a value breaks a rule (422). The message says which."""

    status = 422
    message = "Validation failed"


class InvalidField(Invalid):
    """A form has a wrong value (422): in which field, and Mastodon's code for it, such as ERR_TAKEN.

    `label` is how people call the field; with `description` it is the message: "Username" "has already been taken".
    """

    def __init__(self, field: str, code: str, label: str, description: str) -> None:
        super().__init__(f"{label} {description}")
        self.field = field
        self.code = code
        self.description = description


class TooMany(FediNoteError):
    """Rate limit reached (429). `retry_after` is in seconds."""

    status = 429
    message = "Too many requests"

    def __init__(self, message: str | None = None, *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(FediNoteError):
    """A service that we need does not answer now (503); trying again later makes sense."""

    status = 503
    message = "The service is not available at the moment"


class Busy(Unavailable):
    """More requests come than can be worked on (503). `retry_after` is in seconds."""

    message = "The server is busy. Try again a little later"

    def __init__(self, message: str | None = None, *, retry_after: int = 30) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Resting(Unavailable):
    """A service asks to be left alone for some `seconds`: its limit is reached, or it refuses our key."""

    def __init__(self, *, seconds: float, reason: str) -> None:
        super().__init__(reason=reason)
        self.seconds = seconds


class Doubtful(Unavailable):
    """A service answers, but what it says of this text cannot be right. Other texts may fare better."""

    message = "No good translation of this text could be made"


class OverBudget(Unavailable):
    """Today's share of a service is used up (429); tomorrow it works again.

    `personal`: that of who asks, and not the server's. `retry_after` is in seconds.
    """

    status = 429

    def __init__(self, message: str, *, retry_after: int, personal: bool) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.personal = personal


class Refused(FediNoteError):
    """A fetch that our own rules forbid: address, scheme, size, type, too many redirects (never retried)."""

    status = 422
    message = "The remote address cannot be fetched"


class Unreachable(Unavailable):
    """Another server did not answer, or not in time (retried by schedule)."""

    message = "The remote server could not be reached"


class Crowded(Unreachable):
    """It was not asked at all: too many requests to it, or in all, are under way here."""


class GiveUp(Exception):
    """Raised by a job that can never succeed: it is closed and not tried again."""


class TryAgain(Exception):
    """Raised by a job that should run again; `after` in seconds overrides the schedule."""

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after
