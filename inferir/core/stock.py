"""xDSL's own passes under our pass manager: by the same names, nested where ours can be, with our errors."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any, ClassVar

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation, Region
from xdsl.passes import ModulePass, get_pass_option_infos
from xdsl.utils.arg_spec import parse_spec
from xdsl.utils.exceptions import ArgSpecParseError

from inferir.core.context import Context
from inferir.core.diagnostics import InferError, did_you_mean
from inferir.core.pass_base import Option, Pass


class StockPass(Pass):
    """A pass of xDSL's."""

    name = "stock"
    stock: ClassVar[type[ModulePass]]

    def __init__(self, **options: Any):
        super().__init__()
        known = {o.name.replace("_", "-") for o in get_pass_option_infos(self.stock)}
        for key in options:
            if key.replace("_", "-") not in known:
                listing = f"it has: {', '.join(sorted(known))}" if known else "it has no options"
                raise InferError(f"pass '{self.name}' has no option '{key}'{did_you_mean(key, known)} ({listing})")
        self.given = {k: v if isinstance(v, str) else str(v).lower() for k, v in options.items()}
        try:
            self.step = self.stock.from_spec(parse_spec(self.spec()))
        except (ValueError, TypeError, ArgSpecParseError) as problem:
            raise InferError(f"pass '{self.name}': {str(problem).splitlines()[0]}") from None

    @classmethod
    def options(cls) -> dict[str, Option]:
        """The options as xDSL declares them; their help is their type."""
        return {
            f.name: Option(f.name.replace("_", "-"), str, None if i.default_value is None else i.default_value, i.expected_type)
            for f, i in zip(dataclasses.fields(cls.stock), get_pass_option_infos(cls.stock), strict=True)
        }

    def spec(self) -> str:
        """The pass as it was written."""
        options = " ".join(k if v == "true" else f"{k}={v}" for k, v in self.given.items())
        return self.name + (f"{{{options}}}" if options else "")

    def run(self, op: Operation, ctx: Context) -> None:
        """Apply to a module; another op is put into a module of its own meanwhile."""
        if isinstance(op, ModuleOp):
            self.step.apply(ctx, op)
            return
        block = op.parent
        if block is None:
            raise InferError(f"pass '{self.name}' works on modules, this is a {op.name}", op.location)
        following = op.next_op
        op.detach()
        alone = ModuleOp([op])
        try:
            self.step.apply(ctx, alone)
        finally:
            body: Region = alone.body
            for inner in list(body.block.ops):
                inner.detach()
                if following is None:
                    block.add_op(inner)
                else:
                    block.insert_op_before(inner, following)


@cache
def wrapped(stock: type[ModulePass]) -> type[StockPass]:
    """The pass class that stands for one of xDSL's."""
    written = stock.__doc__ or ""
    text = "A pass of xDSL's." if written.startswith(f"{stock.__name__}(") or not written else written
    return type(stock.__name__, (StockPass,), {"name": stock.name, "stock": stock, "__doc__": text})
