"""The lit format ends what does not end by itself: a line that takes too long, a tool that never comes back, a worker that dies."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

LIT = Path(__file__).resolve().parents[1] / "lit"

CONFIG = """
import os, signal, sys, time
sys.path.insert(0, {lit!r})
import inprocess

def swallows(argv, stdin, stdout, stderr):
    while True:
        try:
            time.sleep(60)
        except Exception:
            pass

def stuck(argv, stdin, stdout, stderr):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    time.sleep(60)

def dies(argv, stdin, stdout, stderr):
    os._exit(3)

inprocess.SECONDS_PER_LINE, inprocess.SECONDS_PER_TEST = 1, 2
tools = {{"infer-swallows": swallows, "infer-stuck": stuck, "infer-dies": dies}}
inprocess.tool = tools.get
config.name = "limits"
config.test_format = inprocess.InProcess()
config.suffixes = [".test"]
config.test_source_root = {here!r}
config.test_exec_root = {here!r} + "/out"
inprocess.watch_workers(inprocess.Path(config.test_exec_root) / ".workers", 0.1)
"""


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        ("infer-swallows", "took longer than 1 s"),
        ("infer-stuck", "its worker died (a crash, or longer than 2 s)"),
        ("infer-dies", "its worker died"),
    ],
)
def test_a_run_comes_to_an_end(tool: str, said: str, tmp_path: Path):
    (tmp_path / "lit.cfg.py").write_text(CONFIG.format(lit=str(LIT), here=str(tmp_path)))
    (tmp_path / "one.test").write_text(textwrap.dedent(f"# RUN: {tool}\n"))
    command = [sys.executable, "-c", "from lit.main import main; main()", "-v", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert said in done.stdout and "one.test" in done.stdout
