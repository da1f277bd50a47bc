"""Damaged files of TensorFlow end in a result or one line, soon and in little memory."""

import io
import random
import shutil
from pathlib import Path

from sandbox import Verdict, verdicts
from tf_mutations import damaged

DATA = Path(__file__).parents[1] / "models" / "data" / "tf"
FROZEN = [DATA / "cond_frozen.pb", DATA / "mbblock_frozen.pb"]
SAVED = [DATA / "cond_savedmodel", DATA / "lenet_savedmodel"]
COUNT = 300
LONGEST = 5_000


def imported(path: Path) -> Verdict:
    """What infer-import makes of a file or folder, and whether what it accepts converts or is refused in words."""
    from inferir.core import InferError, PassManager, make_context, verify
    from inferir.frontends import import_model
    from inferir.tools import infer_import

    out, err = io.StringIO(), io.StringIO()
    code = infer_import.main([str(path), "-o", "-"], io.StringIO(), out, err)
    said = err.getvalue()
    if code != 0:
        fine = code == 1 and "error: " in said and len(said) <= LONGEST and "(a bug in" not in said
        return Verdict("error") if fine else Verdict("bad error", f"code {code}: {said[:200]}")
    ctx = make_context()
    module = import_model(path, ctx)
    verify(module)
    try:
        PassManager("builtin.module(convert-framework-to-inference)", ctx).run(module)
    except InferError as problem:
        return Verdict("bad error", str(problem)[:200]) if "(a bug in" in str(problem) else Verdict("refused")
    return Verdict("accepted")


def mutants(folder: Path) -> list[Path]:
    """Damaged copies of the fixtures: of a folder its model or its index."""
    out = []
    for number in range(COUNT):
        rng = random.Random(f"tf/{number}")
        source = rng.choice(FROZEN + SAVED)
        target = folder / f"{number}{source.suffix}"
        if source.is_dir():
            shutil.copytree(source, target)
            name = rng.choice(["saved_model.pb", "saved_model.pb", "variables/variables.index"])
            (target / name).write_bytes(damaged((source / name).read_bytes(), "SavedModel" if name == "saved_model.pb" else "", rng))
        else:
            target.write_bytes(damaged(source.read_bytes(), "GraphDef", rng))
        out.append(target)
    return out


def test_damaged_files(tmp_path: Path):
    found = list(verdicts(imported, mutants(tmp_path)))
    bad = [(path.name, v) for path, v in found if v.kind not in ("error", "accepted", "refused")]
    assert not bad, bad[:10]
    kinds = [v.kind for _, v in found]
    assert kinds.count("accepted") > COUNT // 20 and kinds.count("error") > COUNT // 4
