"""Report the program as a graph in Graphviz's language, as mlir-opt does; it stays as it is.

  %0 = inference.relu %x : tensor<4xf32>
becomes
  %0 = inference.relu %x : tensor<4xf32>
"""

from collections.abc import Callable
from typing import Annotated

from xdsl.ir import Attribute, Block, BlockArgument, Operation, SSAValue

from inferir.core import Context, Pass
from inferir.core.files import write_whole
from inferir.core.walk import walk

Node = tuple[int, int | None]
"""The number of a node, and of the cluster that it stands for."""


class ViewOpGraph(Pass):
    """`dot -Tsvg` draws it. An op with regions is a cluster, an edge leads from a value to its use."""

    max_label_len: Annotated[int, "characters of an attribute or type that are shown"] = 20
    print_attrs: Annotated[bool, "show attributes"] = True
    print_control_flow_edges: Annotated[bool, "edges from each op to the next"] = False
    print_data_flow_edges: Annotated[bool, "edges from values to their uses"] = True
    print_result_types: Annotated[bool, "show the types of results"] = True
    filename: Annotated[str, "the file to write; without it the graph is reported"] = ""

    def run(self, op: Operation, ctx: Context) -> None:
        """Write the graph."""
        text = _Graph(self, op).text
        if self.filename:
            write_whole(self.filename, text)
        else:
            ctx.remark(text)


class _Graph:
    def __init__(self, shown: ViewOpGraph, root: Operation):
        self.shown = shown
        self.lines: list[str] = []
        self.depth = 1
        self.counter = 0
        self.names = _names(root)
        self.nodes: dict[SSAValue, Node] = {}
        self.uses: list[tuple[SSAValue, Node]] = []
        self.order: list[tuple[Node, Node]] = []
        kinds = list(dict.fromkeys(op.name for op in walk(root)))
        self.colors = {name: f"{index / len(kinds):.6f} 0.3 0.95" for index, name in enumerate(kinds)}
        self._op(root)
        for value, node in self.uses if shown.print_data_flow_edges else ():
            self._edge(self.nodes[value], node, self._port(value), "solid")
        for before, after in self.order if shown.print_control_flow_edges else ():
            self._edge(before, after, "", "dashed")
        self.text = "\n".join(["digraph G {", "  compound = true;", *self.lines, "}"]) + "\n"

    def _line(self, text: str) -> None:
        self.lines.append("  " * self.depth + text)

    def _edge(self, start: Node, end: Node, port: str, style: str) -> None:
        more = {"lhead": end[1], "ltail": start[1]}
        attributes = [f"{key} = cluster_{cluster}" for key, cluster in more.items() if cluster is not None] + [f"style = {style}"]
        tail = f":res{port}:s" if port and start[1] is None else ""
        head = f":arg{port}:n" if port and end[1] is None else ""
        self._line(f"v{start[0]}{tail} -> v{end[0]}{head}[{', '.join(attributes)}];")

    def _node(self, label: str, shape: str = "Mrecord", color: str = "") -> Node:
        self.counter += 1
        fill = f'fillcolor = "{color}", ' if color else ""
        style = ", style = filled" if color else ""
        self._line(f'v{self.counter} [{fill}label = "{label}", shape = {shape}{style}];')
        return (self.counter, None)

    def _cluster(self, inside: Callable[[], None], label: str = "") -> Node:
        self.counter += 1
        number = self.counter
        self._line(f"subgraph cluster_{number} {{")
        self.depth += 1
        anchor = self._node(" ", "plain")
        self._line(f'label = "{label}";')
        inside()
        self.depth -= 1
        self._line("}")
        return (anchor[0], number)

    def _op(self, op: Operation) -> Node:
        if op.regions:
            node = self._cluster(lambda: self._blocks(op), self._cluster_label(op))
        else:
            node = self._node(self._record(op), color=self.colors[op.name])
        self.uses += [(value, node) for value in op.operands]
        self.nodes |= dict.fromkeys(op.results, node)
        return node

    def _blocks(self, op: Operation) -> None:
        for region in op.regions:
            for block in region.blocks:
                self._block(block)

    def _block(self, block: Block) -> None:
        def inside() -> None:
            for argument in block.args:
                self.nodes[argument] = self._node(self._defined(argument))
            before: Node | None = None
            for op in block.ops:
                node = self._op(op)
                self.order += [(before, node)] if before is not None else []
                before = node

        self._cluster(inside)

    def _port(self, value: SSAValue) -> str:
        return self.names[value].replace("%", "_").replace("#", "_")

    def _defined(self, value: SSAValue) -> str:
        type = f" {_escaped(self._short(str(value.type)))}" if self.shown.print_result_types else ""
        return f"<res{self._port(value)}> {self.names[value]}{type}"

    def _short(self, text: str) -> str:
        return text if len(text) <= self.shown.max_label_len else text[: self.shown.max_label_len] + "..."

    def _attribute(self, attribute: Attribute) -> str:
        return _escaped(self._short(str(attribute)))

    def _attributes(self, op: Operation) -> str:
        every = {**op.properties, **op.attributes} if self.shown.print_attrs else {}
        return "".join(f"{name}: {self._attribute(every[name])}\\l" for name in sorted(every))

    def _cluster_label(self, op: Operation) -> str:
        types = f" : ({_escaped(self._short(', '.join(str(t) for t in op.result_types)))})" if self.shown.print_result_types else ""
        return f"{op.name}{types}\\l{self._attributes(op)}" if self.shown.print_attrs else f"{op.name}{types}"

    def _record(self, op: Operation) -> str:
        operands = "|".join(f"<arg{self._port(v)}> {self.names[v]}" for v in op.operands)
        results = "|".join(self._defined(v) for v in op.results)
        attributes = self._attributes(op)
        name = f"{op.name}\\l" + (f"\\l{attributes}" if attributes else "")
        return "{" + (f"{{{operands}}}|" if operands else "") + name + (f"|{{{results}}}" if results else "") + "}"


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in '{|<}>\n"' else c for c in text)


def _names(root: Operation) -> dict[SSAValue, str]:
    """A name for every value, as in the text where it has one there."""
    names: dict[SSAValue, str] = {}
    taken: set[str] = set()
    for op in walk(root):
        values: list[SSAValue] = [*op.results, *(a for region in op.regions for block in region.blocks for a in block.args)]
        for value in values:
            prefix = "arg" if isinstance(value, BlockArgument) else ""
            wanted = value.name_hint or f"{prefix}{len(names)}"
            while wanted in taken:
                wanted = f"{value.name_hint or prefix}_{len(names)}"
            taken.add(wanted)
            names[value] = f"%{wanted}"
    return names
