"""The network has less of something than its audit asks for.

A receptive field that is smaller than what tells the classes apart caps the accuracy, however
long the training; a minimum of anything else catches a network that lost a part.

Bad:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 3]}, ReLU, {Conv2d: [10, 3]}, AdaptiveAvgPool2d: 1, Flatten]
audit: {min_receptive_field: 60 %}
```

Good:

```yaml
input: [1, 28, 28]
layers: [{Conv2d: [8, 7, 3]}, ReLU, {Conv2d: [10, 5]}, AdaptiveAvgPool2d: 1, Flatten]
audit: {min_receptive_field: 60 %}
```
"""

from collections.abc import Iterator

from netspec.compiler.local import Local
from netspec.compiler.plan import Plan
from netspec.language.quantity import Share
from netspec.rules import Finding
from netspec.rules._budget import MEASURES, fields
from netspec.rules._words import called

SEVERITY = "error"


def check(plan: Plan) -> Iterator[Finding]:
    audit = plan.spec.audit
    for key, measure in MEASURES.items():
        least = getattr(audit, f"min_{key}")
        if least is not None and (got := measure.total(plan)) < least:
            message = f"{measure.words(got)}, {least - got:,} under the {least:,} asked for"
            yield Finding(message, at=("audit", f"min_{key}"))
    if audit.min_receptive_field is not None:
        yield from _field(plan, audit.min_receptive_field)


def _field(plan: Plan, limit: int | Share) -> Iterator[Finding]:
    at, local, sizes = ("audit", "min_receptive_field"), plan.local, fields(plan.local, plan.input)
    if local is None:
        if len(plan.input) == 1:
            message = "there is no receptive field, the input has no spatial axis"
            yield Finding(message, at=at)
        return
    if isinstance(limit, Share):
        size, n, exact = min(sizes, key=lambda one: one[0] / one[1])
        under = 100 * size < limit.percent * n
        wanted = f"{100 * size / n:.3g} % of {n}, under the {limit} asked for"
    else:
        size, n, exact = min(sizes)
        under = size < limit
        wanted = f"{limit - size} under the {limit} asked for"
    if under and exact:
        yield Finding(f"receptive field of {size} px is {wanted}", _hint(local), at=at)
    elif under:
        units = f"no unit of {local.node.name}, which have no single receptive field,"
        message = f"{units} sees over {size} px"
        yield Finding(f"{message}, {wanted}", at=at)


def _hint(local: Local) -> str:
    steps = " or ".join(str(2 * jump) for jump in {*local.jump} if jump is not None)
    return f"another kernel of 3 after {called(local.node)} would add {steps} px"
