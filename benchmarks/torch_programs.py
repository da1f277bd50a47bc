"""Real architectures as programs of torch.export: written by torch, then imported and held to what torch computed.

    python benchmarks/torch_programs.py export FOLDER [NAME ...]      # in an environment that has torch and transformers (extra `zoo`)
    .venv/bin/python benchmarks/torch_programs.py run FOLDER          # needs neither

Weights are random, nothing is downloaded; `--full` exports the full sizes. `run` prints a line a model: nodes, operators without a native kernel, the
largest error as a share of what the numerics contract allows.
"""

# pyright: reportMissingImports=false, reportPrivateImportUsage=false, reportArgumentType=false

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

ZOO = ("bert_base", "bert_dyn", "gpt2_prefill", "gpt2_decode", "vit_b16", "llama_small", "llama_dyn", "lstm", "gru", "dcgan", "cnn_dyn")
"""Of `torch_models`."""


def transformers_models() -> dict[str, Any]:
    """Further architectures of transformers, small: name -> (module, inputs)."""
    import torch
    import transformers as t

    def ids(length: int = 12) -> Any:
        return torch.randint(0, 90, (1, length))

    small = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 99}
    return {
        "distilbert": (t.DistilBertModel(t.DistilBertConfig(dim=32, n_layers=2, n_heads=4, hidden_dim=64, vocab_size=99)), (ids(),)),
        "roberta": (t.RobertaModel(t.RobertaConfig(**small)), (ids(),)),
        "albert": (t.AlbertModel(t.AlbertConfig(embedding_size=16, **small)), (ids(),)),
        "electra": (t.ElectraModel(t.ElectraConfig(embedding_size=16, **small)), (ids(),)),
        "t5_encoder": (t.T5EncoderModel(t.T5Config(d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, vocab_size=99)), (ids(),)),
        "opt": (
            t.OPTModel(
                t.OPTConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, ffn_dim=64, vocab_size=99, word_embed_proj_dim=32)
            ),
            (ids(),),
        ),
        "qwen2": (t.Qwen2Model(t.Qwen2Config(num_key_value_heads=2, **small)), (ids(),)),
        "mixtral": (t.MixtralModel(t.MixtralConfig(num_key_value_heads=2, num_local_experts=2, **small)), (ids(),)),
        "resnet": (
            t.ResNetModel(t.ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 2], layer_type="basic")),
            (torch.randn(1, 3, 64, 64),),
        ),
        "mobilenet_v2": (t.MobileNetV2Model(t.MobileNetV2Config(depth_multiplier=0.25)), (torch.randn(1, 3, 64, 64),)),
        "convnext": (t.ConvNextModel(t.ConvNextConfig(hidden_sizes=[8, 16], depths=[1, 1], num_stages=2)), (torch.randn(1, 3, 64, 64),)),
        "whisper_encoder": (
            t.models.whisper.modeling_whisper.WhisperEncoder(
                t.WhisperConfig(d_model=32, encoder_layers=2, encoder_attention_heads=4, encoder_ffn_dim=64, max_source_positions=50)
            ),
            (torch.randn(1, 80, 100),),
        ),
    }


def unet() -> Any:
    """A U-Net of two levels."""
    import torch
    from torch import nn

    def block(a: int, b: int) -> Any:
        return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(inplace=True))

    class UNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.down, self.middle, self.up, self.last = block(3, 8), block(8, 16), block(24, 8), nn.Conv2d(8, 2, 1)

        def forward(self, x: Any) -> Any:
            a = self.down(x)
            b = self.middle(nn.functional.max_pool2d(a, 2))
            b = nn.functional.interpolate(b, scale_factor=2, mode="bilinear", align_corners=False)
            return self.last(self.up(torch.cat([a, b], 1)))

    return UNet()


class Tensors:
    """The tensors of a model's output, in order."""

    def __new__(cls, module: Any) -> Any:
        import torch

        class Wrapped(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.module = module

            def forward(self, *inputs: Any) -> Any:
                found = self.module(*inputs)
                return found if isinstance(found, torch.Tensor) else found[0]

        return Wrapped()


def export(folder: Path, names: list[str], small: bool) -> None:
    """Write the programs."""
    import torch
    from torch_models import seeded

    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    others = {**{n: (Tensors(m), i) for n, (m, i) in transformers_models().items()}, "unet": (unet(), (torch.randn(1, 3, 32, 32),))}
    for name in names or [*ZOO, *others]:
        try:
            if name in ZOO:
                net = seeded(name, small)
                dims = {n: {a: torch.export.Dim(d, min=1) for a, d in net.dynamic[n].items()} for n in net.inputs} if net.dynamic else None
                module, inputs, options = net.module, tuple(net.inputs.values()), {"dynamic_shapes": dims} if dims else {}
            else:
                (module, inputs), options = others[name], {}
            with torch.no_grad():
                program = torch.export.export(module.eval(), inputs, strict=False, **options)
                torch.export.save(program, folder / f"{name}.pt2")
                outputs = module(*inputs)
        except (RuntimeError, ValueError, TypeError, AttributeError, AssertionError) as problem:
            print(f"{name}: not exported: {type(problem).__name__}: {str(problem)[:150]}", flush=True)
            continue
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        arrays = {f"in{i}": v.numpy() for i, v in enumerate(inputs)} | {f"out{i}": v.numpy() for i, v in enumerate(outputs)}
        np.savez(folder / f"{name}.npz", **arrays)
        print(f"{name}: exported", flush=True)


def run(folder: Path) -> int:
    """Import, compile, run and compare the programs; 1 where one fails."""
    import inferir
    from inferir.backends.host.text import host_op
    from inferir.backends.runtime.program import ModelError
    from inferir.core import InferError, make_context
    from inferir.core.walk import walk
    from inferir.dialects.cpu import FALLBACK
    from inferir.dialects.framework import SourceOp
    from inferir.frontends import import_model
    from inferir.tools.driver import build

    failed = 0
    for path in sorted(folder.glob("*.pt2")):
        with np.load(path.with_suffix(".npz")) as stored:
            inputs, wanted = ([stored[f"{kind}{i}"] for i in range(sum(k.startswith(kind) for k in stored))] for kind in ("in", "out"))
        try:
            nodes = sum(isinstance(op, SourceOp) for op in import_model(path, make_context()).walk())
            found = inferir.compile(path)(*inputs)
            left = sorted({host_op(op).op for op in walk(build(path, "cpu", "layout", {}, make_context())[1]) if FALLBACK in op.attributes})
        except (InferError, ModelError) as problem:
            notes = "; ".join(n.message[:100] for n in getattr(problem, "notes", ())[:4])
            print(f"{path.stem}: {str(problem)[:160]} {notes}", flush=True)
            failed = 1
            continue
        found = found if isinstance(found, tuple) else (found,)
        share = max(
            float(np.max(np.abs(a - b) / (1e-5 * np.abs(b).max() + 1e-3 * np.abs(b) + 1e-30), initial=0))
            for a, b in zip(found, wanted, strict=True)
        )
        failed |= share > 1
        print(f"{path.stem}: {nodes} nodes, fallback {', '.join(left) or 'none'}, {share:.3f} of the contract", flush=True)
    return failed


def main(argv: list[str]) -> int:
    """The command line."""
    plain = [a for a in argv if not a.startswith("-")]
    if len(plain) < 2 or plain[0] not in ("export", "run"):
        print(__doc__)
        return 2
    if plain[0] == "run":
        return run(Path(plain[1]))
    export(Path(plain[1]), plain[2:], "--full" not in argv)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
