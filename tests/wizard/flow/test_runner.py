import asyncio
from pathlib import Path

import pytest

from desktop.secret import Secret
from desktop.services.api import (
    Channel,
    Check,
    CloudVerified,
    CodeSent,
    Issued,
    Kind,
    Medium,
    MediumChallenge,
    PhoneVerified,
    Reason,
    ServiceError,
    Status,
)
from desktop.wizard.flow.calls import LIMITS, Limit
from desktop.wizard.flow.journal import Journal
from desktop.wizard.flow.prove import prove
from desktop.wizard.flow.steps import Effect, Proof
from desktop.wizard.flow.view import End, Given, Problem, Progress
from tests.fakes import RIGHT, FakeServices, elliptic_certificate, right_answers
from tests.wizard.flow.driving import Drive, driving


def keys(services: FakeServices, call: str) -> list[str]:
    return [key for name, key in services.calls if name == call]


async def test_a_person_who_makes_no_mistake_gets_a_proven_certificate(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        drive.runner.start()
        seen = []
        while drive.view.end is None:
            seen.append(drive.view.step)
            await drive.next()
        assert End.DONE == drive.view.end
        assert drive.view.facts.get(Proof) is not None
        assert 1 == len(drive.services.certificates_issued)
        assert ["checklist", "guidance", "terms", "identity", "phone", "phone", "medium"] == seen[:7]
        assert frozenset() == drive.journey.held
        await drive.runner.settled()
        assert ["journey-1"] == drive.services.closed
        assert Journal(tmp_path).interrupted() is None


async def test_no_more_than_ten_pages_make_a_journey(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        assert 10 >= len(drive.view.rail)


async def test_faulty_input_stays_on_the_page_and_reaches_no_service(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("identity")
        before = len(drive.services.calls)
        view = await drive.next(rrn="123", account="12ㅂ", account_password="12a4")
        codes = {f.id: f.problem.code for f in view.fields if f.problem}
        assert {"rrn": "rrn_length", "account": "hangul_typed", "account_password": "not_digits"} == codes
        assert before == len(drive.services.calls)
        assert frozenset() == drive.journey.held


async def test_right_secrets_stay_when_another_field_was_faulty(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("identity")
        view = await drive.next(account_password="1")
        assert frozenset({"rrn", "account"}) == drive.journey.held
        field = view.field("rrn")
        assert field is not None
        assert "900315-*******" == field.mask
        drive.runner.next(Given(secrets={"account_password": Secret.of(RIGHT["account_password"])}))
        assert "phone" == (await drive.runner.settled()).step


async def test_a_doubtful_check_digit_warns_and_does_not_block(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("identity")
        doubtful = RIGHT["rrn"][:-1] + str((int(RIGHT["rrn"][-1]) + 1) % 10)
        view = await drive.next(rrn=doubtful, account_password="1")
        field = view.field("rrn")
        assert field is not None
        assert Problem("rrn_check_digit", "rrn") == field.warning
        assert field.problem is None


async def test_what_was_typed_wrong_is_kept_unless_it_is_secret(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("cloud")
        view = await drive.next(name="김ㄱ온", phone="010-12a")
        assert {"name": "김ㄱ온", "phone": "010-12a"} == {
            f.id: f.value for f in view.fields if f.id in {"name", "phone"}
        }
        view = await drive.next(name="")
        drive.runner.next(Given({"name": ""}))
        view = drive.view
        assert "cloud" == view.step


async def test_an_emptied_field_is_empty_again(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("cloud")
        await drive.next(name="김ㄱ온")
        drive.runner.next(Given({"name": ""}))
        field = drive.view.field("name")
        assert field is not None
        assert ("", "required") == (field.value, field.problem.code if field.problem else "")


async def test_full_width_and_hyphened_digits_are_accepted(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("cloud")
        assert 1 == (await drive.next(phone="０１０-0012 3456")).stage


async def test_a_refused_password_says_the_tries_left_and_only_it_is_asked_again(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("identity")
        view = await drive.next(account_password="9999")
        assert Problem(Reason.WRONG_ACCOUNT_PASSWORD, "account_password", 4) == view.problem
        assert frozenset({"rrn", "account"}) == drive.journey.held


async def test_the_birth_date_is_not_asked_twice(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        view = await drive.until("cloud")
        field = view.field("birth_date")
        assert field is not None
        assert "18900315" == field.value


async def test_a_code_can_be_sent_again_and_by_the_other_channel(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        view = await drive.until("phone", 1)
        assert {"resend": 130.0, "use_ars": 0.0} == {a.id: a.ready_at for a in view.actions}
        assert 280.0 == view.code_ends_at
        drive.now = 140.0
        assert 320.0 == (await drive.act("resend")).code_ends_at
        view = await drive.act("use_ars")
        sent = view.facts.get(CodeSent)
        assert sent is not None
        assert (Channel.ARS, "38") == (sent.channel, sent.shown)
        assert ["resend", "use_sms"] == [a.id for a in view.actions]
        assert 3 == len(set(keys(drive.services, "send_code")))


async def test_a_failed_resend_leaves_the_code_that_is_on_its_way(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("phone", 1)
        drive.services.fail("send_code", ServiceError(Reason.RESEND_TOO_SOON, retry_after=12.0))
        view = await drive.act("resend")
        assert (1, Problem(Reason.RESEND_TOO_SOON, retry_after=12.0)) == (view.stage, view.problem)


async def test_an_expired_code_leads_back_to_sending_one(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("phone", 1)
        drive.services.fail("confirm_code", Reason.CODE_EXPIRED)
        view = await drive.next()
        assert (0, Reason.CODE_EXPIRED) == (view.stage, view.problem.code if view.problem else None)
        assert 1 == (await drive.next()).stage


async def test_an_answer_on_the_phone_completes_the_step_by_itself(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("phone", 1)
        drive.services.replies.put_nowait(PhoneVerified(Channel.ARS))
        await drive.when(lambda: drive.view.step == "medium" and not drive.view.busy)
        assert ("medium", 1) == (drive.view.step, drive.view.stage)
        await drive.until("cloud", 1)
        drive.services.replies.put_nowait(CloudVerified(new_account=False, by_reply=True))
        await drive.when(lambda: drive.view.step == "pin")


async def test_an_answer_on_the_phone_after_the_typed_one_changes_nothing(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("phone", 1)
        drive.services.replies.put_nowait(PhoneVerified(Channel.ARS))
        view = await drive.next()
        for _ in range(5):
            await asyncio.sleep(0)
        assert "medium" == view.step == drive.view.step


async def test_an_answer_that_comes_while_the_typed_one_is_under_way_waits_for_it(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("phone", 1)
        drive.runner.next(right_answers(drive.view))
        drive.services.replies.put_nowait(PhoneVerified(Channel.ARS))
        await drive.when(lambda: drive.view.step == "medium" and not drive.view.busy)
        assert 1 == len(keys(drive.services, "challenge_medium"))


async def test_no_answer_yet_or_one_to_another_question_is_asked_for_again(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("phone", 1)
        drive.services.replies.put_nowait(None)
        drive.services.replies.put_nowait(CloudVerified(new_account=False, by_reply=True))
        drive.services.replies.put_nowait(PhoneVerified(Channel.ARS))
        await drive.when(lambda: drive.view.step == "medium")


async def test_watching_survives_a_bad_line_and_gives_up_on_a_refusal(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("phone", 1)
        for reason in (Reason.UNREACHABLE, Reason.JOURNEY_CLOSED):
            drive.services.replies.put_nowait(ServiceError(reason))
        await drive.when(lambda: 2 == len([1 for event, _ in drive.reports if event == "watch_failed"]))
        assert "phone" == drive.view.step
        assert "medium" == (await drive.next()).step


async def test_the_medium_can_be_changed(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("medium", 1)
        view = await drive.act("use_otp")
        challenge = view.facts.get(MediumChallenge)
        assert challenge is not None
        assert (Medium.OTP, ["otp"]) == (challenge.medium, [f.id for f in view.fields])
        assert ["use_card"] == [a.id for a in view.actions]
        assert "cloud" == (await drive.next()).step


async def test_a_locked_card_leaves_the_token_as_a_way_on(tmp_path: Path) -> None:
    services = FakeServices()
    async with driving(tmp_path, services) as drive:
        await drive.until("phone", 1)
        services.fail("challenge_medium", Reason.CARD_LOCKED)
        view = await drive.next()
        assert ("medium", 0, Reason.CARD_LOCKED) == (view.step, view.stage, view.problem.code if view.problem else "")
        assert ["use_otp"] == [a.id for a in view.actions]
        assert 1 == (await drive.act("use_otp")).stage


async def test_a_person_with_one_medium_is_offered_no_other(tmp_path: Path) -> None:
    async with driving(tmp_path, FakeServices(media=(Medium.CARD,), serial_digits=4)) as drive:
        view = await drive.until("medium", 1)
        assert () == view.actions
        assert ["card_serial", "card_first", "card_second"] == [f.id for f in view.fields]


async def test_an_offered_action_alone_is_done(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("phone", 1)
        before = drive.journey
        typed = Secret.of("12")
        drive.runner.act("use_sms", Given(secrets={"code": typed}))
        assert (before.facts, 0) == (drive.journey.facts, len(typed))


async def test_back_shows_proven_steps_closed_and_asks_unproven_secrets_again(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("review")
        drive.runner.back()
        assert ("pin", False) == (drive.view.step, "pin" in drive.journey.held)
        drive.runner.go_to("identity")
        assert "identity" == drive.view.step
        assert [False, False, False] == [f.enabled for f in drive.view.fields]
        assert "900315-*******" == drive.view.fields[0].mask
        view = await drive.next()
        assert "pin" == view.step
        assert 1 == len(keys(drive.services, "verify_identity"))


async def test_back_and_go_to_stop_where_there_is_nothing_behind(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        drive.runner.back()
        drive.runner.go_to("review")
        assert ("checklist", []) == (drive.view.step, drive.views)


async def test_the_check_page_shows_everything_masked(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        view = await drive.until("review")
        shown = {row.field: (row.text, row.change) for row in view.rows}
        assert ("김*온", False) == shown["name"]
        assert ("••••••", True) == shown["pin"]
        for row in view.rows:
            assert row.text not in RIGHT.values()


async def test_after_the_issue_there_is_no_way_back(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        view = await drive.until("done", 1)
        assert (False, []) == (view.can_back, [item.step for item in view.rail if item.reachable])
        assert Issued in view.facts


async def test_a_pin_the_bank_refuses_leads_back_to_the_pin(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("review")
        drive.services.fail("issue", ServiceError(Reason.WEAK_PIN, field="pin", detail="pin_from_account"))
        view = await drive.next()
        field = view.field("pin")
        assert field is not None
        assert field.problem is not None
        assert ("pin", "pin_from_account", "") == (view.step, field.problem.detail, field.mask)


async def test_a_fault_in_a_field_that_is_settled_is_said_where_one_stands(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("done", 1)
        assert drive.view.problem is None
    async with driving(tmp_path) as drive:
        await drive.until("review")
        drive.services.fail("issue", ServiceError(Reason.BAD_REQUEST, field="shoe_size"))
        view = await drive.next()
        assert ("review", "shoe_size") == (view.step, view.problem.field if view.problem else "")


async def test_a_call_is_retried_under_the_same_key(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("terms")
        drive.services.fail("accept_terms", Reason.UNREACHABLE, Reason.TIMED_OUT)
        assert "identity" == (await drive.next()).step
        assert (3, 1) == (len(keys(drive.services, "accept_terms")), len(set(keys(drive.services, "accept_terms"))))
        assert [0.5, 1.5] == drive.pauses


async def test_a_call_given_up_is_asked_again_under_the_same_key_unless_the_input_changed(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("cloud")
        drive.services.fail("open_cloud", *[Reason.UNREACHABLE] * 6)
        await drive.next()
        await drive.next()
        assert 1 == len(set(keys(drive.services, "open_cloud")))
        await drive.next(name="김가운")
        assert 2 == len(set(keys(drive.services, "open_cloud")))


async def test_a_lost_reply_to_an_issue_makes_one_certificate(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("review")
        drive.services.lose_reply("issue")
        assert "done" == (await drive.next()).step
        assert 1 == len(drive.services.certificates_issued)


async def test_an_unknown_outcome_closes_back_until_it_is_known(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("review")
        drive.services.fail("issue", *[Reason.TIMED_OUT] * 3)
        view = await drive.next()
        assert Reason.OUTCOME_UNKNOWN == (view.problem.code if view.problem else None)
        assert (False, True) == (view.can_back, view.can_next)
        found = Journal(tmp_path).interrupted()
        assert found is not None
        assert ("review", "") == (found.step, found.effect)
        assert "done" == (await drive.next()).step
        assert 1 == len(set(keys(drive.services, "issue")))


async def test_leaving_in_doubt_says_so_and_keeps_the_journal(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("review")
        drive.services.fail("issue", *[Reason.TIMED_OUT] * 3)
        await drive.next()
        drive.runner.leave()
        assert End.UNKNOWN == drive.view.end
    assert Journal(tmp_path).interrupted() is not None


async def test_a_silent_service_times_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, Effect.ACCEPT_TERMS, Limit(0.001, 0.001))
    async with driving(tmp_path) as drive:
        await drive.until("terms")
        drive.services.hang.add("accept_terms")
        view = await drive.next()
        assert Reason.TIMED_OUT == (view.problem.code if view.problem else None)


async def test_waiting_can_be_stopped_and_everything_typed_is_still_there(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("identity")
        drive.services.hang.add("verify_identity")
        drive.runner.next(right_answers(drive.view))
        await drive.services.hanging.wait()
        assert drive.view.busy is not None
        typed = Secret.of("1234")
        drive.runner.next(Given(secrets={"rrn": typed}))
        assert 0 == len(typed)
        drive.runner.act("resend")
        drive.runner.cancel_call()
        view = await drive.runner.settled()
        assert (None, Reason.CANCELLED) == (view.busy, view.problem.code if view.problem else None)
        assert frozenset({"rrn", "account", "account_password"}) == drive.journey.held
        drive.services.hang.clear()
        assert "phone" == (await drive.next()).step


async def test_stopping_an_issue_leaves_its_outcome_to_be_asked(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("review")
        drive.services.hang.add("issue")
        drive.runner.next(Given())
        await drive.services.hanging.wait()
        drive.runner.cancel_call()
        view = await drive.runner.settled()
        assert Reason.OUTCOME_UNKNOWN == (view.problem.code if view.problem else None)


async def test_leaving_during_a_call_wipes_and_stops(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("identity")
        drive.services.hang.add("verify_identity")
        drive.runner.next(right_answers(drive.view))
        await drive.services.hanging.wait()
        drive.runner.leave()
        drive.runner.leave()
        assert (End.CANCELLED, frozenset()) == (drive.view.end, drive.journey.held)
    assert ["journey-1"] == drive.services.closed


async def test_a_call_that_fails_while_it_is_stopped_changes_nothing_after_the_end(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("terms")
        drive.services.hang.add("accept_terms")
        drive.services.refuse_when_stopped = True
        drive.runner.next(right_answers(drive.view))
        await drive.services.hanging.wait()
        drive.runner.leave()
    assert (End.CANCELLED, None) == (drive.view.end, drive.view.problem)
    assert 1 == len([1 for event, _ in drive.reports if event == "journey_ended"])


async def test_leaving_during_the_issue_is_an_unknown_end(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("review")
        drive.services.hang.add("issue")
        drive.runner.next(Given())
        await drive.services.hanging.wait()
        drive.runner.leave()
        assert End.UNKNOWN == drive.view.end


async def test_a_journey_put_aside_can_be_taken_up_by_a_later_run(tmp_path: Path) -> None:
    drive = Drive(FakeServices(), tmp_path)
    await drive.until("identity")
    drive.services.hang.add("verify_identity")
    drive.runner.next(right_answers(drive.view))
    await drive.services.hanging.wait()
    await drive.runner.aclose(resumable=True)
    assert (None, frozenset()) == (drive.view.end, drive.runner._session.held)
    assert [] == drive.services.closed
    assert Journal(tmp_path).interrupted() is not None


async def test_leaving_after_the_issue_is_done(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("done", 1)
        drive.runner.leave()
        assert End.DONE == drive.view.end


async def test_a_failing_goodbye_is_only_noted(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("terms")
        drive.services.fail("close_journey", Reason.UNREACHABLE)
        drive.runner.leave()
        await drive.runner.settled()
        assert ("close_failed", {"reason": "unreachable"}) in drive.reports


async def test_an_expired_session_starts_again_with_what_was_typed(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("cloud")
        await drive.next()
        drive.services.fail("confirm_cloud", Reason.SESSION_EXPIRED)
        view = await drive.next()
        assert (False, ["restart"]) == (view.can_next, [a.id for a in view.actions])
        await drive.next()
        assert "cloud" == drive.view.step
        view = await drive.act("restart")
        assert ("checklist", None) == (view.step, view.problem)
        view = await drive.until("cloud")
        field = view.field("name")
        assert field is not None
        assert "김가온" == field.value
        assert 2 == drive.services.journeys


@pytest.mark.parametrize("fault", ["not_registered", "not_good", "signature"])
async def test_a_certificate_that_does_not_work_is_said_and_can_be_checked_later(tmp_path: Path, fault: str) -> None:
    services = FakeServices()
    services.registered = fault != "not_registered"
    services.cert_status = Status.REVOKED if fault == "not_good" else Status.GOOD
    services.bad_signature = fault == "signature"
    async with driving(tmp_path, services) as drive:
        view = await drive.until("done")
        assert Problem(Reason.PROOF_FAILED, detail=fault) == view.problem
        assert ["finish"] == [a.id for a in view.actions]
        assert ["pin"] == [f.id for f in view.fields]
        assert End.DONE == (await drive.act("finish")).end


async def test_a_key_of_a_kind_we_cannot_check_is_no_proof() -> None:
    issued = Issued("epost", Kind.FINANCIAL, "1", elliptic_certificate(), (), 0.0, 0.0, "1.2", "김*온", "credential")
    services = FakeServices()
    services.certificates_issued.append(issued)
    services.credential_certificates = (issued.certificate,)
    with pytest.raises(ServiceError) as caught:
        await prove(services, "journey", issued, Secret.of(RIGHT["pin"]))
    assert "key_type" == caught.value.detail


async def test_after_a_wrong_pin_the_proof_asks_for_it_again(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("review")
        drive.services.fail("credentials_authorize", ServiceError(Reason.WRONG_PIN, field="pin", tries_left=4))
        view = await drive.next()
        field = view.field("pin")
        assert field is not None
        assert field.problem is not None
        assert ("done", 4) == (view.step, field.problem.tries_left)
        assert 1 == (await drive.next()).stage


async def test_a_fault_of_ours_is_said_and_noted_and_leaves_the_outcome_of_an_issue_open(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("terms")
        drive.services.break_down = "accept_terms"
        view = await drive.next()
        assert Reason.INTERNAL == (view.problem.code if view.problem else None)
        assert ("failure", {"error": "ZeroDivisionError"}) in drive.reports
        await drive.until("review")
        drive.services.break_down = "issue"
        view = await drive.next()
        assert Reason.OUTCOME_UNKNOWN == (view.problem.code if view.problem else None)


async def test_a_disk_that_refuses_the_journal_stops_the_call_before_it_is_made(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("terms")
        (tmp_path / "journal.new").mkdir()
        before = len(drive.services.calls)
        view = await drive.next()
        assert (Reason.STORE_READ_ONLY, before) == (
            view.problem.code if view.problem else None,
            len(drive.services.calls),
        )
        (tmp_path / "journal.new").rmdir()
        assert "identity" == (await drive.next()).step


# ── After a crash ───────────────────────────────────────────────────────────────────────────────────────────


async def crashed(folder: Path, services: FakeServices, step: str, stage: int = 0) -> None:
    """A journey that ends without any goodbye: its runner is dropped where it stands."""
    drive = Drive(services, folder)
    await drive.until(step, stage)
    running = list(drive.runner._running)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def test_an_interrupted_journey_goes_on_after_the_person_is_checked_again(tmp_path: Path) -> None:
    services = FakeServices()
    await crashed(tmp_path, services, "pin")
    async with driving(tmp_path, services) as drive:
        found = Journal(tmp_path).interrupted()
        assert found is not None
        drive.runner.resume(found)
        view = await drive.runner.settled()
        assert ("identity", True, False) == (view.step, view.resumed, view.can_back)
        assert [Progress.DONE] * 3 == [item.progress for item in view.rail[:3]]
        view = await drive.next()
        assert "pin" == view.step
        await drive.until("done", 1)
    assert (1, 1) == (services.journeys, len(services.certificates_issued))


async def test_a_code_on_its_way_before_the_crash_is_only_typed(tmp_path: Path) -> None:
    services = FakeServices()
    await crashed(tmp_path, services, "phone", 1)
    services.code_sent = CodeSent(Channel.SMS, "010-0012-****", "1588-0000", 6, None, False, 60.0, 5.0)
    async with driving(tmp_path, services) as drive:
        found = Journal(tmp_path).interrupted()
        assert found is not None
        drive.runner.resume(found)
        await drive.runner.settled()
        view = await drive.next()
        assert ("phone", 1) == (view.step, view.stage)
        assert 1 == len(keys(services, "send_code"))


async def test_an_issue_before_the_crash_is_told_and_proven(tmp_path: Path) -> None:
    services = FakeServices()
    await crashed(tmp_path, services, "done", 1)
    async with driving(tmp_path, services) as drive:
        found = Journal(tmp_path).interrupted()
        assert found is not None
        drive.runner.resume(found)
        view = await drive.runner.settled()
        assert ("done", ["pin"], ["finish"]) == (view.step, [f.id for f in view.fields], [a.id for a in view.actions])
        assert 1 == (await drive.next()).stage
        assert End.DONE == (await drive.next()).end
    assert Journal(tmp_path).interrupted() is None


async def test_a_journey_that_is_over_is_told_and_started_anew(tmp_path: Path) -> None:
    services = FakeServices()
    await crashed(tmp_path, services, "cloud")
    services.closed.append("journey-1")
    async with driving(tmp_path, services) as drive:
        found = Journal(tmp_path).interrupted()
        assert found is not None
        drive.runner.resume(found)
        view = await drive.runner.settled()
        assert Problem(Reason.JOURNEY_CLOSED) == view.problem
        assert "checklist" == (await drive.act("restart")).step


async def test_asking_what_became_of_it_can_fail_and_be_repeated(tmp_path: Path) -> None:
    services = FakeServices()
    await crashed(tmp_path, services, "cloud")
    services.done = [Check.TERMS]
    services.reprove = ()
    services.fail("journey_status", *[Reason.UNREACHABLE] * 3)
    async with driving(tmp_path, services) as drive:
        found = Journal(tmp_path).interrupted()
        assert found is not None
        drive.runner.resume(found)
        view = await drive.runner.settled()
        assert Problem(Reason.UNREACHABLE) == view.problem
        assert "identity" == (await drive.next()).step


async def test_a_call_that_ends_after_the_person_left_changes_nothing(tmp_path: Path) -> None:
    async with driving(tmp_path) as drive:
        await drive.until("terms")
        ended = drive.journey.leave()
        assert ended is ended.succeeded(object(), 1.0)
        assert ended is ended.failed(Problem(Reason.INTERNAL))
        assert ended is ended.act("restart", 1.0)
