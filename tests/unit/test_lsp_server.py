"""infer-lsp-server as an editor sees it: a real client in another process, over stdin and stdout."""

import asyncio
import io
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from inferir.tools import infer_lsp_server

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


def test_an_editing_session(tmp_path: Path):
    asyncio.run(session(tmp_path / "m.mlir"))


def test_without_pygls_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pygls.lsp.server", None)
    stderr = io.StringIO()
    assert infer_lsp_server.main([], io.StringIO(), io.StringIO(), stderr) == 1
    assert stderr.getvalue() == "infer-lsp-server: error: it needs pygls: pip install 'inferir[lsp]'\n"
