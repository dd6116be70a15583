"""A graph in which every node reads only the one before it.

That is what a list of layers says. A graph is for what branches and meets again, and whoever reads
one looks for where it does. Names can stand beside layers and Sequentials too.

Bad:

```yaml
input: [3, 8, 8]
layers:
  - Graph:
      stem: [{Conv2d: [8, 3]}, ReLU]
      head: {from: stem, layers: [{Conv2d: [4, 3]}]}
```

Good:

```yaml
input: [3, 8, 8]
layers:
  - name: stem
    Sequential: [{Conv2d: [8, 3]}, ReLU]
  - {name: head, Conv2d: [4, 3]}
```
"""

from collections.abc import Iterator
from itertools import pairwise

from netspec.compiler.plan import Plan
from netspec.layers.base import Composite
from netspec.layers.roles import Wiring
from netspec.rules import Finding

SEVERITY = "note"


def check(plan: Plan) -> Iterator[Finding]:
    for node in plan.root.nodes():
        if not isinstance(node.role, Wiring) or not isinstance(node.layer, Composite):
            continue
        reads = node.layer.reads()
        if all(reads[name] == (before,) for before, name in pairwise(reads)):
            message = f"its {len(reads)} nodes read one after the other"
            if len(reads) == 1:
                message = "its one node has nothing to meet"
            yield Finding(message, "a Sequential with a name beside it says the same", node)
