"""infer-lsp-server: an editor's helper for IR text, over the language server protocol on stdin and stdout.

    infer-lsp-server            # what an editor starts; needs pip install 'inferir[lsp]'

Errors while typing, completion, hover, definitions, references, rename, symbols, formatting, types of results. `lsp_features.py` has them.
`docs/editor.md` shows how to set up an editor.
"""

import sys
from collections.abc import Sequence
from typing import Any, TextIO

from inferir.tools.command_line import CommandLine, UsageError, exit_status
from inferir.tools.console import console
from inferir.tools.rendered_errors import rendered


def main(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Serve until the editor leaves."""
    return exit_status("infer-lsp-server", stderr, lambda: _serve(argv, stdin, stdout))


def _serve(argv: Sequence[str], stdin: TextIO, stdout: TextIO) -> None:
    parser = CommandLine(
        "infer-lsp-server", "Serve an editor over the language server protocol.", "infer-lsp-server  (started by the editor)"
    )
    parser.add_argument("--stdio", action="store_true", help="talk over stdin and stdout: what it does anyway; editors pass it")
    parser.add_plugin()
    args = parser.parse(argv, stdout)
    if args is not None:
        with rendered("infer-lsp-server", {}, args.plugin):
            make_server().start_io(stdin.buffer, stdout.buffer)  # pyright: ignore[reportAttributeAccessIssue]


def make_server() -> Any:
    """The server with its features. Raises UsageError where pygls is not installed."""
    try:
        from inferir.tools.lsp_features import server
    except ImportError as problem:
        if (problem.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UsageError("it needs pygls: pip install 'inferir[lsp]'") from None
    return server()


def run() -> int:
    """The console entry point."""
    return console("infer-lsp-server", main)


if __name__ == "__main__":
    sys.exit(run())
