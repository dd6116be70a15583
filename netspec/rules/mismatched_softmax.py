"""A softmax that the loss does not expect, or none where it expects one.

CrossEntropyLoss takes the logarithm of the softmax itself. A softmax before it squeezes the
logits into 0 to 1, so that the loss can hardly fall and gradients vanish. NLLLoss takes log
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
from netspec.rules import Finding
from netspec.rules._head import last, loss
from netspec.rules._kinds import is_softmax

SEVERITY = "warning"


def check(plan: Plan) -> Iterator[Finding]:
    name, node = loss(plan), last(plan)
    if name is None or node is None:
        return
    if name == "CrossEntropyLoss" and is_softmax(node):
        message = f"CrossEntropyLoss applies a LogSoftmax of its own after this {node.kind}"
        yield Finding(message, "remove it", node)
    elif name == "NLLLoss" and node.kind != "LogSoftmax":
        message = f"NLLLoss needs log probabilities, and {node.kind} gives none"
        hint = (
            "LogSoftmax instead would do" if is_softmax(node) else "CrossEntropyLoss takes logits"
        )
        yield Finding(message, hint, node)
