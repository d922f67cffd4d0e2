"""Assessment types and their presets."""

from datetime import date

import pytest

from alerter.config.clocks import PRESETS
from alerter.domain.policy import Clock
from tests.config.small_file import Faults, Load

CORE = "assessments.core.working_days"


@pytest.mark.parametrize(
    ("preset", "working_days", "alert_after", "starts_from", "target"),
    [
        ("england-core", 35, 25, "started_on", 81),
        ("england-initial", 10, 7, "referred_on", None),
        ("england-single", 45, 35, "referred_on", None),
        ("wales", 42, 30, "referred_on", None),
        ("ni-initial", 10, 7, "referred_on", None),
        ("icpc", 15, 10, "started_on", None),
    ],
)
def test_a_preset_alone_is_a_whole_clock(
    load: Load, preset: str, working_days: int, alert_after: int, starts_from: str, target: float | None
) -> None:
    """The limits of the nations' guidance, each with an alert day before it."""
    loaded = load({CORE: None, "assessments.family_work.preset": f'"{preset}"'})
    assert loaded.clocks() == {
        "family_work": Clock(
            type="family_work",
            label="Family work",
            working_days=working_days,
            alert_after=alert_after,
            starts_from=starts_from,
            target_percent=target,
            checkpoints=(10, 25, 35) if preset == "england-single" else (),
        )
    }


def test_every_preset_is_in_the_table_above() -> None:
    """A new preset is added there too."""
    assert set(PRESETS) == {
        "england-core",
        "england-initial",
        "england-single",
        "wales",
        "ni-initial",
        "icpc",
    }


def test_a_preset_is_overridden_key_by_key(load: Load) -> None:
    """What the table says wins; the rest stays the preset's."""
    loaded = load({CORE: None, "assessments.single": '{ preset = "england-single", alert_after = 40 }'})
    single = loaded.assessments["single"]
    assert (single.alert_after, single.working_days, single.checkpoints) == (40, 45, (10, 25, 35))


def test_without_a_preset_the_numbers_are_the_core_assessments(load: Load) -> None:
    """35 and 25, from the start."""
    assert load({CORE: None, "assessments.core": "{}"}).clocks()["core"] == Clock(
        type="core", label="Core", working_days=35, alert_after=25
    )


@pytest.mark.parametrize("alert_after", ["35", "36"])
def test_an_alert_day_at_or_after_the_limit_is_a_fault(faults: Faults, alert_after: str) -> None:
    """An alert on the last day warns nobody."""
    assert faults({"assessments.core.alert_after": alert_after}) == (
        f"assessments.core.alert_after: is {alert_after}, but must be less than working_days, which is 35.",
    )


def test_a_short_limit_needs_its_own_alert_day(faults: Faults) -> None:
    """The default of 25 is held against the limit like a written one."""
    (fault,) = faults({CORE: "10"})
    assert fault.startswith("assessments.core.alert_after: is 25, but must be less than working_days")


@pytest.mark.parametrize("checkpoints", ["[0, 5]", "[20, 10]", "[10, 10]", "[10, 35]"])
def test_checkpoints_rise_and_end_before_the_limit(faults: Faults, checkpoints: str) -> None:
    """Each is a working day of its own."""
    (fault,) = faults({"assessments.core.checkpoints": checkpoints})
    assert fault.startswith("assessments.core.checkpoints: must ")


@pytest.mark.parametrize(
    "changes",
    [
        {"assessments.CORE.working_days": "35"},
        {"assessments.other.label": '"core"'},
        {"assessments.other.label": '"Core"', "assessments.core.label": '"Something"'},
        {"assessments.other.label": '"Full  Check"', "assessments.core.label": '"full check"'},
    ],
)
def test_two_types_must_not_go_by_one_name(faults: Faults, changes: dict[str, str]) -> None:
    """An extract's `type` column holds a key or a label, in any case."""
    (fault,) = faults(changes)
    assert fault.startswith('assessments: "')
    assert "names two types" in fault


def test_a_label_may_repeat_its_own_key(load: Load) -> None:
    """That names one type twice, which confuses nobody."""
    assert load({"assessments.core.label": '"CORE"'}).clocks()["core"].label == "CORE"


@pytest.mark.parametrize("key", ['" "', '"a\\tb"'])
def test_a_key_is_a_word(faults: Faults, key: str) -> None:
    """It is shown to people."""
    (fault,) = faults({f"assessments.{key}.label": '"Another"'})
    assert fault.startswith("assessments.")
    assert "must not" in fault


def test_what_started_before_a_rule_keeps_the_earlier_one(load: Load) -> None:
    """The date of the newer rule's own clock decides."""
    loaded = load(
        {
            CORE: None,
            "assessments.single": '{ preset = "england-single", effective_from = 2026-04-01, '
            'earlier = { preset = "england-core" } }',
        }
    )
    clock = loaded.clocks()["single"]
    before, on = date(2026, 3, 31), date(2026, 4, 1)
    assert clock.in_force(started_on=on, referred_on=before).working_days == 35
    assert clock.in_force(started_on=None, referred_on=on).working_days == 45
    assert clock.in_force(started_on=before, referred_on=None).starts_from == "started_on"


@pytest.mark.parametrize("table", ["{ effective_from = 2026-04-01 }", "{ earlier = { working_days = 30 } }"])
def test_an_earlier_rule_and_its_date_go_together(faults: Faults, table: str) -> None:
    """One without the other would judge nothing by it, or not know what."""
    (fault,) = faults({CORE: None, "assessments.single": table})
    assert fault.startswith("assessments.single.earlier: and effective_from go together")


def test_a_report_may_count_from_the_other_date_too(load: Load, faults: Faults) -> None:
    """Never from the one that the clock starts from, be it the preset's."""
    loaded = load(
        {CORE: None, "assessments.single": '{ preset = "england-single", also_from = "started_on" }'}
    )
    assert loaded.clocks()["single"].also_from == "started_on"
    (fault,) = faults({"assessments.core.also_from": '"started_on"'})
    assert fault.startswith(
        'assessments.core.also_from: is "started_on", which the clock starts from already'
    )
