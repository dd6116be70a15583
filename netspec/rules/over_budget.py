"""The network has more of something than its audit allows.

A budget is there so that growth is a decision: the change that needs more raises it, and the
reviewer sees that.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [64, 3]}, AdaptiveAvgPool2d: 1, Flatten, Linear: 10]
audit: {max_params: 800}
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [32, 3]}, AdaptiveAvgPool2d: 1, Flatten, Linear: 10]
audit: {max_params: 800}
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.language.quantity import Share
from netspec.rules import Finding
from netspec.rules._budget import MEASURES, fields
from netspec.rules._words import called

SEVERITY = "error"


def check(plan: Plan) -> Iterator[Finding]:
    audit = plan.spec.audit
    for key, measure in MEASURES.items():
        most = getattr(audit, f"max_{key}")
        if most is not None and (got := measure.total(plan)) > most:
            message = f"{measure.words(got)}, {got - most:,} over the {most:,} allowed"
            yield Finding(message, measure.largest(plan), at=("audit", f"max_{key}"))
    if (limit := audit.max_receptive_field) is None or not (
        sizes := fields(plan.local, plan.input)
    ):
        return
    if isinstance(limit, Share):
        size, n, _ = max(sizes, key=lambda one: one[0] / one[1])
        over = 100 * size > limit.percent * n
        message = f"receptive field of {size} px is {100 * size / n:.3g} % of {n}, over {limit}"
    else:
        size, n, _ = max(sizes)
        over = size > limit
        message = f"receptive field of {size} px is {size - limit} over the {limit} allowed"
    if over and plan.local:
        hint = f"{called(plan.local.node)} is the last local layer"
        yield Finding(message, hint, at=("audit", "max_receptive_field"))
