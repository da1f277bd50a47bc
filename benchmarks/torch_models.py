"""The nets of the zoo that torch exports: one function a model. Needs the extra `zoo` (torch, transformers)."""

# pyright: reportMissingImports=false, reportPrivateImportUsage=false, reportArgumentType=false, reportCallIssue=false

from __future__ import annotations

import itertools
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.onnx.utils import register_custom_op_symbolic
from transformers import (
    BertConfig,
    BertModel,
    DynamicCache,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    ViTConfig,
    ViTForImageClassification,
)


@dataclass
class Net:
    """What is exported: a module, its inputs by the names of its arguments, the outputs' names, and the dimensions that stay open."""

    module: nn.Module
    inputs: dict[str, Tensor]
    outputs: list[str]
    dynamic: dict[str, dict[int, str]] = field(default_factory=dict)


class Tokens(nn.Module):
    """A language model as a function of tokens (and a mask): some of its outputs."""

    def __init__(self, net: nn.Module, *outputs: str, **options: bool):
        super().__init__()
        self.net, self.outputs, self.options = net, outputs, options

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None):
        y = self.net(input_ids=input_ids, attention_mask=attention_mask, **self.options)
        return tuple(y[name] for name in self.outputs)


class Image(nn.Module):
    """A classifier of transformers as a function of pixels."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, pixel_values: Tensor):
        return self.net(pixel_values=pixel_values).logits


class Decode(nn.Module):
    """One step of a language model whose keys and values so far, [layer, 2, batch, head, length, size], are an input; it returns the longer ones."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, input_ids: Tensor, past: Tensor):
        cache = DynamicCache(ddp_cache_data=[(k, v) for k, v in past])
        y = self.net(input_ids=input_ids, past_key_values=cache, use_cache=True)
        layers = y.past_key_values.layers
        return y.logits, torch.stack([torch.stack([layer.keys, layer.values]) for layer in layers])


class Sequence(nn.Module):
    """A recurrent net without its last state."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, x: Tensor):
        return self.net(x)[0]


def tokens(batch: int, length: int, vocabulary: int) -> Tensor:
    """Random token numbers: i64[batch, length]."""
    return torch.randint(0, vocabulary, (batch, length))


NARROW = {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 4, "intermediate_size": 64}
"""The small variants of BERT and ViT."""


def bert_base(small: bool, dynamic: bool = False) -> Net:
    """BERT-base (Devlin et al. 2018): 12 layers of 768, sequence 128; some tokens are masked."""
    config = BertConfig(vocab_size=96, **NARROW) if small else BertConfig()
    inputs = {"input_ids": tokens(2 if dynamic else 1, 16 if small else 128, config.vocab_size)}
    inputs["attention_mask"] = (inputs["input_ids"] >= config.vocab_size // 8).long()
    open_dims = {name: {0: "batch", 1: "seq"} for name in inputs} if dynamic else {}
    return Net(Tokens(BertModel(config), "last_hidden_state", "pooler_output"), inputs, ["hidden", "pooled"], open_dims)


def bert_dyn(small: bool) -> Net:
    """The same for any batch and sequence."""
    return bert_base(small, dynamic=True)


def gpt2_prefill(small: bool) -> Net:
    """GPT-2 (Radford et al. 2019), 12 layers of 768: a prompt of 64 tokens."""
    config = gpt2_config(small)
    return Net(Tokens(GPT2LMHeadModel(config), "logits", use_cache=False), {"input_ids": tokens(1, 64, config.vocab_size)}, ["logits"])


def gpt2_decode(small: bool) -> Net:
    """GPT-2: one token after 64 whose keys and values are an input; the longer ones are an output."""
    config = gpt2_config(small)
    past = torch.randn(config.n_layer, 2, 1, config.n_head, 64, config.n_embd // config.n_head) * 0.5
    return Net(Decode(GPT2LMHeadModel(config)), {"input_ids": tokens(1, 1, config.vocab_size), "past": past}, ["logits", "present"])


def gpt2_config(small: bool) -> GPT2Config:
    """GPT-2's sizes, or 2 layers of 32."""
    return GPT2Config(n_layer=2, n_embd=32, n_head=4, vocab_size=96, n_positions=96) if small else GPT2Config()


def vit_b16(small: bool) -> Net:
    """ViT-B/16 (Dosovitskiy et al. 2020): 12 layers of 768 over 14 x 14 patches."""
    config = ViTConfig(num_labels=10, image_size=64, **NARROW) if small else ViTConfig(num_labels=1000)
    pixels = torch.randn(1, 3, config.image_size, config.image_size)
    return Net(Image(ViTForImageClassification(config)), {"pixel_values": pixels}, ["logits"])


def llama_small(small: bool, dynamic: bool = False, layers: int = 8) -> Net:
    """A decoder in Llama's style (Touvron et al. 2023): RMS norm, rotary positions, 8 query heads over 2 key heads, SwiGLU; sequence 64."""
    width = 64 if small else 512
    config = LlamaConfig(
        num_hidden_layers=2 if small else layers,
        hidden_size=width,
        intermediate_size=width * 2 if small else 1408,
        num_attention_heads=8,
        num_key_value_heads=2,
        vocab_size=96 if small else 8000,
    )
    inputs = {"input_ids": tokens(2 if dynamic else 1, 16 if small else 64, config.vocab_size)}
    open_dims = {"input_ids": {0: "batch", 1: "seq"}} if dynamic else {}
    return Net(Tokens(LlamaForCausalLM(config), "logits", use_cache=False), inputs, ["logits"], open_dims)


def llama_dyn(small: bool) -> Net:
    """The same for any batch and sequence, 3 layers."""
    return llama_small(small, dynamic=True, layers=3)


def lstm(small: bool) -> Net:
    """Two layers of 256 LSTM cells over 64 steps."""
    return _recurrent("LSTM", small)


def gru(small: bool) -> Net:
    """Two layers of 256 GRU cells over 64 steps."""
    return _recurrent("GRU", small)


def _recurrent(kind: str, small: bool) -> Net:
    width, steps = (16, 8) if small else (256, 64)
    module = getattr(nn, kind)(width, width, num_layers=2, batch_first=True)
    return Net(Sequence(module), {"x": torch.randn(1, steps, width)}, ["y"])


def dcgan(small: bool) -> Net:
    """The generator of DCGAN (Radford et al. 2015): noise [1, 100, 1, 1] to an image of 64 x 64."""
    width, noise = (3, 12) if small else (64, 100)
    sizes = [noise, 8 * width, 4 * width, 2 * width, width, 3]
    layers: list[nn.Module] = []
    for i, (cin, cout) in enumerate(itertools.pairwise(sizes)):
        layers += [nn.ConvTranspose2d(cin, cout, 4, 1 if i == 0 else 2, 0 if i == 0 else 1, bias=False)]
        layers += [nn.BatchNorm2d(cout), nn.ReLU()] if i < 4 else [nn.Tanh()]
    return Net(nn.Sequential(*layers), {"input": torch.randn(1, noise, 1, 1)}, ["image"])


def cnn_dyn(small: bool) -> Net:
    """Three convolutions and a linear layer over images of any number and size."""
    width = 8 if small else 32
    body = [nn.Conv2d(3, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(width, 2 * width, 3, padding=1), nn.ReLU()]
    head = [nn.Conv2d(2 * width, 2 * width, 3, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * width, 10)]
    return Net(
        nn.Sequential(*body, *head), {"input": torch.randn(2, 3, 48, 64)}, ["logits"], {"input": {0: "batch", 2: "height", 3: "width"}}
    )


def seeded(name: str, small: bool) -> Net:
    """A model with seeded weights; scales and shifts, which torch starts at 1 and 0, are random too, so that a lost one shows."""
    torch.manual_seed(len(name))
    net: Net = globals()[name](small)
    with torch.no_grad():
        for parameter in net.module.parameters():
            if parameter.ndim == 1:
                parameter.add_(torch.randn_like(parameter) * 0.1)
        for statistic, value in net.module.named_buffers():
            if "running" in statistic:
                value.add_(torch.rand_like(value) * 0.5)
    net.module.eval()
    return net


def differences(g: Any, x: Any, n: Any, dim: Any, prepend: Any, append: Any) -> Any:
    """torch.diff of neighbours along the last axis, for which the older exporter has no rule; transformers finds packed sequences by it."""

    def indices(*values: int) -> Any:
        return g.op("Constant", value_t=torch.tensor(values))

    parts = [v for v in (prepend, x, append) if v.node().kind() != "prim::Constant"]
    whole = g.op("Concat", *parts, axis_i=-1) if len(parts) > 1 else x
    later = g.op("Slice", whole, indices(1), indices(2**62), indices(-1))
    return g.op("Sub", later, g.op("Slice", whole, indices(0), indices(-1), indices(-1)))


def sums(g: Any, x: Any, dim: Any, dtype: Any) -> Any:
    """torch.cumsum, which counts truth values; the older exporter gives ONNX's CumSum the truth values, which the standard has not."""
    counted = g.op("Cast", x, to_i=onnx.TensorProto.INT64) if x.type().scalarType() == "Bool" else x
    return g.op("CumSum", counted, dim)


def exported(net: Net, path: Path, torchscript: bool) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Export by torch; inputs and torch's outputs by name."""
    module, args = net.module, tuple(net.inputs.values())
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = module(*args)
        names: dict[str, Any] = {"input_names": list(net.inputs), "output_names": net.outputs}
        if torchscript:
            register_custom_op_symbolic("aten::diff", differences, 18)
            register_custom_op_symbolic("aten::cumsum", sums, 18)
            torch.onnx.export(module, args, str(path), dynamo=False, dynamic_axes=net.dynamic, opset_version=18, **names)
        else:
            shapes = {n: {a: torch.export.Dim(d, min=1) for a, d in net.dynamic[n].items()} for n in net.inputs} if net.dynamic else None
            torch.onnx.export(module, args, str(path), dynamo=True, dynamic_shapes=shapes, external_data=False, verbose=False, **names)
    made = onnx.load(path)
    for node in made.graph.node:  # traces of the exporter's own source, longer than small models
        del node.metadata_props[:]
    onnx.save(made, path)
    results = results if isinstance(results, tuple) else (results,)
    given = {n: v.numpy() for n, v in net.inputs.items()}
    return given, {n: v.numpy() for n, v in zip(net.outputs, results, strict=True)}
