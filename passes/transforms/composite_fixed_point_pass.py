"""Run a pipeline again and again until it changes nothing.

  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.relu %0 : tensor<4xf32>
  %2 = inference.relu %1 : tensor<4xf32>
becomes, with pipeline=canonicalize,
  %2 = inference.relu %x : tensor<4xf32>
"""

from typing import Annotated, Any

from xdsl.ir import Operation

from inferir.core import Context, InferError, Pass, PassManager, text_of
from inferir.core.pipeline import Nested, Pipeline, parse_pipeline


class CompositeFixedPointPass(Pass):
    """For passes of which each makes work for the others."""

    title: Annotated[str, "what to call it in errors"] = "CompositeFixedPointPass"
    pipeline: Annotated[str, "the passes, as in --pass-pipeline; any(...) stands for the op that this runs on"] = ""
    max_iterations: Annotated[int, "runs after which it is an error that something still changes"] = 10

    def __init__(self, **options: Any):
        if "name" in options:  # mlir-opt's spelling; `name` is the pass's own
            options["title"] = options.pop("name")
        super().__init__(**options)

    def run(self, op: Operation, ctx: Context) -> None:
        """Run to the fixed point. Raises InferError where there is none within `max-iterations`."""
        elements = parse_pipeline(self.pipeline).elements
        if len(elements) == 1 and isinstance(elements[0], Nested) and elements[0].anchor in ("any", op.name):
            elements = elements[0].elements
        manager = PassManager(Pipeline((Nested("any", tuple(elements)),)), ctx)
        before = text_of(op)
        for _ in range(self.max_iterations):
            manager.run(op)
            after = text_of(op)
            self.count("iterations")
            if after == before:
                return
            before = after
        raise InferError(f"'{self.title}' did not come to an end within {self.max_iterations} iterations", op.location)
