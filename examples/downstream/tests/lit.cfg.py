"""`lit -v tests`: the tools are those beside the Python that runs lit."""

# pyright: reportUndefinedVariable=false

import os
import sys

import lit.formats

here = os.path.dirname(os.path.abspath(__file__))
config.name = "audiodesk"  # noqa: F821
config.test_format = lit.formats.ShTest(execute_external=False)  # noqa: F821
config.suffixes = [".mlir"]  # noqa: F821
config.test_source_root = here  # noqa: F821
config.test_exec_root = os.environ.get("AUDIODESK_LIT_OUT", os.path.join(here, "Output"))  # noqa: F821
config.environment["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])  # noqa: F821
if "PYTHONPATH" in os.environ:
    config.environment["PYTHONPATH"] = os.environ["PYTHONPATH"]  # noqa: F821
