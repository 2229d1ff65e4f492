"""Move: an account goes to another one, which must say the same."""

from fedinote.federation import moves
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.errors import Malformed, Refused


async def move(app: App, verified: VerifiedActivity) -> None:
    """Let our followers of an account follow its new one, when both actors, fetched anew, agree (S39).

    Either of the two may say so (FEP-7628): the old one pushes; the new one pulls, which is no proof of anything, so
    that the old one's own document must name it all the same.
    """
    activity = verified.activity
    if activity.object_id is None or activity.target is None:
        raise Malformed(reason="Move of nobody, or to nowhere")
    if verified.signer_uri not in (activity.object_id, activity.target):
        raise Refused(reason="Move of somebody else")
    await moves.arrive(app, activity.object_id, activity.target)
