"""The page of coverage: each id with its answer, and no line wider than the terminal."""

from sfharden.checks.baselines import baselines
from sfharden.report.controls_coverage import render_coverage


def test_every_id_is_on_the_page_with_its_answer() -> None:
    for baseline in baselines():
        page = render_coverage(baseline, 80)
        flat = " ".join(page.split())
        for entry in baseline.entries:
            assert entry.id in flat
            assert all(name in flat for name in entry.by)
        assert f"{sum(one.judged == 'full' for one in baseline.entries)} judged" in page
