"""The mornings of the burst, against what can be worked out by hand."""

from bench.burst import Provider, morning

TEN_A_MINUTE = 10.0


def test_each_mailbox_has_its_own_pace() -> None:
    """Of two digests and of one, on one core: ready after 60 and 90 seconds, and six seconds between two."""
    own = Provider("own", TEN_A_MINUTE, is_shared=False)
    assert morning(own, [2, 1], 60, cores=1) == [60, 66, 90]


def test_one_mailbox_for_all_is_waited_for() -> None:
    """On two cores the smaller is ready first; the larger's follow as soon as they may."""
    shared = Provider("shared", TEN_A_MINUTE, is_shared=True)
    assert morning(shared, [2, 1], 60, cores=2) == [30, 60, 66]
    assert morning(shared, [1, 1, 1], 1, cores=3) == [1, 7, 13]
