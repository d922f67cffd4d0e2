"""The service and an extract that went wrong since last week."""

import pytest

from tests.app.wrong_weeks import HELD_BY, SETTINGS, WRONG, sound
from tests.world.council import ADMINS
from tests.world.mail_server import MailServer
from tests.world.office import NORTH, SOUTH
from tests.world.service import Service, text_of


@pytest.mark.parametrize("fault", list(WRONG))
def test_a_week_that_went_wrong_is_held_and_a_sound_one_goes_on(
    service: Service, post_office: MailServer, fault: str
) -> None:
    """
    Only the admins are written to, with each gate's setting; within the hour after a sound one, the run goes.
    """
    service.council.configure(**SETTINGS)
    service.council.directory(NORTH, SOUTH)
    service.council.extract(sound())
    service.tick_at("Mon 2026-11-23 07:00")
    service.tick_at("Mon 2026-11-23 08:00")
    post_office.arrived.clear()
    service.council.extract(WRONG[fault](sound()))
    service.tick_at("Mon 2026-11-30 08:00")
    assert post_office.tally() == {ADMINS: 1}
    said = text_of(post_office, ADMINS)
    assert [setting for setting in HELD_BY[fault] if setting not in said] == []
    service.council.extract(sound(1))
    service.tick_at("Mon 2026-11-30 09:01")
    assert [each["state"] for each in service.events("run_ended")] == ["done", "held", "done"]
