"""One message for what happened in an interval: nothing twice, nothing left out, what nobody took comes again."""

from dataclasses import replace
from pathlib import Path

import dagster as dg

from tests.pipelines.notifications.heard import Heard
from tests.reconciling import STRIPE, Site, declaration, site_at

NOTIFY = {"events": ["failure", "success", "review"], "every_minutes": 60}
BROKEN = "cus_5,,Five,2026-08-16 12:00,999\n"


def tick(site: Site, cursor: str | None) -> tuple[str, str | None]:
    """Let the sensor look, as the daemon does each hour; what it says, and the cursor that it leaves."""
    [sensor] = site.definitions.get_repository_def().sensor_defs
    assert (sensor.name, sensor.minimum_interval_seconds) == ("acme_notify", 3600)
    context = dg.build_sensor_context(site.instance, cursor=cursor)
    said = sensor(context)
    assert isinstance(said, dg.SkipReason)
    return str(said.skip_message), context.cursor


def test_what_happened_in_an_interval_is_one_message(tmp_path: Path) -> None:
    heard = Heard()
    with site_at(tmp_path, declaration(notify=NOTIFY)) as made:
        site = replace(made, sync=replace(made.sync, notifier=heard))
        site.reconcile()
        said, cursor = tick(site, None)  # what was before is not told
        assert (said, heard.messages) == ("Nothing happened.", [])

        (tmp_path / "stripe.csv").write_text(STRIPE + BROKEN)
        grown = site.reconcile()
        (tmp_path / "stripe.csv").unlink()
        broken = [site.reconcile().run_id for _ in range(2)]
        heard.takes = False
        said, unchanged = tick(site, cursor)
        assert (said, unchanged) == ("Nobody was told of 4 events; another try follows.", cursor)

        heard.takes = True
        said, after = tick(site, cursor)
        assert said == "4 events were told."
        assert heard.occasions == [["failure", "failure", "success", "review"]]
        assert [event.run_id for event in heard.events] == [*broken, grown.run_id, grown.run_id]
        review = heard.events[-1]
        assert review.sentence == f"The review of acme grew from 0 to 1 (run {grown.run_id})."

        assert tick(site, after) == ("Nothing happened.", after)
    assert len(heard.messages) == 1
