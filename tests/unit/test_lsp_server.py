"""infer-lsp-server as an editor sees it: a real client in another process, over stdin and stdout."""

import asyncio
import io
import sys
from pathlib import Path
from typing import Self

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient
from xdsl.utils.mlir_lexer import MLIRLexer

from inferir.tools import infer_lsp_server
from inferir.tools.completion import MOST, proposals
from inferir.tools.ir_source import IrSource

TEXT = """// The 𝜋 before a name counts twice in the protocol.
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  /* */
}
""".replace(
    "  /* */",
    """  %0 = inference.relu %x {note = "𝜋"} : tensor<4xf32>
  %1 = inference.relu %0 : tensor<4xf32>
  return %1 : tensor<4xf32>""",
)


class Editor(LanguageClient):
    """A client that keeps what the server publishes."""

    def __init__(self) -> None:
        super().__init__("test-editor", "1")
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self.published.put_nowait(params))


async def session(path: Path) -> None:
    editor = Editor()
    await editor.start_io(sys.executable, "-m", "inferir.tools.infer_lsp_server", "--stdio")
    await editor.initialize_async(types.InitializeParams(types.ClientCapabilities(), root_uri=path.parent.as_uri()))
    editor.initialized(types.InitializedParams())
    uri = path.as_uri()
    identifier = types.TextDocumentIdentifier(uri)

    async def diagnostics() -> list[types.Diagnostic]:
        return list((await asyncio.wait_for(editor.published.get(), 30)).diagnostics)

    broken = TEXT.replace("inference.relu %0", "inference.rely %0")
    editor.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "mlir", 1, broken)))
    (error,) = await diagnostics()
    assert error.range.start.line == 3 and "inference.rely" in error.message

    change = types.TextDocumentContentChangeWholeDocument(TEXT)
    editor.text_document_did_change(types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(2, uri), [change]))
    assert await diagnostics() == []

    after = len(TEXT.split("\n")[2].split("tensor")[0].encode("utf-16-le")) // 2 - len(" : ")
    hover = await editor.text_document_hover_async(types.HoverParams(identifier, types.Position(2, 8)))
    assert hover is not None and isinstance(hover.contents, types.MarkupContent)
    assert "**inference.relu**" in hover.contents.value
    assert await editor.text_document_hover_async(types.HoverParams(identifier, types.Position(2, after))) is None

    value = await editor.text_document_definition_async(types.DefinitionParams(identifier, types.Position(3, 23)))
    assert isinstance(value, types.Location)
    assert (value.uri, value.range.start.line, value.range.start.character) == (uri, 2, 2)
    op = await editor.text_document_definition_async(types.DefinitionParams(identifier, types.Position(3, 10)))
    assert isinstance(op, types.Location) and op.uri.endswith("/dialects/inference/activation.py")

    await editor.shutdown_async(None)
    editor.exit(None)
    await asyncio.wait_for(editor.stop(), 30)


MODULE = """// RUN: infer-opt %s --plugin=%S/desk.py --cs
module {
  func.func @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0   = desk.mix %x, %x gain 0.25 : tensor<4xf32>
    // A comment stays.
    %1 = "desk.mix"(%0, %x) : (tensor<4xf32>,
      tensor<4xf32>) -> tensor<4xf32>
    return %1 : tensor<4xf32>
  }
  func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
    %0 = func.call @twice(%x) : (tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
}
"""
DESK = """from xdsl.ir import Dialect
from xdsl.irdl import operand_def, result_def
from inferir.core import Op, Pass, define, number


@define
class MixOp(Op):
    \"\"\"dry + gain * wet\"\"\"

    name = "desk.mix"
    dry = operand_def()
    wet = operand_def()
    gain = number(0.5)
    result = result_def()

    def infer_shape(self, dry, wet):
        return dry


class LowerDesk(Pass):
    \"\"\"To tensors.\"\"\"


DESK = Dialect("desk", [MixOp])
"""


class Session:
    """An editor with one open text."""

    def __init__(self, path: Path, text: str):
        self.editor, self.uri, self.text, self.version = Editor(), path.as_uri(), text, 1
        self.document = types.TextDocumentIdentifier(self.uri)

    async def __aenter__(self) -> Self:
        await self.editor.start_io(sys.executable, "-m", "inferir.tools.infer_lsp_server", "--stdio")
        await self.editor.initialize_async(types.InitializeParams(types.ClientCapabilities()))
        self.editor.initialized(types.InitializedParams())
        item = types.TextDocumentItem(self.uri, "mlir", 1, self.text)
        self.editor.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.editor.shutdown_async(None)
        self.editor.exit(None)
        await asyncio.wait_for(self.editor.stop(), 60)

    async def diagnostics(self) -> list[types.Diagnostic]:
        return list((await asyncio.wait_for(self.editor.published.get(), 120)).diagnostics)

    def change(self, text: str) -> None:
        self.version, self.text = self.version + 1, text
        whole = types.TextDocumentContentChangeWholeDocument(text)
        document = types.VersionedTextDocumentIdentifier(self.version, self.uri)
        self.editor.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    def at(self, row: str, word: str) -> types.Position:
        """Just behind a word, in the line that holds `row`."""
        line = next(i for i, text in enumerate(self.text.split("\n")) if row in text)
        return types.Position(line, self.text.split("\n")[line].index(word) + len(word))

    async def completed(self, row: str, word: str) -> dict[str, str | None]:
        found = await self.editor.text_document_completion_async(types.CompletionParams(self.document, self.at(row, word)))
        assert isinstance(found, types.CompletionList)
        return {item.label: item.detail for item in found.items}


async def features(path: Path) -> None:
    async with Session(path, MODULE) as session:
        editor, document = session.editor, session.document
        assert await session.diagnostics() == []  # the RUN line's plug-in is known

        symbols = await editor.text_document_document_symbol_async(types.DocumentSymbolParams(document))
        assert symbols is not None and [s.name for s in symbols] == ["@twice", "@main"]
        assert [(s.range.start.line, s.range.end.line) for s in symbols if isinstance(s, types.DocumentSymbol)] == [(2, 8), (9, 12)]

        async def references(row: str, word: str, declared: bool = True) -> list[tuple[int, int]]:
            context = types.ReferenceContext(declared)
            found = await editor.text_document_references_async(types.ReferenceParams(context, document, session.at(row, word)))
            return [(where.range.start.line, where.range.start.character) for where in found or ()]

        assert await references("func.call", "@twice") == [(2, 12), (10, 19)]
        assert await references("func.call", "@twice", declared=False) == [(10, 19)]
        assert await references("gain 0.25", "%0") == [(3, 6), (5, 20)]  # not those of the other function
        assert await references("@main(%x", "%x") == [(9, 18), (10, 26)]

        edit = await editor.text_document_rename_async(types.RenameParams(document, session.at("gain 0.25", "%0"), "%mixed"))
        assert edit is not None and edit.changes is not None
        assert [(e.range.start.line, e.range.end.character, e.new_text) for e in edit.changes[session.uri]] == [
            (3, 8, "%mixed"),
            (5, 22, "%mixed"),
        ]
        for name in ("%1", "@f", "%a b"):
            with pytest.raises(JsonRpcException):
                await editor.text_document_rename_async(types.RenameParams(document, session.at("gain 0.25", "%0"), name))

        options = types.FormattingOptions(2, True)
        (edit,) = list(await editor.text_document_formatting_async(types.DocumentFormattingParams(document, options)) or [])
        assert isinstance(edit, types.TextEdit)
        assert edit.new_text == MODULE.replace("      %0   =", "    %0 =")

        whole = types.Range(types.Position(0, 0), types.Position(13, 0))
        hints = await editor.text_document_inlay_hint_async(types.InlayHintParams(document, whole))
        assert [(hint.position.line, hint.position.character, hint.label) for hint in hints or ()] == []
        op = await editor.text_document_definition_async(types.DefinitionParams(document, session.at("gain 0.25", "desk.mi")))
        assert isinstance(op, types.Location) and op.uri.endswith("/desk.py") and op.range.start.line == 5
        hover = await editor.text_document_hover_async(types.HoverParams(document, session.at("gain 0.25", "desk.mi")))
        assert hover is not None and "dry + gain * wet" in str(hover.contents)

        assert "cse" in await session.completed("RUN", "--cs")
        assert await session.completed("gain 0.25", "desk.mix %") == {"%x": "tensor<4xf32>"}
        assert await session.completed("func.call", "@") == {"@main": "func.func", "@twice": "func.func"}
        session.change(
            MODULE.replace("return %1", "%2 = desk.\n    %3 = inference.gelu %1 a\n    %4 = inference.relu % : te\n    return %1")
        )
        assert "desk.mix" in await session.completed("%2 = desk.", "%2 = desk.")
        assert await session.completed("inference.gelu", "%1 a") == {"approximate": "none or tanh"}
        assert await session.completed("relu % ", "relu %") == {"%0": "tensor<4xf32>", "%1": "tensor<4xf32>", "%x": "tensor<4xf32>"}
        assert "tensor" in await session.completed("relu % ", ": te")
        (error,) = await session.diagnostics()
        assert error.range.start.line == 7

        session.change(MODULE.replace("--cs", "--lower-d"))
        assert await session.completed("RUN", "--lower-d") == {"lower-desk": None}
        session.change(MODULE.replace("%S/desk.py", "%S/absent.py"))
        while (found := await session.diagnostics()) == []:
            pass
        assert found[0].range.start.line == 0 and "no such Python file" in found[0].message


def test_the_features_of_the_editor(tmp_path: Path):
    (tmp_path / "desk.py").write_text(DESK)
    asyncio.run(features(tmp_path / "m.mlir"))


LONG = (
    "func.func @f(%x: tensor<4xf32>) {\n" + "".join(f"  %{i} = inference.relu %x : tensor<4xf32>\n" for i in range(5000)) + "  return\n}\n"
)


async def typing(path: Path) -> None:
    async with Session(path, LONG) as session:
        assert await session.diagnostics() == []
        session.change(LONG.replace("%4000 = inference.relu %x", "%4000 = inference.relu %"))
        found = await session.completed("%4000 =", "relu %")
        assert [*found][:3] == ["%x", "%3999", "%3998"] and session.editor.published.empty()  # the parse is still to come
        assert len(await session.diagnostics()) == 1


def test_completion_does_not_wait_for_a_parse(tmp_path: Path):
    asyncio.run(typing(tmp_path / "long.mlir"))


def test_completion_reads_one_line(monkeypatch: pytest.MonkeyPatch):
    source = IrSource(LONG)
    read: list[object] = []
    lex = MLIRLexer.lex
    monkeypatch.setattr(MLIRLexer, "lex", lambda self: (token := lex(self), read.append(token))[0])
    row = "  %4000 = inference.relu %"
    found = proposals(source, row, 4001, len(row))
    assert len(found) == MOST and len(read) <= 8
    assert [p.text for p in proposals(source, f"{row}399", 4001, len(row) + 3)] == [*(f"%399{i}" for i in range(9, -1, -1)), "%399"]


def test_an_editing_session(tmp_path: Path):
    asyncio.run(session(tmp_path / "m.mlir"))


def test_without_pygls_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pygls.lsp.server", None)
    monkeypatch.delitem(sys.modules, "inferir.tools.lsp_features", raising=False)
    stderr = io.StringIO()
    assert infer_lsp_server.main([], io.StringIO(), io.StringIO(), stderr) == 1
    assert stderr.getvalue() == "infer-lsp-server: error: it needs pygls: pip install 'inferir[lsp]'\n"
