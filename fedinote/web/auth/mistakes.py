"""What is wrong with the fields of a form, in the reader's language: the client API says it in English and by codes."""

from fedinote.accounts.names import MAX_USERNAME
from fedinote.auth.passwords import MAX_LENGTH, MIN_LENGTH
from fedinote.auth.registrations import MAX_REASON
from fedinote.infra.errors import FediNoteError, InvalidField
from fedinote.web.words import Words


def told(words: Words, error: FediNoteError) -> str:
    """Return what an error says to somebody who signs up or changes a password."""
    if not isinstance(error, InvalidField):
        return words.error(error.message)
    match error.field:
        case "username":
            return _username(words, error.code)
        case "email":
            return _email(words, error.code)
        case "password":
            return _password(words, error.code)
        case "reason" if error.code == "ERR_BLANK":
            return words.gettext("Please say why you want to join.")
        case "reason":
            return words.gettext("The reason has more than %(most)s characters.", most=MAX_REASON)
    return words.error(error.message)


def _username(words: Words, code: str) -> str:
    if code == "ERR_TAKEN":
        return words.gettext("This username is taken.")
    if code == "ERR_RESERVED":
        return words.gettext("This username is kept for the server.")
    return words.gettext(
        "A username has 1 to %(most)s letters, digits and underscores, nothing else.", most=MAX_USERNAME
    )


def _email(words: Words, code: str) -> str:
    if code == "ERR_TAKEN":
        return words.gettext("Somebody here has this e-mail address already.")
    if code == "ERR_BLOCKED":
        return words.gettext("This e-mail address cannot be used here.")
    return words.gettext("This is no e-mail address.")


def _password(words: Words, code: str) -> str:
    if code == "ERR_TOO_SHORT":
        return words.gettext("The password has fewer than %(least)s characters.", least=MIN_LENGTH)
    if code == "ERR_TOO_LONG":
        return words.gettext("The password has more than %(most)s characters.", most=MAX_LENGTH)
    return words.gettext("The password is too easy to guess.")
