"""lit's configuration: `lit tests/lit`, or one file or folder of it; `--param isolate=1` runs every line as processes."""

import os
import sys
from pathlib import Path

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from inprocess import InProcess, watch_workers

config.name = "inferir"  # noqa: F821
config.test_format = InProcess()  # noqa: F821
config.suffixes = [".mlir", ".test"]  # noqa: F821
config.excludes = ["Inputs", "Output"]  # noqa: F821
config.test_source_root = here  # noqa: F821
config.test_exec_root = os.path.join(os.path.dirname(os.path.dirname(here)), "build", "lit")  # noqa: F821
config.environment["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])  # noqa: F821

watch_workers(Path(config.test_exec_root) / ".workers")  # noqa: F821
