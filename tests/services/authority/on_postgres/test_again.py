"""What keeps counters, keys and the trail right, asked of PostgreSQL too."""

from __future__ import annotations

from tests.services.authority.test_audit import (
    test_a_whole_journey_leaves_one_row_a_call,
    test_refusals_are_on_record_with_their_reason_and_retries_are_not,
    test_rows_are_neither_changed_nor_deleted,
    test_tampering_breaks_the_chain,
)
from tests.services.authority.test_changing_at_once import (
    test_ten_revocations_at_once_revoke_once,
    test_ten_wrong_current_pins_at_once_gain_no_try,
    test_two_reissues_at_once_leave_one_good_certificate,
)
from tests.services.authority.test_idempotency import (
    test_a_crash_between_counting_and_checking_costs_one_try_and_no_more,
    test_a_crash_during_the_issue_leaves_one_certificate_for_the_key,
    test_a_key_in_use_is_in_flight,
    test_another_request_under_the_same_key_is_refused,
    test_kill_9_between_counting_and_checking_costs_exactly_one_try,
    test_ten_card_and_token_answers_at_once_gain_none,
    test_ten_issues_at_once_make_one_certificate,
    test_ten_tries_at_once_gain_none,
    test_the_same_call_again_gets_the_same_answer_and_does_nothing,
    test_tries_that_crashed_before_they_were_checked_lock_as_well,
    test_troubles_of_the_machine_are_not_an_outcome,
)
from tests.services.postgres import NEEDED

__all__ = [
    "test_a_crash_between_counting_and_checking_costs_one_try_and_no_more",
    "test_a_crash_during_the_issue_leaves_one_certificate_for_the_key",
    "test_a_key_in_use_is_in_flight",
    "test_a_whole_journey_leaves_one_row_a_call",
    "test_another_request_under_the_same_key_is_refused",
    "test_kill_9_between_counting_and_checking_costs_exactly_one_try",
    "test_refusals_are_on_record_with_their_reason_and_retries_are_not",
    "test_rows_are_neither_changed_nor_deleted",
    "test_tampering_breaks_the_chain",
    "test_ten_card_and_token_answers_at_once_gain_none",
    "test_ten_issues_at_once_make_one_certificate",
    "test_ten_revocations_at_once_revoke_once",
    "test_ten_tries_at_once_gain_none",
    "test_ten_wrong_current_pins_at_once_gain_no_try",
    "test_the_same_call_again_gets_the_same_answer_and_does_nothing",
    "test_tries_that_crashed_before_they_were_checked_lock_as_well",
    "test_troubles_of_the_machine_are_not_an_outcome",
    "test_two_reissues_at_once_leave_one_good_certificate",
]
pytestmark = NEEDED
