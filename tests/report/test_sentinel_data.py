"""Files beside the modules, and ids that last."""

from uuid import UUID

from sfharden.report.sentinel_data import lasting_id, sentinel_file


def test_an_id_lasts_and_no_two_names_have_one() -> None:
    assert lasting_id("rule a") == lasting_id("rule a") != lasting_id("rule b")
    assert UUID(lasting_id("rule a")).version == 5


def test_the_watchlist_is_called_as_it_is_to_be() -> None:
    assert "_GetWatchlist('SfhardenRanges')" in sentinel_file("outside.kql")
    assert "_GetWatchlist('Mine')" in sentinel_file("outside.kql", "Mine")
