"""Where the guides disagree (C1 to C12): one rule each, kept by data, flow, words and authority."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop.banks import load_banks, term_text
from desktop.services.api import CloudVerified, CodeSent, Issued, Kind, PhoneVerified, Renewal, Task
from desktop.shipped import shipped
from desktop.text import LANGUAGES, Text, read_table
from desktop.wizard.flow.drawing import draw
from desktop.wizard.flow.journey import Journey
from desktop.wizard.flow.plan import make_plan
from desktop.wizard.flow.view import End, Given, View
from tests.test_profiles import texts
from tests.walking import PEOPLE, Town, answers_of, town

BANKS = load_banks(shipped("banks"))
FINANCIAL, JOINT = Kind.FINANCIAL, Kind.JOINT
PLANS = [make_plan(bank, j.kind, j.task) for bank in BANKS.values() for j in bank.journeys]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, BANKS) as found:
        yield found


def korean() -> dict[str, str]:
    """Every Korean text that people can read, by where it stands; what they may type in a search is theirs."""
    found = {}
    for path in shipped("text", "ko").glob("*.toml"):
        for key, entry in read_table(path).items():
            found[key] = entry if isinstance(entry, str) else " ".join(entry)
    for bank in BANKS.values():
        found |= {place: text.ko for place, text in texts(bank, bank.id)}
        found |= {f"{bank.id}/{term.id}": term_text(shipped("terms"), bank, term, "ko") for term in bank.terms}
    found.pop("help.synonyms", None)
    return found


# ── C1: another bank's certificate ──


async def test_c1_who_has_a_certificate_elsewhere_is_asked_first_and_nothing_is_chosen_for_them(here: Town) -> None:
    person = PEOPLE["bae_deungnok"]
    async with here.begin("kb", FINANCIAL, Task.ISSUE) as walker:
        view = await walker.walk(answers_of(person, "kb"), until=lambda view: view.step == "existing")
        field = view.field("existing")
        assert field is not None
        assert (("register", "new"), "") == (field.options, field.value)
        walker.runner.next(Given())
        assert ["required"] == [f.problem.code for f in walker.runner.view.fields if f.problem]


async def test_c1_to_register_turns_the_issue_into_a_registration_and_revokes_nothing(here: Town) -> None:
    person = PEOPLE["bae_deungnok"]
    async with here.begin("kb", FINANCIAL, Task.ISSUE) as walker:
        view = await walker.walk(answers_of(person, "kb", existing="register"))
    assert (End.SWITCHED, Task.REGISTER) == (view.end, view.switch_to)
    async with here.begin("kb", FINANCIAL, Task.REGISTER) as walker:
        assert (await walker.walk(answers_of(person, "kb"))).finished
    assert [("good", "")] == here.books()


async def test_c1_a_new_one_revokes_the_other_where_the_bank_does_so_and_says_so(here: Town) -> None:
    person = PEOPLE["bae_deungnok"]
    async with here.begin("kb", FINANCIAL, Task.ISSUE) as walker:
        assert (await walker.walk(answers_of(person, "kb", existing="new"))).finished
    assert ["revoked", "good"] == [status for status, _ in here.books()]
    issue = BANKS["kb"].journey(FINANCIAL, Task.ISSUE)
    assert issue is not None
    assert issue.consequence is not None
    assert "다른 은행에서 받은 금융인증서는 폐기됩니다" in issue.consequence.ko


async def test_c1_a_new_one_leaves_the_other_alone_where_the_bank_does_not(here: Town) -> None:
    person = PEOPLE["seo_tahaeng"]
    async with here.begin("epost", FINANCIAL, Task.ISSUE) as walker:
        assert (await walker.walk(answers_of(person, "epost", existing="new"))).finished
    assert ["good", "good"] == [status for status, _ in here.books()]


def test_c1_every_issue_of_what_another_bank_may_have_issued_asks_first() -> None:
    for plan in PLANS:
        if plan.data.task is Task.ISSUE and plan.data.kind is not Kind.MOBILE:
            assert any(step.id == "existing" for step in plan.steps), plan.bank.id


# ── C2: a lost PIN or password ──


async def test_c2_a_forgotten_password_is_replaced_after_an_id_check(here: Town) -> None:
    person = PEOPLE["chu_haneul"]
    answers = answers_of(person, "kbank", take=("forgot_password",), current_password="")
    async with here.begin("kbank", JOINT, Task.REISSUE) as walker:
        assert (await walker.walk(answers)).finished
        asked = walker.pages.index("password_check")
        assert ["password_check", "document", "place"] == walker.pages[asked : asked + 3]
    assert [("revoked", "superseded"), ("good", "")] == here.books()


async def test_c2_a_lost_pin_is_never_looked_up_the_certificate_is_replaced(here: Town) -> None:
    person = PEOPLE["song_ujeong"]
    async with here.begin("epost", FINANCIAL, Task.REISSUE) as walker:
        assert (await walker.walk(answers_of(person, "epost", current_pin=""))).finished
    assert [("revoked", "superseded"), ("good", "")] == here.books()
    for bank in ("epost", "kb"):
        answer = next(faq.answer.ko for faq in BANKS[bank].faq if faq.id == "lost_pin")
        assert re.search("누구도 찾아 드릴 수 없습니다", answer)


# ── C3: renewal ──


def test_c3_each_certificate_says_how_it_is_renewed_and_is_always_reminded_of() -> None:
    ways = {bank.products[0].renewal for bank in BANKS.values()}
    assert set(Renewal) == ways
    for language in LANGUAGES:
        said = {Text(language)(f"known.state.soon_{renewal}", days=20) for renewal in Renewal}
        assert len(Renewal) == len(said)


@pytest.mark.parametrize(
    ("bank", "kind", "person", "renewal"),
    [
        ("epost", FINANCIAL, "yun_somun", Renewal.CHECK),
        ("kb", FINANCIAL, "yu_jadong", Renewal.AUTOMATIC),
        ("woori", JOINT, "jo_gaengsin", Renewal.BY_HAND),
    ],
)
async def test_c3_what_is_renewed_keeps_its_way(
    here: Town, bank: str, kind: Kind, person: str, renewal: Renewal
) -> None:
    async with here.begin(bank, kind, Task.RENEW) as walker:
        view = await walker.walk(answers_of(PEOPLE[person], bank))
    issued = view.facts.get(Issued)
    assert issued is not None
    assert renewal == issued.renewal


# ── C4, C5: codes ──


async def test_c4_the_two_digits_may_be_sent_back_or_typed(here: Town) -> None:
    person = PEOPLE["kim_uche"]
    async with here.begin("epost", FINANCIAL, Task.ISSUE) as walker:
        await walker.walk(answers_of(person, "epost"), until=lambda view: (view.step, view.stage) == ("cloud", 1))
        view = await walker.answer_phone(lambda event, view: event.code or "")
        cloud = view.facts.get(CloudVerified)
        assert cloud is not None
        assert ("pin", True) == (view.step, cloud.by_reply)
    async with here.begin("kb", FINANCIAL, Task.ISSUE) as walker:
        view = await walker.walk(answers_of(PEOPLE["kim_gukmin"], "kb"))
        cloud = view.facts.get(CloudVerified)
        assert cloud is not None
        assert not cloud.by_reply


def at_the_call(view: View) -> bool:
    return (view.step, view.stage) == ("phone", 1)


async def test_c5_the_digits_shown_are_keyed_or_the_number_heard_is_typed(here: Town) -> None:
    answers = answers_of(PEOPLE["kim_gukmin"], "kb")
    async with here.begin("kb", FINANCIAL, Task.ISSUE) as walker:
        view = await walker.walk(answers, until=at_the_call)
        sent = view.facts.get(CodeSent)
        assert sent is not None
        assert sent.shown is not None
        assert 2 == len(sent.shown)
        view = await walker.answer_phone(lambda event, view: sent.shown or "")
        assert view.facts.get(PhoneVerified) is not None
    async with here.begin("kb", FINANCIAL, Task.ISSUE) as walker:
        view = await walker.walk(answers, until=lambda view: view.step == "medium" and view.stage == 1)
        assert view.facts.get(PhoneVerified) is not None


async def test_c5_where_the_profile_has_it_typed_nothing_is_shown_to_be_keyed(here: Town) -> None:
    answers = answers_of(PEOPLE["kim_uche"], "epost", channel="ars")
    async with here.begin("epost", FINANCIAL, Task.ISSUE) as walker:
        sent = (await walker.walk(answers, until=at_the_call)).facts.get(CodeSent)
    assert sent is not None
    assert sent.shown is None


# ── C6, C7: what is asked, and in what order ──


def test_c6_kb_asks_the_union_of_its_guides_and_the_profile_leaves_out_what_is_optional() -> None:
    plan = make_plan(BANKS["kb"], FINANCIAL, Task.ISSUE)
    asked = {name for step in plan.steps for stage in step.stages for name in stage.asks}
    assert {"user_id", "rrn", "account", "account_password", "email", "phone", "card_serial"} <= asked
    serial = {bank.id: bank.policies.card_serial_digits for bank in BANKS.values()}
    assert {"epost": 8, "kb": 8, "woori": 0, "kbank": 0} == serial


async def test_c7_the_order_is_the_banks_terms_first_or_late(here: Town) -> None:
    async with here.begin("kbank", JOINT, Task.REISSUE) as walker:
        assert (await walker.walk(answers_of(PEOPLE["chu_haneul"], "kbank"))).finished
        late = walker.pages
    async with here.begin("epost", FINANCIAL, Task.ISSUE) as walker:
        assert (await walker.walk(answers_of(PEOPLE["kim_uche"], "epost"))).finished
        early = walker.pages
    assert late.index("password") < late.index("terms") < late.index("review")
    assert early.index("terms") < early.index("identity")


# ── C8, C9: advice and wording ──


def test_c8_nobody_is_told_to_reuse_a_password_or_to_write_it_down() -> None:
    unsafe = re.compile("자주 (쓰는|사용하는)|메모(해|하|장)|적어 (두세요|두면|놓)|수첩")
    assert [] == [key for key, text in korean().items() if unsafe.search(text)]
    for step in ("pin", "password", "pin.pin"):
        said = " ".join(Text("ko").items(f"step.{step}.help"))
        assert "적어 두지 말아 주세요" in said
        assert "다른 곳에서 쓰는 비밀번호는 쓰지 말아 주세요" in said


def test_c9_where_it_is_kept_is_said_by_kind() -> None:
    financial, joint, mobile = (
        " ".join(Text("ko").items(key)) for key in ("step.done.help", "step.done.joint.help", "step.delivered.help")
    )
    assert "클라우드" in financial
    assert "보관함" in joint
    assert "클라우드" not in f"{joint} {mobile}"
    assert "휴대폰 안에만" in mobile


# ── C10, C11, C12 ──


def test_c10_a_new_pin_or_password_is_typed_twice_everywhere() -> None:
    for plan in PLANS:
        asked = [name for step in plan.steps for stage in step.stages if not stage.auto for name in stage.asks]
        for secret in ("pin", "password"):
            assert asked.count(secret) == asked.count(f"{secret}_again"), (plan.bank.id, plan.data.task)


def test_c11_the_time_is_a_range_and_there_is_a_time_left() -> None:
    for plan in PLANS:
        low, high = plan.data.minutes
        assert 0 < low < high <= 10
        best, worst = draw(Journey.begin(plan), practice=True).seconds_left
        assert 0 < best < worst
    faq = next(faq.answer.ko for faq in BANKS["kbank"].faq if faq.id == "time")
    assert "서두르지 않아도 됩니다" in faq


def test_c12_the_old_name_stands_only_beside_the_new_one() -> None:
    for key, text in korean().items():
        assert text.count("공인인증서") == text.count("공동인증서(구 공인인증서)"), key
    assert {"공동인증서(구 공인인증서)"} == {BANKS[bank].product(JOINT).name.ko for bank in ("woori", "kbank")}
