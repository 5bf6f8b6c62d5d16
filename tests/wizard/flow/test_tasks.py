"""Reissue, renew, change, register, hand-off: the branches that an issue alone does not walk."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.password_rules import RULES, broken_password_rules
from desktop.secret import Secret
from desktop.services.api import (
    Change,
    Changed,
    Check,
    HandOff,
    Holdings,
    Issued,
    Kind,
    PasswordVerified,
    Reason,
    ServiceError,
    Status,
    Task,
)
from desktop.wizard.flow.confirm import confirm
from desktop.wizard.flow.journal import Journal
from desktop.wizard.flow.plan import Plan
from desktop.wizard.flow.steps import Confirmed, Proof
from desktop.wizard.flow.view import End, Given, Problem, View
from tests.fakes import PC, RIGHT, USB, FakeServices, holding, plan_of, right_answers
from tests.wizard.flow.driving import Drive, driving

REVOKE = "checklist identity certificate confirm changed"
JOINT = "checklist identity type place password review done"


def revoking() -> Plan:
    return plan_of(REVOKE, task=Task.REVOKE)


def services(*certificates: str, task: Task = Task.REVOKE, kind: Kind = Kind.FINANCIAL) -> FakeServices:
    fake = FakeServices()
    fake.task = task
    fake.certificates = tuple(holding(name, task, kind=kind) for name in certificates)
    return fake


async def walk(drive: Drive) -> list[str]:
    """Every page to the end, without a mistake."""
    seen: list[str] = []
    while drive.view.end is None:
        if not seen or seen[-1] != drive.view.step:
            seen.append(drive.view.step)
        await drive.next()
        if drive.view.problem:
            raise AssertionError(drive.view.problem)
    return seen


async def test_the_only_certificate_that_can_be_meant_is_no_question(tmp_path: Path) -> None:
    async with driving(tmp_path, services("one"), revoking()) as drive:
        assert ["checklist", "identity", "confirm", "changed"] == await walk(drive)
        assert ["one"] == [change.credential_id for change in drive.services.changes]
        confirmed = drive.view.facts.get(Confirmed)
        assert confirmed is not None
        assert Status.REVOKED == confirmed.status


async def test_of_several_certificates_one_is_chosen(tmp_path: Path) -> None:
    async with driving(tmp_path, services("one", "two"), revoking()) as drive:
        view = await drive.until("certificate", 1)
        field = view.field("certificate")
        assert field is not None
        assert (("one", "two"), "") == (field.options, field.value)
        drive.runner.next(Given())
        assert "required" == (drive.view.fields[0].problem or Problem("")).code
        await drive.next(certificate="two")
        assert "confirm" == drive.view.step
        drive.runner.back()
        assert "certificate" == drive.view.step
        await walk(drive)
        assert "two" == drive.services.changes[0].credential_id


async def test_a_page_that_asked_nothing_is_passed_on_the_way_back(tmp_path: Path) -> None:
    async with driving(tmp_path, services("one"), revoking()) as drive:
        await drive.until("confirm")
        drive.runner.back()
        assert "identity" == drive.view.step


async def test_without_a_certificate_for_the_task_that_is_said(tmp_path: Path) -> None:
    fake = services("one", task=Task.RENEW)
    async with driving(tmp_path, fake, revoking()) as drive:
        await drive.until("identity")
        view = await drive.next()
        assert ("certificate", Problem(Reason.NO_CERTIFICATE)) == (view.step, view.problem)


async def test_after_a_change_there_is_no_way_back_and_leaving_is_done(tmp_path: Path) -> None:
    async with driving(tmp_path, services("one"), revoking()) as drive:
        view = await drive.until("changed", 1)
        assert Changed in view.facts
        assert not view.can_back
        drive.runner.leave()
        assert End.DONE == drive.view.end


async def test_a_change_in_doubt_is_asked_again_under_its_key(tmp_path: Path) -> None:
    async with driving(tmp_path, services("one"), revoking()) as drive:
        view = await drive.until("confirm")
        assert view.irreversible
        drive.services.fail("change", *[Reason.TIMED_OUT] * 3)
        view = await drive.next()
        assert Problem(Reason.OUTCOME_UNKNOWN) == view.problem
        await drive.next()
        assert 1 == len({key for name, key in drive.services.calls if name == "change"})


async def test_a_change_before_a_crash_is_told(tmp_path: Path) -> None:
    fake = services("one")
    async with driving(tmp_path, fake, revoking()) as drive:
        await drive.until("changed", 1)
        await drive.runner.aclose(resumable=True)
    found = Journal(tmp_path).interrupted()
    assert found is not None
    async with driving(tmp_path, fake, revoking()) as drive:
        drive.runner.resume(found)
        view = await drive.runner.settled()
        assert ("changed", 1) == (view.step, view.stage)
        assert Confirmed in view.facts


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        ("malformed", "ocsp"),
        ("garbage", "ocsp_signature"),
        ("other", "ocsp_other"),
        ("unknown", "ocsp_unknown"),
        ("forged", "ocsp_signature"),
        ("not_delegated", "ocsp_signature"),
    ],
)
async def test_an_answer_of_the_ca_that_cannot_be_trusted_confirms_nothing(
    tmp_path: Path, fault: str, detail: str
) -> None:
    fake = services("one")
    fake.ocsp_fault = fault
    async with driving(tmp_path, fake, revoking()) as drive:
        view = await drive.until("changed")
        assert Problem(Reason.PROOF_FAILED, detail=detail) == view.problem
        assert ["finish"] == [action.id for action in view.actions]
        assert End.DONE == (await drive.act("finish")).end


async def test_a_status_other_than_the_change_is_said(tmp_path: Path) -> None:
    fake = services("one")
    fake.ocsp_status = Status.GOOD
    async with driving(tmp_path, fake, revoking()) as drive:
        view = await drive.until("changed")
        assert Problem(Reason.PROOF_FAILED, detail="status") == view.problem


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.GOOD, Status.EXPIRED])
async def test_the_ca_confirms_each_kind_of_change(tmp_path: Path, status: Status) -> None:
    fake = services("one")
    fake.changed_status = status
    fake.ocsp_status = Status.GOOD if status is Status.EXPIRED else status
    fake.ocsp_fault = "delegated"
    async with driving(tmp_path, fake, revoking()) as drive:
        assert Confirmed in (await drive.until("changed", 1)).facts


async def test_a_key_of_a_kind_we_cannot_check_confirms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = services("one")
    changed = await fake.change("j", Change("one"), key="k")
    monkeypatch.setattr("desktop.wizard.flow.confirm.rsa.RSAPublicKey", type(None))
    with pytest.raises(ServiceError) as caught:
        await confirm(fake, changed)
    assert "ocsp_signature" == caught.value.detail


async def test_an_answer_without_a_hash_confirms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.x509 import ocsp

    class Hashless:
        """An OCSP answer that hides which hash its signature is over."""

        signature_hash_algorithm = None

        def __init__(self, real: ocsp.OCSPResponse) -> None:
            self._real = real

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

    load = ocsp.load_der_ocsp_response
    monkeypatch.setattr("desktop.wizard.flow.confirm.ocsp.load_der_ocsp_response", lambda der: Hashless(load(der)))
    fake = services("one")
    with pytest.raises(ServiceError) as caught:
        await confirm(fake, await fake.change("j", Change("one"), key="k"))
    assert "ocsp_signature" == caught.value.detail


# ── Another bank's certificate (C1) ─────────────────────────────────────────────────────────────────────────


async def test_where_another_banks_certificate_exists_one_is_asked_first_and_nothing_is_preselected(
    tmp_path: Path,
) -> None:
    fake = FakeServices()
    fake.elsewhere = (holding("far", Task.REGISTER, bank="other"),)
    plan = plan_of("checklist identity existing pin review done")
    async with driving(tmp_path, fake, plan) as drive:
        view = await drive.until("existing", 1)
        assert ("", ("register", "new")) == (view.fields[0].value, view.fields[0].options)
        drive.runner.next(Given())
        assert "existing" == drive.view.step
        await drive.next(existing="register")
        assert (End.SWITCHED, Task.REGISTER) == (drive.view.end, drive.view.switch_to)
        assert frozenset() == drive.journey.held


async def test_a_new_one_in_spite_of_it_says_so_to_the_bank(tmp_path: Path) -> None:
    fake = FakeServices()
    fake.elsewhere = (holding("far", Task.REGISTER, bank="other"),)
    async with driving(tmp_path, fake, plan_of("checklist identity existing pin review done")) as drive:
        assert "existing" in await walk(drive)
        assert [True] == [request.replace_elsewhere for request in fake.issues]


async def test_without_one_nobody_is_asked(tmp_path: Path) -> None:
    async with driving(tmp_path, FakeServices(), plan_of("checklist identity existing pin review done")) as drive:
        assert "existing" not in await walk(drive)
        assert [False] == [request.replace_elsewhere for request in drive.services.issues]
        assert Holdings in drive.view.facts


async def test_registering_proves_possession_with_the_pin(tmp_path: Path) -> None:
    fake = FakeServices()
    fake.elsewhere = (holding("far", Task.REGISTER, bank="other"),)
    fake.changed_status = fake.ocsp_status = Status.GOOD
    plan = plan_of("checklist identity certificate pin confirm changed", task=Task.REGISTER, pin=("current_pin",))
    async with driving(tmp_path, fake, plan) as drive:
        await drive.until("confirm")
        fake.fail("change", ServiceError(Reason.WRONG_PIN, field="current_pin", tries_left=4))
        view = await drive.next()
        assert ("pin", 4) == (view.step, (view.fields[0].problem or Problem("")).tries_left)
        await walk(drive)
        assert ["far"] == [change.credential_id for change in fake.changes]


async def test_a_pin_is_changed_with_the_old_one(tmp_path: Path) -> None:
    fake = services("one", task=Task.PIN)
    fake.changed_status = fake.ocsp_status = Status.GOOD
    asks = ("current_pin", "pin", "pin_again")
    plan = plan_of("checklist identity certificate pin confirm changed", task=Task.PIN, pin=asks)
    async with driving(tmp_path, fake, plan) as drive:
        await walk(drive)
        assert fake.changes[0].pin is not None


# ── Joint certificates ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_joint_certificate_is_issued_with_a_password_and_a_usage(tmp_path: Path) -> None:
    async with driving(tmp_path, FakeServices(), plan_of(JOINT, kind=Kind.JOINT)) as drive:
        view = await drive.until("type")
        assert ("bank", ("bank", "general")) == (view.fields[0].value, view.fields[0].options)
        await drive.next(usage="general")
        await walk(drive)
        assert Proof in drive.view.facts
        assert ["general"] == [request.usage for request in drive.services.enrols]


async def test_a_bad_password_says_which_rule_it_breaks(tmp_path: Path) -> None:
    async with driving(tmp_path, FakeServices(), plan_of(JOINT, kind=Kind.JOINT)) as drive:
        await drive.until("password")
        for password, rule in BROKEN.items():
            view = await drive.next(password=password, password_again=password)
            assert rule == (view.fields[0].problem or Problem("")).code, password
        view = await drive.next(password_again="new+Word=92")
        assert "password_mismatch" == (view.fields[1].problem or Problem("")).code


BROKEN = {
    "a+1": "password_length",
    "a" + "+1bXz" * 12: "password_length",
    "new'Word=91": "password_forbidden",
    "new한Word=91": "password_forbidden",
    "94+03=7261": "password_letters",
    "new+Word=ok": "password_digits",
    "newWord9173": "password_marks",
    "neww+Wwword=91": "password_repeated",
    "nabc+Word=91": "password_sequence",
    "ncba+Word=91": "password_sequence",
    "nwcb+Word=123": "password_sequence",
}


def test_every_password_rule_is_told_and_a_good_one_breaks_none() -> None:
    assert () == broken_password_rules(memoryview(b"new+Word=91"))
    assert set(RULES) == set(BROKEN.values())
    assert ("password_length", "password_digits", "password_marks") == broken_password_rules(memoryview(b"wqx"))
    assert () == broken_password_rules(memoryview(b"wqm+()*73kpx")), "marks make no sequence"


async def at_review(drive: Drive) -> View:
    return await drive.until("review")


async def test_the_key_is_kept_where_the_person_says(tmp_path: Path) -> None:
    async with driving(tmp_path, FakeServices(), plan_of(JOINT, kind=Kind.JOINT)) as drive:
        view = await drive.until("place", 1)
        assert ("pc", ("pc", "usb:1", "token:1")) == (view.fields[0].value, view.fields[0].options)
        await drive.next(place="usb:1")
        await walk(drive)
        assert {"usb:1": RIGHT["password"]} == drive.services.wallet.kept
        issued = drive.view.facts.get(Issued)
        assert issued is not None
        assert USB == issued.kept_at


async def test_a_token_asks_its_own_pin_instead_of_a_password(tmp_path: Path) -> None:
    async with driving(tmp_path, FakeServices(), plan_of(JOINT, kind=Kind.JOINT)) as drive:
        await drive.until("place", 1)
        view = await drive.next(place="token:1")
        assert ["token_pin"] == [field.id for field in view.fields]
        await drive.next(token_pin="000000")
        view = await drive.next()
        assert ("password", "token_pin") == (view.step, (view.problem or Problem("")).field)
        await walk(drive)
        assert Proof in drive.view.facts


async def test_a_stick_pulled_out_is_said_and_another_place_can_be_chosen(tmp_path: Path) -> None:
    async with driving(tmp_path, FakeServices(), plan_of(JOINT, kind=Kind.JOINT)) as drive:
        await drive.until("place", 1)
        await drive.next(place="usb:1")
        await at_review(drive)
        drive.services.wallet.at = (PC,)
        view = await drive.next()
        assert ("place", Reason.MEDIUM_GONE) == (view.step, (view.problem or Problem("")).code)
        assert () == tuple(drive.services.certificates_issued)
        view = await drive.next()
        assert ("pc",) == view.fields[0].options
        await walk(drive)
        assert Proof in drive.view.facts


async def test_what_was_plugged_in_meanwhile_is_found(tmp_path: Path) -> None:
    fake = FakeServices()
    fake.wallet.at = (PC,)
    async with driving(tmp_path, fake, plan_of(JOINT, kind=Kind.JOINT)) as drive:
        await drive.until("place", 1)
        fake.wallet.at = (PC, USB)
        view = await drive.act("look_again")
        assert ("place", ("pc", "usb:1")) == (view.step, view.fields[0].options)


async def test_an_enrolment_whose_answer_is_lost_is_found_out_and_not_done_twice(tmp_path: Path) -> None:
    async with driving(tmp_path, FakeServices(), plan_of(JOINT, kind=Kind.JOINT)) as drive:
        await at_review(drive)
        drive.services.lose_reply("pkix")
        await walk(drive)
        assert 1 == len(drive.services.certificates_issued) == len(drive.services.enrols)


async def test_a_ca_that_confirms_without_a_certificate_is_not_believed(tmp_path: Path) -> None:
    fake = FakeServices()
    async with driving(tmp_path, fake, plan_of(JOINT, kind=Kind.JOINT)) as drive:
        await at_review(drive)
        fake.forgetful = True
        view = await drive.next()
        assert Reason.ENROLMENT_BROKEN == (view.problem or Problem("")).code


async def test_another_certificate_under_the_same_number_proves_nothing(tmp_path: Path) -> None:
    fake = FakeServices()
    async with driving(tmp_path, fake, plan_of(JOINT, kind=Kind.JOINT)) as drive:
        await at_review(drive)
        fake.wallet.other = True
        view = await drive.next()
        assert Reason.PROOF_FAILED == (view.problem or Problem("")).code


async def test_a_proof_without_the_stick_says_so_and_waits(tmp_path: Path) -> None:
    fake = FakeServices()
    async with driving(tmp_path, fake, plan_of(JOINT, kind=Kind.JOINT)) as drive:
        await at_review(drive)
        fake.fail("sign", Reason.CERTIFICATE_NOT_HERE)
        view = await drive.next()
        assert ("done", Reason.CERTIFICATE_NOT_HERE) == (view.step, (view.problem or Problem("")).code)
        await drive.next()
        assert Proof in drive.view.facts


KBANK = "checklist identity certificate password_check document terms place password review done"


def kbank() -> Plan:
    asks = {"identity": ("rrn", "phone")}
    return plan_of(KBANK, kind=Kind.JOINT, task=Task.REISSUE, when={"document": "forgot_password"}, **asks)


async def test_who_knows_the_password_shows_no_document(tmp_path: Path) -> None:
    async with driving(tmp_path, services("one", task=Task.REISSUE, kind=Kind.JOINT), kbank()) as drive:
        assert "document" not in [item.step for item in drive.view.rail]
        await drive.until("password_check")
        view = await drive.next(current_password="another-Word-48")
        assert (Reason.WRONG_PASSWORD, ["forgot_password"]) == (
            (view.problem or Problem("")).code,
            [action.id for action in view.actions],
        )
        assert "document" not in await walk(drive)
        assert PasswordVerified in drive.view.facts


async def test_who_forgot_it_shows_a_document_instead_and_may_still_remember(tmp_path: Path) -> None:
    async with driving(tmp_path, services("one", task=Task.REISSUE, kind=Kind.JOINT), kbank()) as drive:
        await drive.until("password_check")
        view = await drive.act("forgot_password")
        assert "document" == view.step
        assert "document" in [item.step for item in view.rail]
        drive.runner.back()
        assert "password_check" == drive.view.step
        await drive.act("forgot_password")
        drive.runner.choose("document", "resident")
        assert ["document", "document_date"] == [field.id for field in drive.view.fields]
        drive.runner.choose("document", "driver")
        drive.runner.choose("shoe_size", "44")
        assert ["document", "document_number", "document_date"] == [field.id for field in drive.view.fields]
        assert {"terms", "password", "review", "done"} <= set(await walk(drive))


async def test_the_phone_given_for_the_identity_is_not_a_secret_field(tmp_path: Path) -> None:
    async with driving(tmp_path, services("one", task=Task.REISSUE, kind=Kind.JOINT), kbank()) as drive:
        await drive.until("identity")
        view = await drive.next(phone="010-0000-9999")
        assert Reason.IDENTITY_MISMATCH == (view.problem or Problem("")).code


async def test_after_a_loss_a_document_is_asked_as_well(tmp_path: Path) -> None:
    plan = plan_of(
        "checklist identity document place password review done",
        kind=Kind.JOINT,
        task=Task.REISSUE,
        when={"document": "hardened"},
    )
    hardened = FakeServices()
    hardened.extra = (Check.DOCUMENT,)
    async with driving(tmp_path / "hardened", hardened, plan) as drive:
        (tmp_path / "hardened").mkdir()
        assert "document" in await walk(drive)
    async with driving(tmp_path, FakeServices(), plan) as drive:
        assert "document" not in await walk(drive)


async def test_account_and_contact_are_confirmed_and_shown_masked(tmp_path: Path) -> None:
    plan = plan_of("checklist identity account pin review done", identity=("user_id", "rrn"))
    async with driving(tmp_path, FakeServices(), plan) as drive:
        view = await drive.until("account")
        view = await drive.next(email="gaon@example")
        assert "email_form" == (next(f for f in view.fields if f.id == "email").problem or Problem("")).code
        view = await drive.until("review")
        shown = {row.field: row.text for row in view.rows}
        assert ("ga**@example.kr", "010-0012-****") == (shown["email"], shown["phone"])


# ── Devices, and certificates on the phone ──────────────────────────────────────────────────────────────────


async def test_devices_are_limited_to_the_chosen_ones_or_to_none(tmp_path: Path) -> None:
    fake = services("one", task=Task.DEVICES)
    fake.changed_status = fake.ocsp_status = Status.GOOD
    plan = plan_of("checklist identity certificate devices confirm changed", task=Task.DEVICES)
    async with driving(tmp_path, fake, plan) as drive:
        view = await drive.until("devices", 1)
        assert ["limit"] == [field.id for field in view.fields]
        drive.runner.choose("limit", "chosen")
        assert ("a", "b") == drive.view.fields[1].options
        view = await drive.next()
        drive.runner.go_to("devices")
        await walk(drive)
        assert [("a",)] == [change.devices for change in fake.changes]


async def test_all_devices_again(tmp_path: Path) -> None:
    fake = services("one", task=Task.DEVICES)
    fake.changed_status = fake.ocsp_status = Status.GOOD
    plan = plan_of("checklist identity certificate devices confirm changed", task=Task.DEVICES)
    async with driving(tmp_path, fake, plan) as drive:
        await drive.until("devices", 1)
        await drive.next(limit="all")
        await walk(drive)
        assert [None] == [change.devices for change in fake.changes]


MOBILE = "checklist identity document handoff delivered"


async def test_a_mobile_certificate_is_finished_on_the_phone(tmp_path: Path) -> None:
    async with driving(tmp_path, FakeServices(), plan_of(MOBILE, kind=Kind.MOBILE)) as drive:
        view = await drive.until("handoff", 1)
        assert (HandOff in view.facts, view.can_back) == (True, False)
        view = await drive.next()
        assert Problem(Reason.HANDOFF_WAITING) == view.problem
        drive.services.replies.put_nowait(await issued())
        await drive.when(lambda: drive.view.step == "delivered")
        assert End.DONE == (await drive.next()).end


async def test_asked_by_hand_the_phone_is_found_done_as_well(tmp_path: Path) -> None:
    async with driving(tmp_path, FakeServices(), plan_of(MOBILE, kind=Kind.MOBILE)) as drive:
        await drive.until("handoff", 1)
        fake = drive.services
        fake.at_hand = await issued()
        assert "delivered" == (await drive.next()).step


async def test_a_handoff_that_expired_is_made_anew(tmp_path: Path) -> None:
    async with driving(tmp_path, FakeServices(), plan_of(MOBILE, kind=Kind.MOBILE)) as drive:
        view = await drive.until("handoff", 1)
        assert ["new_handoff"] == [action.id for action in view.actions]
        drive.services.replies.put_nowait(ServiceError(Reason.HANDOFF_EXPIRED))
        await drive.when(lambda: bool(drive.reports))
        drive.services.fail_reply(Reason.HANDOFF_EXPIRED)
        view = await drive.next()
        assert (0, Reason.HANDOFF_EXPIRED) == (view.stage, (view.problem or Problem("")).code)
        assert 1 == (await drive.next()).stage


async def issued() -> Issued:
    from desktop.services.api import Issue

    return await FakeServices().issue("phone", Issue(pin=Secret.of(RIGHT["pin"])), key="phone")


async def test_nothing_can_be_chosen_while_a_call_is_under_way_or_once_all_is_proven(tmp_path: Path) -> None:
    async with driving(tmp_path, services("one", task=Task.REISSUE, kind=Kind.JOINT), kbank()) as drive:
        await drive.until("review")
        before = drive.journey
        drive.runner.choose("document", "driver")
        assert before.answers == drive.journey.answers
        assert right_answers(drive.view) == Given()
