"""Write the program to a file and make that file the location of its ops; the program stays as it is.

  %0 = inference.relu %x : tensor<4xf32>
becomes
  %0 = inference.relu %x : tensor<4xf32>
"""

from typing import Annotated

from xdsl.dialects.builtin import ArrayAttr, FusedLoc, NameLoc, NoneAttr, StringAttr
from xdsl.ir import Attribute, Operation

from inferir.core import Context, InferError, Pass, parse, text_of
from inferir.core.files import write_whole
from inferir.core.walk import root_of, walk


class SnapshotOpLocations(Pass):
    """What is reported later names a line of a text that can be read, instead of the model's. The spellings are mlir-opt's."""

    filename: Annotated[str, "the file to write"] = ""
    tag: Annotated[str, "keep the location, fused with the new one under this name"] = ""
    print_debuginfo: Annotated[bool, "print the locations into the file"] = False
    print_op_generic: Annotated[bool, "print in generic form"] = False
    print_local_scope: Annotated[bool, "print without aliases"] = False

    def run(self, op: Operation, ctx: Context) -> None:
        """Print, then read back where each op is. Raises InferError without a file name, and where it cannot be written."""
        if not self.filename:
            raise InferError("pass 'snapshot-op-locations' needs a file to write: snapshot-op-locations{filename=out.mlir}")
        root = root_of(op)
        text = text_of(root, self.print_op_generic, self.print_debuginfo, ctx=ctx)
        write_whole(self.filename, text)
        plain = text_of(root, self.print_op_generic, ctx=ctx)
        placed = parse(plain, self.filename, ctx.clone())
        inside = {inner: None for inner in walk(op)}
        for inner, printed in zip(walk(root), walk(placed), strict=True):
            if inner in inside:
                inner.location = printed.location if not self.tag else self._fused(inner, printed)
                self.count("locations")

    def _fused(self, op: Operation, printed: Operation) -> FusedLoc:
        new = NameLoc(StringAttr(self.tag), printed.location)
        return FusedLoc(ArrayAttr[Attribute]([op.location, new]), NoneAttr())
