"""A softmax that the loss does not expect, or none where it expects one.

CrossEntropyLoss takes the logarithm of the softmax itself. A softmax before it squeezes the
logits into 0 to 1, so that the loss can hardly fall and gradients vanish. So it is with
BCEWithLogitsLoss, whose labels moreover do not exclude each other. NLLLoss takes log
probabilities and needs a LogSoftmax.

Bad:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 10, Softmax]
train: {data: {dataset: MNIST}, batch_size: 64, epochs: 1, optimizer: Adam}
```

Good:

```yaml
input: [1, 28, 28]
layers: [Flatten, Linear: 10]
train: {data: {dataset: MNIST}, batch_size: 64, epochs: 1, optimizer: Adam}
```
"""

from collections.abc import Iterator

from netspec.compiler.plan import Plan
from netspec.diagnostic import Fix
from netspec.layers.roles import Softmax
from netspec.rules import Finding

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    node = plan.last
    if plan.spec.train is None or node is None:
        return
    name, traits = plan.loss.name, plan.loss.traits
    softmax = node.role if isinstance(node.role, Softmax) else None
    if traits.applies and softmax:
        message = f"{name} applies a {traits.applies} of its own after this {node.kind}"
        yield Finding(message, "remove it", node)
    elif traits.reads == "log-probabilities" and not (softmax and softmax.log):
        message = f"{name} needs log probabilities, and {node.kind} gives none"
        hint = "LogSoftmax instead would do" if softmax else "CrossEntropyLoss takes logits"
        yield Finding(message, hint, node)


def fix(plan: Plan, alike: list[Finding]) -> Fix | None:
    from netspec.rules import _fixes
    from netspec.source import edit

    node = _fixes.everywhere(plan, alike)
    if node is None or alike[0].help == "remove it":
        return _fixes.without(plan, alike)
    _, at = _fixes.arguments(plan, node)
    edits = [edit.renamed(plan.source, at, node.kind, "LogSoftmax", key=True)]
    softmax = isinstance(node.role, Softmax)
    return edit.fix(plan.source, "write LogSoftmax", edits, safe=False) if softmax else None
