import pytest

from fedinote.infra.errors import Invalid
from fedinote.posts import approvals
from fedinote.posts.approvals import FOLLOWERS, FOLLOWING, MANUAL, OTHERS, PUBLIC, Relation

NOBODY, FOLLOWER, FOLLOWED, OWN = Relation(), Relation(follower=True), Relation(followed=True), Relation(own=True)


@pytest.mark.parametrize(
    ("policy", "relation", "decision"),
    [
        (0, NOBODY, "denied"),
        (0, OWN, "automatic"),
        (PUBLIC, NOBODY, "automatic"),
        (FOLLOWERS, NOBODY, "denied"),
        (FOLLOWERS, FOLLOWER, "automatic"),
        (FOLLOWING, FOLLOWER, "denied"),
        (FOLLOWING, FOLLOWED, "automatic"),
        (PUBLIC << MANUAL, NOBODY, "manual"),
        (FOLLOWERS | PUBLIC << MANUAL, FOLLOWER, "automatic"),
        (FOLLOWERS | PUBLIC << MANUAL, NOBODY, "manual"),
        (OTHERS, NOBODY, "unknown"),
        (OTHERS << MANUAL, NOBODY, "unknown"),
    ],
)
def test_a_policy_says_to_everybody_what_its_bits_say(policy, relation, decision):
    assert approvals.decide(policy, relation) == decision


def test_who_is_named_in_a_rule_is_treated_as_it_says_there():
    rule = {"policy": PUBLIC << MANUAL | OTHERS, "automatic": ["https://a"], "manual": ["https://b"]}
    assert approvals.decide_by_rule(rule, "https://a", NOBODY) == "automatic"
    assert approvals.decide_by_rule(rule, "https://b", NOBODY) == "manual"
    assert approvals.decide_by_rule(rule, "https://c", NOBODY) == "manual"
    assert approvals.decide_by_rule({"policy": OTHERS}, "https://c", NOBODY) == "denied"
    assert approvals.decide_by_rule({"policy": PUBLIC, "manual": ["https://b"]}, "https://b", NOBODY) == "manual"


def test_settings_are_policies_of_what_is_public_alone():
    assert approvals.of_setting("followers", "unlisted") == FOLLOWERS
    assert approvals.of_setting("public", "private") == 0
    with pytest.raises(Invalid):
        approvals.of_setting("friends", "public")
    assert approvals.setting_of(FOLLOWERS) == "followers"
    assert approvals.setting_of(FOLLOWING) == approvals.setting_of(None) == "nobody"
