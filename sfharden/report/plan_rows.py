"""The changes of a plan as CSV: one row a setting, with every value before and after."""

from typing import Final

from sfharden.model.plan import Plan
from sfharden.text.csv_cell import csv_text

_HEAD: Final = ("kind", "name", "setting", "before", "after", "control", "file")


def render_plan_csv(plan: Plan) -> str:
    """What would change; by hand, conditions and lock-outs stand in the other forms."""
    return csv_text(
        _HEAD,
        (
            *(
                (
                    one.kind,
                    one.name,
                    one.setting,
                    "; ".join(one.before),
                    "; ".join(one.after),
                    one.control,
                    one.file,
                )
                for one in plan.changes
            ),
            *(
                (
                    "Azure",
                    one.name,
                    one.what,
                    "; ".join(one.today),
                    "; ".join(one.after),
                    one.control,
                    one.resource,
                )
                for one in plan.azure
            ),
        ),
    )
