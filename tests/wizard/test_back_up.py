"""After a joint certificate came, the last page leads to a second copy of it: after an issue and after a renewal."""

from __future__ import annotations

import pytest

from desktop.services.api import Kind, Task
from desktop.widgets.button import Button
from desktop.wizard.offers import Offer
from tests.wizard.office import Office, Visit


@pytest.mark.parametrize(("bank", "task"), [("woori", Task.ISSUE), ("woori", Task.RENEW), ("kbank", Task.REISSUE)])
def test_the_last_page_leads_to_a_second_copy(office: Office, bank: str, task: Task) -> None:
    async def work(visit: Visit) -> None:
        await visit.walk_to("done", stage=1)
        home = visit.front.window.home
        assert visit.frame.page is not None
        links = visit.frame.page.findChildren(Button)  # laid out already; no event may be processed within a task
        next(link for link in links if link.plain_text() == "다른 곳에도 복사해 두기").click()
        await visit.counter.until(lambda: home.place in {"files", "file_job"})
        assert visit.counter.runner is None

    office.run(work, Offer(bank, Kind.JOINT, task))
