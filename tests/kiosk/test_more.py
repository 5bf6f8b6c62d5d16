"""That there is more below is said as long as there is, and no longer."""

from __future__ import annotations

from desktop.kiosk.more import MoreBelow
from desktop.widgets.scroll import PageScroll
from tests.kiosk.conftest import Stand
from tests.kiosk.test_enlarged import enlarge, settle
from tests.wizard.views import VIEWS


def line_of(scroll: PageScroll) -> MoreBelow:
    (line,) = scroll.findChildren(MoreBelow)
    return line


def test_it_leads_to_the_end_of_a_page_and_goes_there(identity: Stand) -> None:
    identity.draw(VIEWS["identity"])
    enlarge(identity, 2.0)
    frame = identity.window.frame
    assert frame is not None
    scroll = frame.page_scroll
    assert scroll is not None
    line, bar = line_of(scroll), scroll.verticalScrollBar()
    bar.setValue(0)
    settle()
    before = scroll.viewport().height()
    assert line.isVisible()
    for _ in range(20):
        if not line.isVisible():
            break
        line.click()
        settle()
    assert (False, bar.maximum()) == (line.isVisible(), bar.value())
    assert before < scroll.viewport().height()
    bar.setValue(0)
    settle()
    assert line.isVisible()


def test_it_does_not_stay_on_a_sheet_that_has_room(identity: Stand) -> None:
    """Lower for a moment, as while it is laid out, it takes its height from the sheet."""
    enlarge(identity, 2.0)
    identity.window.tiles.tiles["menu"].click()
    settle()
    sheet = identity.window.sheet
    assert sheet is not None
    line, holder = line_of(sheet.holder), sheet.holder
    height = holder.height()
    holder.setFixedHeight(height - 200)
    line.fit()
    assert line.isVisible()
    holder.setFixedHeight(height)
    settle()
    assert not line.isVisible()
    assert 0 == holder.verticalScrollBar().maximum()
