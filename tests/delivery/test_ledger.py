"""The contract of a ledger, held against the twin in memory, SQLite and a real PostgreSQL."""

from __future__ import annotations

import pytest

from feeds.delivery.ledger import Ledger, Limits
from feeds.delivery.rates import HOUR, MINUTE, SECOND
from feeds.delivery.subscribers import Audience, Consent, Enrolled
from feeds.delivery.transports.base import ConnectionLost, Reply
from feeds.errors import DeliveryError
from tests.delivery.examples import (
    OK,
    FakeClock,
    claimed,
    draft,
    frozen,
    people,
    person,
    says,
    send,
    send_all,
    variant,
)

# Who is on the list


def test_E08_two_spellings_of_one_address_are_one_subscriber(ledger: Ledger) -> None:
    added = ledger.enrol(
        "weekly", [person("A.B@GMAIL.com"), person("a.b@gmail.com"), person("a.b+x@gmail.com")]
    )
    assert added == Enrolled(added=2, known=1)
    found = ledger.find("weekly", "a.B@gmail.COM")
    assert found and found.address == "A.B@gmail.com"
    assert ledger.find("daily", "a.b@gmail.com") is None


def test_S15_importing_again_changes_nothing_and_revives_nobody(ledger: Ledger) -> None:
    ledger.enrol("weekly", people(3))
    first = ledger.find("weekly", "r0@d0.example.org")
    assert first
    ledger.unsubscribe(first.id)
    ledger.suppress("r1@d1.example.org", "complaint")
    before = list(ledger.subscribers("weekly"))
    again = ledger.enrol("weekly", [*people(3), person("new@example.org")])
    assert again == Enrolled(added=1, known=2, suppressed=1)
    assert list(ledger.subscribers("weekly"))[:3] == before
    assert ledger.find("weekly", "r0@d0.example.org") == ledger.subscriber(first.id)
    assert [one.state for one in before] == ["unsubscribed", "active", "active"]


def test_S15_a_suppressed_address_that_is_not_on_the_list_is_not_let_in(ledger: Ledger) -> None:
    ledger.suppress("r0@d0.example.org", "erased")
    assert ledger.enrol("weekly", people(1)) == Enrolled(suppressed=1)
    with pytest.raises(DeliveryError, match="takes new consent") as refusal:
        ledger.add("weekly", person("R0@d0.example.org"))
    assert "r0" not in str(refusal.value).lower()
    back = ledger.add("weekly", person("r0@d0.example.org", consent=Consent("form", 5)), again=True)
    assert (back.state, back.consent, back.suppressed) == ("active", Consent("form", 5), "")


def test_who_subscribes_again_is_back_and_earlier_links_end(ledger: Ledger) -> None:
    one = ledger.add("weekly", person("a@example.org", topics=("space",)))
    ledger.unsubscribe(one.id)
    back = ledger.add("weekly", person("a@example.org", state="pending"))
    assert (back.id, back.state, back.epoch, back.topics) == (one.id, "pending", 1, ())
    confirmed = ledger.confirm(one.id)
    assert confirmed and confirmed.state == "active" and confirmed.confirmed_at
    assert ledger.add("weekly", person("a@example.org")) == confirmed


def test_confirming_does_not_undo_that_somebody_left(ledger: Ledger) -> None:
    one = ledger.add("weekly", person("a@example.org"))
    left = ledger.unsubscribe(one.id)
    assert ledger.confirm(one.id) == left
    assert ledger.confirm(999) is None and ledger.unsubscribe(999) is None and ledger.subscriber(999) is None


def test_erasing_leaves_a_keyed_hash_and_nothing_else(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(2))
    text = "<r0@d0.example.org>: mailbox is full"
    send_all(ledger, mailing.id, lambda job: Reply(452, "4.2.2", text, "rcpt"))
    ledger.add("daily", person("r0@d0.example.org"))
    assert ledger.erase("R0@d0.example.org") == 2
    assert ledger.find("weekly", "r0@d0.example.org") is None
    assert ledger.why("weekly", "r0@d0.example.org").suppressed == "erased"
    status = ledger.status(mailing.id)
    assert status.states == {"cancelled": 1, "retry": 1}
    assert ledger.enrol("weekly", people(1)).suppressed == 1
    assert ledger.erase("nobody@example.org") == 0


def test_numbers_of_the_list(ledger: Ledger) -> None:
    ledger.enrol(
        "weekly",
        [
            person("a@example.org", language="en", topics=("space", "trade")),
            person("b@example.org", language="en", topics=("space",)),
            person("c@example.org", language="fr"),
            person("d@example.org", state="pending"),
        ],
    )
    ledger.suppress("c@example.org", "complaint")
    stats = ledger.stats("weekly")
    assert stats.states == {"active": 3, "pending": 1}
    assert stats.languages == {"en": 2, "fr": 1}
    assert stats.topics == {"space": 2, "trade": 1}
    assert stats.suppressed == 1
    assert ledger.audiences("weekly")[Audience("en", ("space",))] == 1


# An issue


def test_S06_a_slot_is_had_by_one(ledger: Ledger) -> None:
    first = ledger.freeze(draft())
    assert first and first.state == "frozen"
    assert ledger.freeze(draft()) is None
    assert [one.slot for one in ledger.mailings("weekly")] == ["weekly/2026-W47"]


def test_who_gets_which_variant(ledger: Ledger) -> None:
    ledger.enrol(
        "weekly",
        [
            person("en@example.org", language="en"),
            person("space@example.org", language="en", topics=("space",)),
            person("fr@example.org", language="fr"),
            person("pending@example.org", state="pending"),
            person("no@example.org"),
        ],
    )
    ledger.suppress("no@example.org", "complaint")
    audiences = {Audience("en"): "en", Audience("en", ("space",)): "en-space"}
    variants = (variant("en"), variant("en-space"), variant("fr"))
    made = ledger.freeze(draft(variants=variants, audiences=audiences, otherwise="fr"))
    assert made and made.recipients == 3
    ledger.begin(made.id)
    with ledger.sender() as sender:
        jobs = claimed(sender, made.id).jobs
    assert {job.address: job.variant for job in jobs} == {
        "en@example.org": "en",
        "space@example.org": "en-space",
        "fr@example.org": "fr",
    }
    assert [one.key for one in ledger.variants(made.id)] == ["en", "en-space", "fr"]


def test_an_audience_without_a_variant_gets_nothing(ledger: Ledger) -> None:
    ledger.enrol("weekly", [person("en@example.org", language="en"), person("fr@example.org", language="fr")])
    made = ledger.freeze(draft(audiences={Audience("en"): "en"}, otherwise=None))
    assert made and made.recipients == 1


def test_what_an_issue_carried_is_remembered_unless_it_was_cancelled(ledger: Ledger) -> None:
    frozen(ledger, slot="1")
    other = ledger.freeze(draft("2", articles=("c",)))
    assert other
    assert ledger.carried("weekly") == {"a", "b", "c"}
    ledger.cancel(other.id)
    assert ledger.carried("weekly") == {"a", "b"}
    assert ledger.carried("daily") == frozenset()


def test_everybody_gets_one_and_the_issue_is_done(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(120))
    sent = send_all(ledger, mailing.id)
    assert sorted(sent) == sorted(one.address for one in people(120))
    clock.turn(0.1)
    status = ledger.status(mailing.id)
    assert status.mailing.state == "done"
    assert status.states == {"sent": 120}
    assert (status.doubts, status.refusals, status.next_at) == ((), (), None)
    assert status.rate > 0
    assert send_all(ledger, mailing.id) == []


def test_an_unknown_issue_is_said_to_be(ledger: Ledger) -> None:
    with pytest.raises(DeliveryError, match="issue 7: is unknown"):
        ledger.status(7)
    with ledger.sender() as sender:
        assert claimed(sender, 7).state == "cancelled"


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_nothing_is_begun_once_an_issue_stands(ledger: Ledger, verb: str) -> None:
    mailing = frozen(ledger, people(3))
    with ledger.sender() as sender:
        claim = claimed(sender, mailing.id)
        assert len(sender.step(claim, [], claim.jobs[:1]).begun) == 1
        getattr(ledger, verb)(mailing.id)
        stepped = sender.step(claim, [(claim.jobs[0], OK)], claim.jobs[1:])
        assert stepped.begun == ()
        sender.release(claim)
        assert claimed(sender, mailing.id).jobs == ()
    states = ledger.status(mailing.id).states
    assert states == {"sent": 1, "ready" if verb == "pause" else "cancelled": 2}


def test_a_paused_issue_goes_on_where_it_was(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(3))
    assert ledger.pause(mailing.id, "lunch").reason == "lunch"
    assert send_all(ledger, mailing.id) == []
    assert ledger.begin(mailing.id).reason == ""
    assert len(send_all(ledger, mailing.id)) == 3
    with pytest.raises(DeliveryError, match="is done"):
        ledger.pause(mailing.id)


def test_a_cancelled_issue_never_begins(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(1))
    ledger.cancel(mailing.id)
    for verb in (ledger.begin, ledger.pause, ledger.resend):
        with pytest.raises(DeliveryError, match="is cancelled"):
            verb(mailing.id)


# Claims and steps


def test_two_senders_never_have_the_same_message(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(30))
    with ledger.sender() as one, ledger.sender() as other:
        first, second = claimed(one, mailing.id, 10), claimed(other, mailing.id, 50)
        assert (len(first.jobs), len(second.jobs)) == (10, 20)
        assert not {job.subscriber for job in first.jobs} & {job.subscriber for job in second.jobs}
        third = claimed(one, mailing.id)
        assert third.jobs == () and third.state == "sending" and third.wait == 15 * MINUTE


def test_a_lease_that_ended_is_somebody_else_s_and_the_first_may_not_begin(
    ledger: Ledger, clock: FakeClock
) -> None:
    mailing = frozen(ledger, people(1))
    with ledger.sender() as slow, ledger.sender() as quick:
        late = claimed(slow, mailing.id)
        clock.turn(16)
        assert slow.step(late, [], late.jobs).begun == ()
        fresh = claimed(quick, mailing.id)
        assert len(fresh.jobs) == 1
        assert slow.step(late, [], late.jobs).begun == ()
        slow.release(late)
        assert len(send(quick, fresh)) == 1


def test_what_a_sender_that_is_gone_had_claimed_is_ready_at_once(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(3))
    with ledger.sender() as gone, ledger.sender() as next_one:
        claim = claimed(gone, mailing.id)
        assert len(gone.step(claim, [], claim.jobs[:1]).begun) == 1
        ledger.reclaim(mailing.id)
        assert gone.step(claim, [], claim.jobs[1:]).begun == ()  # it lives all the same, and is fenced off
        fresh = claimed(next_one, mailing.id)
        assert {job.subscriber for job in fresh.jobs} == {job.subscriber for job in claim.jobs[1:]}
    assert ledger.status(mailing.id).states["sending"] == 1


@pytest.mark.parametrize("how", ["unsubscribe", "suppress", "erase"])
def test_S10_nothing_is_begun_for_who_left_in_the_middle(ledger: Ledger, how: str) -> None:
    mailing = frozen(ledger, people(2))
    with ledger.sender() as sender:
        claim = claimed(sender, mailing.id)
        job, other = claim.jobs
        if how == "unsubscribe":
            ledger.unsubscribe(job.subscriber)
        elif how == "suppress":
            ledger.suppress(job.address, "complaint")
        else:
            ledger.erase(job.address)
        assert sender.step(claim, [], [job]).begun == ()
        assert sender.step(claim, [], [other]).begun == (other,)
        sender.step(claim, [(other, OK)])
    states = ledger.status(mailing.id).states
    assert states == {"sent": 1, "cancelled" if how == "erase" else "suppressed": 1}


def test_a_step_that_is_made_twice_counts_once(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(2))
    with ledger.sender() as sender:
        claim = claimed(sender, mailing.id)
        job, other = claim.jobs
        sender.step(claim, [], [job])
        assert sender.step(claim, [(job, OK)], [other]).begun == (other,)
        assert sender.step(claim, [(job, OK)], [other]).begun == (other,)
    assert ledger.status(mailing.id).states == {"sent": 1, "sending": 1}


def test_E14_what_was_begun_and_not_finished_is_held_by_name(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(2))
    with ledger.sender() as sender:
        claim = claimed(sender, mailing.id)
        sender.step(claim, [], claim.jobs[:1])
    assert ledger.status(mailing.id).doubts == ()
    clock.turn(16)
    assert ledger.status(mailing.id).doubts == ("r0@d0.example.org",)
    assert send_all(ledger, mailing.id) == ["r1@d1.example.org"]
    status = ledger.status(mailing.id)
    assert (status.mailing.state, status.states) == ("done", {"held": 1, "sent": 1})
    assert ledger.resend(mailing.id, ["nobody@example.org"]) == 0
    assert ledger.resend(mailing.id, ["r0@d0.example.org"]) == 1
    assert ledger.begin(mailing.id).state == "sending"
    assert send_all(ledger, mailing.id) == ["r0@d0.example.org"]
    assert ledger.status(mailing.id).states == {"sent": 2}


def test_E14_what_is_in_doubt_is_sent_again_where_that_is_wanted(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(1))
    assert send_all(ledger, mailing.id, lambda job: ConnectionLost("after-dot", "reset")) == [
        "r0@d0.example.org"
    ]
    again = frozen(ledger, slot="other")
    with ledger.sender() as sender:
        claim = claimed(sender, again.id)
        stepped = sender.step(claim, [], claim.jobs)
        sender.step(claim, [(job, ConnectionLost("after-dot", "reset")) for job in stepped.begun])
        assert ledger.status(again.id).states == {"sending": 1}
        retry = claimed(sender, again.id, on_doubt="resend")
        assert [job.address for job in retry.jobs] == ["r0@d0.example.org"]


def test_a_sender_that_was_stopped_too_long_still_tells_how_its_message_ended(
    ledger: Ledger, clock: FakeClock
) -> None:
    mailing = frozen(ledger, people(1))
    with ledger.sender() as slow, ledger.sender() as other:
        claim = claimed(slow, mailing.id)
        slow.step(claim, [], claim.jobs)
        clock.turn(16)
        assert claimed(other, mailing.id).jobs == ()
        assert ledger.status(mailing.id).states == {"held": 1}
        slow.step(claim, [(claim.jobs[0], OK)])
    assert ledger.status(mailing.id).states == {"sent": 1}


def test_what_was_begun_and_never_tried_is_ready_again(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(1))
    with ledger.sender() as sender:
        claim = claimed(sender, mailing.id)
        sender.step(claim, [], claim.jobs)
        sender.step(claim, [(claim.jobs[0], None)])
    assert ledger.status(mailing.id).states == {"ready": 1}
    assert len(send_all(ledger, mailing.id)) == 1


# Replies


def test_a_deferral_is_tried_again_later_and_later_and_expires_after_two_days(
    ledger: Ledger, clock: FakeClock
) -> None:
    mailing = frozen(ledger, people(1))
    waits = []
    while send_all(ledger, mailing.id, says(450, "4.2.0")):
        status = ledger.status(mailing.id)
        if status.next_at is None:
            break
        waits.append((status.next_at - clock.now) / MINUTE)
        clock.now = status.next_at
    assert waits[:6] == [5, 10, 20, 40, 67, 67]
    assert 46 < sum(waits) / 60 <= 48
    assert ledger.status(mailing.id).states == {"expired": 1}


def test_a_dead_address_is_suppressed_at_once(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(1))
    send_all(ledger, mailing.id, says(550, "5.1.1", text="<r0@d0.example.org> unknown"))
    assert ledger.suppressed("r0@d0.example.org") == "failed: 550 5.1.1"
    (refusal,) = ledger.status(mailing.id).refusals
    assert (refusal.state, refusal.code, refusal.count, refusal.example) == (
        "failed",
        "550 5.1.1",
        1,
        "<…> unknown",
    )
    assert frozen(ledger, slot="2").recipients == 0


def test_E19_a_full_mailbox_is_suppressed_after_three_different_issues(
    ledger: Ledger, clock: FakeClock
) -> None:
    ledger.enrol("weekly", people(1))
    for slot in "123":
        assert ledger.suppressed("r0@d0.example.org") == ""
        clock.turn(1)
        send_all(ledger, frozen(ledger, slot=slot).id, says(552, "5.2.2"))
    assert ledger.suppressed("r0@d0.example.org") == "failed: 552 5.2.2"


def test_E19_a_success_in_between_forgives(ledger: Ledger, clock: FakeClock) -> None:
    ledger.enrol("weekly", people(1))
    for slot in "12":
        clock.turn(1)
        send_all(ledger, frozen(ledger, slot=slot).id, says(552, "5.2.2"))
    clock.turn(1)
    send_all(ledger, frozen(ledger, slot="3").id)
    for slot in "45":
        clock.turn(1)
        send_all(ledger, frozen(ledger, slot=slot).id, says(552, "5.2.2"))
    assert ledger.suppressed("r0@d0.example.org") == ""


def test_E17_refusals_of_us_pause_the_issue_and_suppress_nobody(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(100))
    begun = send_all(ledger, mailing.id, says(550, "5.7.26", "dot"))
    status = ledger.status(mailing.id)
    assert status.mailing.state == "paused" and "refuse our mail" in status.mailing.reason
    assert 5 <= len(begun) <= 20
    assert ledger.stats("weekly").suppressed == 0
    assert status.states == {"retry": len(begun), "ready": 100 - len(begun)}


def test_E17_five_percent_within_five_minutes_are_too_many(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(100))
    count = iter(range(100))
    send_all(ledger, mailing.id, lambda job: Reply(554, "", "spam", "dot") if next(count) % 20 == 0 else OK)
    assert ledger.status(mailing.id).mailing.state == "paused"
    assert ledger.status(mailing.id).states["retry"] == 5


def test_a_resumed_issue_does_not_pause_for_what_was_before(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(40))
    send_all(ledger, mailing.id, says(550, "5.7.1", "dot"))
    ledger.begin(mailing.id)
    with ledger.sender() as sender:
        claim = claimed(sender, mailing.id)
        job = claim.jobs[0]
        sender.step(claim, [], [job])
        sender.step(claim, [(job, Reply(550, "5.7.1", "no", "dot"))])
    assert ledger.mailing(mailing.id).state == "sending"


def test_a_refusal_of_us_is_tried_once_more(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(1))
    for _ in range(3):
        send_all(ledger, mailing.id, says(554, "", "dot"))
        clock.turn(61)
    chapter = ledger.why("weekly", "r0@d0.example.org").chapters[0]
    assert (chapter.state, chapter.code, ledger.stats("weekly").suppressed) == ("failed", "554", 0)


@pytest.mark.parametrize(
    "reply",
    [Reply(535, "5.7.8", "login", "auth"), Reply(554, "", "no", "banner"), Reply(552, "", "large", "dot")],
)
def test_a_refusal_of_our_settings_pauses_at_once_and_loses_nobody(ledger: Ledger, reply: Reply) -> None:
    mailing = frozen(ledger, people(3))
    send_all(ledger, mailing.id, lambda job: reply)
    status = ledger.status(mailing.id)
    assert status.mailing.state == "paused"
    assert "our settings were refused" in status.mailing.reason
    assert status.states == {"ready": 3}


def test_a_domain_that_hangs_up_rests_and_the_others_go_on(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(30))

    def answer(job: object) -> Reply:
        return Reply(421, "4.3.2", "later", "rcpt") if "@d0." in job.address else OK  # type: ignore[attr-defined]

    sent = send_all(ledger, mailing.id, answer, limits=Limits(overall=0))
    states = ledger.status(mailing.id).states
    assert states["sent"] == 20
    assert sum("@d0." in address for address in sent) <= 10
    clock.turn(4)
    assert send_all(ledger, mailing.id) == []
    clock.turn(1)
    assert len(send_all(ledger, mailing.id)) == 10


def test_a_rest_grows_until_a_message_gets_through(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(3, domains=1))
    rests = []
    for _ in range(3):
        with ledger.sender() as sender:
            claim = claimed(sender, mailing.id, 1)
            send(sender, claim, says(421))
            assert claimed(sender, mailing.id).jobs == ()
        due = ledger.status(mailing.id).next_at
        assert due
        with ledger.sender() as sender:
            while not (claim := claimed(sender, mailing.id, 1)).jobs:
                clock.now += max(claim.wait, SECOND)
            sender.release(claim)
        rests.append(round((clock.now - due) / MINUTE))
    with ledger.sender() as sender:
        send(sender, claimed(sender, mailing.id, 1))
    assert rests[2] > rests[0] or rests == sorted(rests)


def test_no_connection_at_all_lets_everything_rest(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(3))
    with ledger.sender() as sender:
        claim = claimed(sender, mailing.id)
        sender.trouble(claim, ConnectionLost("connect", "refused"))
        assert ledger.status(mailing.id).states == {"ready": 3}
        waiting = claimed(sender, mailing.id)
        assert (waiting.jobs, waiting.wait) == ((), 5 * MINUTE)
        clock.turn(5)
        assert len(claimed(sender, mailing.id).jobs) == 3


def test_a_login_that_is_refused_pauses_the_issue(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(1))
    with ledger.sender() as sender:
        claim = claimed(sender, mailing.id)
        assert sender.trouble(claim, Reply(535, "5.7.8", "bad login", "auth")).wider == "pause"
    assert ledger.mailing(mailing.id).state == "paused"


# Rates


def test_the_overall_rate_is_kept_whoever_claims(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(100))
    limits = Limits(overall=10)
    with ledger.sender() as one, ledger.sender() as other:
        assert len(claimed(one, mailing.id, limits=limits).jobs) == 10
        waiting = claimed(other, mailing.id, limits=limits)
        assert waiting.jobs == () and 0 < waiting.wait <= SECOND
        clock.now += SECOND // 2
        assert len(claimed(other, mailing.id, limits=limits).jobs) == 5


def test_a_domain_s_rate_does_not_stand_in_the_way_of_others(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(300))
    limits = Limits(domains={"d0.example.org": 20})
    sent = send_all(ledger, mailing.id, limits=limits)
    assert sum("@d0." in address for address in sent) == 20
    assert len(sent) == 220
    for _ in range(4):
        clock.now += SECOND
        assert len(send_all(ledger, mailing.id, limits=limits)) == 20
    assert ledger.status(mailing.id).states == {"sent": 300}


def test_a_complaint_about_the_rate_halves_it_once_a_minute_and_it_recovers(
    ledger: Ledger, clock: FakeClock
) -> None:
    mailing = frozen(ledger, people(200, domains=1))
    limits = Limits(each_domain=20)
    with ledger.sender() as sender:
        first = claimed(sender, mailing.id, limits=limits)
        assert len(first.jobs) == 20
        sender.step(first, [], first.jobs[:2])
        slow = Reply(450, "4.7.0", "slow down", "rcpt")
        sender.step(first, [(job, slow) for job in first.jobs[:2]])
        clock.now += 60 * SECOND
        assert len(claimed(sender, mailing.id, limits=limits).jobs) == 10
        clock.now += HOUR
        assert len(claimed(sender, mailing.id, limits=limits).jobs) == 20


# What is told


def test_the_story_of_one_subscriber(ledger: Ledger, clock: FakeClock) -> None:
    first = frozen(ledger, people(1), slot="1")
    send_all(ledger, first.id)
    second = frozen(ledger, slot="2")
    send_all(ledger, second.id, says(450, "4.2.1", text="later, r0@d0.example.org"))
    story = ledger.why("weekly", "R0@D0.example.org")
    assert story.subscriber and story.subscriber.address == "r0@d0.example.org"
    assert [(one.slot, one.state, one.code, one.reply) for one in story.chapters] == [
        ("2", "retry", "450 4.2.1", "later, …"),
        ("1", "sent", "250 2.0.0", ""),
    ]
    assert ledger.why("weekly", "nobody@example.org").subscriber is None


def test_what_comes_back_later_counts_as_a_reply_would(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(3))
    send_all(ledger, mailing.id)
    numbers = [one.id for one in ledger.subscribers("weekly")]
    assert ledger.bounced(mailing.id, numbers[0], "nobody", "no r0@d0.example.org here")
    assert ledger.bounced(mailing.id, numbers[1], "trouble")
    assert ledger.bounced(mailing.id, numbers[2], "complaint")
    assert not ledger.bounced(mailing.id, 999, "nobody")
    assert not ledger.bounced(999, numbers[0], "nobody")
    assert [one.suppressed for one in ledger.subscribers("weekly")] == [
        "failed: nobody",
        "",
        "failed: complaint",
    ]
    assert ledger.status(mailing.id).states == {"failed": 2, "sent": 1}


def test_keys_differ_by_purpose_and_stay(ledger: Ledger) -> None:
    assert ledger.key("unsubscribe") == ledger.key("unsubscribe")
    assert ledger.key("unsubscribe") != ledger.key("bounce")
    assert len(ledger.key("bounce")) == 32


def test_L01_one_process_sends_a_newsletter_at_a_time(ledger: Ledger) -> None:
    with ledger.sending("weekly"):
        with pytest.raises(DeliveryError, match="is being sent by another process"), ledger.sending("weekly"):
            pass
        with ledger.sending("daily"):
            pass
    with ledger.sending("weekly"):
        pass


def test_a_choice_is_kept_with_the_links_and_who_pauses_gets_nothing(ledger: Ledger) -> None:
    one = ledger.add("weekly", person("a@example.org", language="en"))
    waiting = ledger.add("weekly", person("b@example.org", state="pending"))
    gone = ledger.add("weekly", person("c@example.org"))
    ledger.unsubscribe(gone.id)
    made = ledger.choose(one.id, ("moon", "trade"), "fr", paused=True)
    assert made and (made.topics, made.language, made.state) == (("moon", "trade"), "fr", "paused")
    assert made.epoch == one.epoch
    assert frozen(ledger).recipients == 0
    back = ledger.choose(one.id, (), "fr")
    assert back and (back.topics, back.state) == ((), "active")
    assert [ledger.choose(who.id, (), "", paused=True) for who in (waiting, gone)] == [
        ledger.subscriber(waiting.id),
        ledger.subscriber(gone.id),
    ]
    assert {who.state for who in ledger.subscribers("weekly")} == {"active", "pending", "unsubscribed"}
    assert ledger.choose(999, (), "") is None


# Who works


def test_workers_are_those_that_were_heard_of_lately(ledger: Ledger, clock: FakeClock) -> None:
    ledger.present("mail-2:1")
    began = clock.now
    clock.turn(0.25)
    ledger.present("mail-1:1")
    ledger.present("mail-2:1", "weekly 2026-W47, lane 1")
    assert [(one.name, one.since, one.doing) for one in ledger.workers()] == [
        ("mail-1:1", clock.now, ""),
        ("mail-2:1", began, "weekly 2026-W47, lane 1"),
    ]
    ledger.left("mail-1:1")
    assert [one.name for one in ledger.workers()] == ["mail-2:1"]
    clock.turn(0.5)
    assert ledger.workers() == ()


def test_what_one_does_alone_no_other_does(ledger: Ledger) -> None:
    with ledger.alone("rounds") as ours, ledger.alone("rounds") as theirs, ledger.alone("weekly") as other:
        assert (ours, theirs, other) == (True, False, True)
    with ledger.alone("rounds") as ours:
        assert ours


def test_an_issue_frozen_along_with_something_is_under_way_or_not_there(ledger: Ledger) -> None:
    told: list[int] = []
    made = ledger.freeze(draft(), lambda connection, number: told.append(number))
    assert made and (made.state, told) == ("sending", [made.id])
    assert ledger.freeze(draft(), lambda connection, number: told.append(number)) is None
    assert told == [made.id]


def test_the_claims_of_one_owner_are_taken_back(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(6))
    with ledger.sender("job1") as first, ledger.sender("job11") as second:
        lost, kept = claimed(first, mailing.id, 2), claimed(second, mailing.id, 2)
        begun = first.step(lost, [], lost.jobs[:1]).begun
        ledger.reclaim(mailing.id, "job1")
        assert ledger.status(mailing.id).states == {"sending": 1, "claimed": 2, "ready": 3}
        assert first.step(lost, [(begun[0], OK)], lost.jobs[1:]).begun == ()
        assert second.step(kept, [], kept.jobs).begun == kept.jobs
    assert ledger.status(mailing.id).states == {"sent": 1, "sending": 2, "ready": 3}


def test_an_issue_flows_while_anything_of_it_is_sent(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(3))
    assert not ledger.flows(mailing.id)
    with ledger.sender() as sender:
        send(sender, claimed(sender, mailing.id, 1))
    assert ledger.flows(mailing.id)
    clock.turn(3)
    assert not ledger.flows(mailing.id)
