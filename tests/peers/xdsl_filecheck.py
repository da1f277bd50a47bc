"""Run xDSL's own FileCheck suite with xdsl-opt and with infer-opt in its place; say where the two differ.

    python tests/peers/xdsl_filecheck.py CHECKOUT [--only dialects/arith] [--stock results.json] [--verbose]

CHECKOUT is a clone of github.com/xdslproject/xdsl at about the version that is installed. Tests that need mlir-opt run where it is
installed. `--stock` keeps the results of xdsl-opt in a file, and takes them from there the next time. Exit code 1 if a test that
passes with xdsl-opt fails with infer-opt.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent
HERE = Path(__file__).resolve().parent
CONFIGURATION = """\
import sys
sys.path[:0] = [{here!r}, {lit!r}]
import forked
lit_config.load_config(config, {suite!r} + "/lit.cfg")
config.test_source_root = {suite!r}
config.test_exec_root = {folder!r}
config.test_format = forked.Forked(forked.{which})
"""


def run(checkout: Path, which: str, only: str, jobs: int) -> dict[str, tuple[str, str]]:
    """Result (PASS, FAIL, UNSUPPORTED, ...) and output by test, `xdsl-opt` being `which` of forked.py."""
    mlir_opt = shutil.which("mlir-opt-22") or shutil.which("mlir-opt")
    environment = {**os.environ, "PATH": os.pathsep.join((str(BIN), os.environ["PATH"]))}
    if mlir_opt:
        environment["XDSL_MLIR_OPT"] = mlir_opt
    suite = checkout.resolve() / "tests" / "filecheck"
    with tempfile.TemporaryDirectory() as folder:
        text = CONFIGURATION.format(here=str(HERE), lit=str(HERE.parent / "lit"), suite=str(suite), folder=folder, which=which)
        (Path(folder) / "lit.site.cfg.py").write_text(text, encoding="utf-8")
        report = Path(folder) / "report.json"
        command = [str(BIN / "lit"), "-q", "-j", str(jobs), "-o", str(report), str(Path(folder) / only)]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        tests = json.loads(report.read_text(encoding="utf-8"))["tests"]
    return {t["name"].removeprefix("xDSL :: "): (t["code"], t["output"]) for t in tests}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("checkout", type=Path)
    options.add_argument("--only", default="", help="a folder or file below tests/filecheck")
    options.add_argument("--stock", type=Path, help="where the results of xdsl-opt are kept")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--verbose", action="store_true", help="show what the tests say that only xdsl-opt passes")
    args = options.parse_args()
    if args.stock and args.stock.exists():
        stock = json.loads(args.stock.read_text(encoding="utf-8"))
    else:
        stock = {name: code for name, (code, _) in run(args.checkout, "stock", args.only, args.jobs).items()}
        if args.stock:
            args.stock.write_text(json.dumps(stock), encoding="utf-8")
    ours = run(args.checkout, "ours", args.only, args.jobs)
    stock = {name: code for name, code in stock.items() if name in ours}
    lost = [name for name in stock if stock[name] == "PASS" != ours[name][0]]
    won = [name for name in stock if stock[name] != "PASS" == ours[name][0]]
    for name in lost:
        print(f"only xdsl-opt passes   {name}" + (f"\n{ours[name][1]}\n" if args.verbose else ""))
    for name in won:
        print(f"only infer-opt passes  {name}")
    passed = [list(codes).count("PASS") for codes in (stock.values(), (code for code, _ in ours.values()))]
    print(f"{len(ours)} tests: xdsl-opt passes {passed[0]}, infer-opt {passed[1]}; {len(lost)} lost, {len(won)} won")
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
