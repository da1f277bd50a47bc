"""LSTM, GRU and RNN, native against the reference executor, in all their forms."""

import numpy as np
import pytest

from inferir.backends.cpu.build import build_program
from inferir.backends.runtime.model import Model
from inferir.core import PassManager, execute, make_context, parse

GATES = {"lstm": 4, "gru": 3, "rnn": 1}


def compare(
    kind: str, steps: int, batch: int, size: int, hidden: int, given: str, attributes: str, threads: int = 1, dynamic: bool = False
):
    """Run one op both ways; `given` names the optional operands that are there. With `scales` the recurrent weights are constant bytes."""
    rng = np.random.default_rng(0)
    directions = 2 if "bidirectional" in attributes else 1
    early = "layout batch" in attributes
    rows, per_batch = GATES[kind] * hidden, (batch, directions, hidden) if early else (directions, batch, hidden)
    arrays = {
        "x": rng.standard_normal((batch, steps, size) if early else (steps, batch, size)),
        "w": rng.standard_normal((directions, rows, size)) * 0.5,
        "r": rng.standard_normal((directions, rows, hidden)) * 0.3,
        "bias": rng.standard_normal((directions, 2 * rows)),
        "lengths": rng.integers(0, steps + 1, batch),
        "h0": rng.standard_normal(per_batch),
        "c0": rng.standard_normal(per_batch),
        "peepholes": rng.standard_normal((directions, 3 * hidden)),
        "scales": rng.uniform(0.002, 0.006, (directions, rows)),
    }
    there = ["x", "w", "r", *given.split()]
    feeds = {name: arrays[name].astype(np.int32 if name == "lengths" else np.float32) for name in arrays if name in there}
    constants: dict[str, np.ndarray] = {}
    if "scales" in feeds:
        del feeds["r"]
        constants = {"r": rng.integers(-128, 128, (directions, rows, hidden)).astype(np.int8), "scales": feeds.pop("scales")}
    dims: dict[str, str] = {}
    if dynamic:
        dims = {"x": '["B", "T", 0]' if early else '["T", "B", 0]', "lengths": '["B"]'}
        state = '["B", 0, 0]' if early else '[0, "B", 0]'
        dims |= {"h0": state, "c0": state}

    def type_of(name: str) -> str:
        if name in constants:
            return f"tensor<{'x'.join(map(str, constants[name].shape))}x{'i8' if name == 'r' else 'f32'}>"
        known = [int(d) for d in feeds[name].shape]
        names = dims[name].strip("[]").split(", ") if dynamic and name in dims else ["0"] * len(known)
        shape = ["?" if n != "0" else str(d) for n, d in zip(names, known, strict=True)]
        return f"tensor<{'x'.join(shape)}x{'i32' if name == 'lengths' else 'f32'}>"

    def port(name: str) -> str:
        known = [str(d) for d in feeds[name].shape]
        names = dims[name].strip("[]").split(", ") if dynamic and name in dims else ["0"] * len(known)
        shown = [d if n == "0" else n for n, d in zip(names, known, strict=True)]
        return f'%{name}: {type_of(name)} {{inference.name = "{name}", inference.dims = [{", ".join(shown)}]}}'

    b, t = ("?", "?") if dynamic else (str(batch), str(steps))
    y = [b, t, directions, hidden] if early else [t, directions, b, hidden]
    last = [b, directions, hidden] if early else [directions, b, hidden]
    results = [f"tensor<{'x'.join(map(str, y))}xf32>"] + [f"tensor<{'x'.join(map(str, last))}xf32>"] * (2 if kind == "lstm" else 1)
    names = [f"%{n}" for n in ("y", "h", "c")][: len(results)]
    operands = [n for n in arrays if n in feeds or n in constants]
    optional = " ".join(f"{name} %{name}" for name in operands if name not in ("x", "w", "r"))
    types = f"({', '.join(type_of(n) for n in operands)}) -> ({', '.join(results)})"
    written = "\n      ".join(f"%{n} = inference.constant dense<{a.tolist()}> : {type_of(n)}" for n, a in constants.items())
    text = f"""func.func @main({", ".join(port(n) for n in feeds)}) -> ({", ".join(results)}) {{
      {written}
      {", ".join(names)} = inference.{kind} %x, %w, %r {optional} {attributes} : {types}
      return {", ".join(names)} : {", ".join(results)}
    }}"""
    ctx = make_context()
    module = parse(text, "recurrent.mlir", ctx)
    expected = execute(module, feeds, ctx)
    PassManager("cpu-layout", ctx).run(module)
    with Model(build_program(module, ctx), num_threads=threads) as model:
        got = model(*feeds.values())
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=2e-5)


ALL = "bias lengths h0 c0 peepholes"


@pytest.mark.parametrize(
    ("given", "attributes"),
    [
        ("", ""),
        ("bias h0 c0", "direction reverse"),
        ("peepholes", "clip 0.4 input_forget"),
        (ALL, "direction bidirectional"),
        (ALL, "direction bidirectional layout batch"),
    ],
)
def test_lstm(given: str, attributes: str) -> None:
    compare("lstm", 5, 3, 7, 9, given, attributes)


@pytest.mark.parametrize(
    ("given", "attributes"),
    [
        ("", ""),
        ("bias", "clip 0.4 linear_before_reset"),
        ("bias lengths h0", "direction bidirectional"),
        ("bias lengths h0", "direction reverse layout batch linear_before_reset"),
    ],
)
def test_gru(given: str, attributes: str) -> None:
    compare("gru", 5, 3, 7, 9, given, attributes)


@pytest.mark.parametrize(
    "activation",
    [
        '"affine" alphas [0.7] betas [0.1]',
        '"leakyrelu" alphas [0.1]',
        '"thresholdedrelu" alphas [0.3]',
        '"scaledtanh" alphas [1.2] betas [0.5]',
        '"hardsigmoid" alphas [0.3] betas [0.4]',
        '"elu" alphas [0.9]',
        '"softsign"',
        '"softplus"',
        '"sigmoid"',
        '"relu"',
    ],
)
def test_activations(activation: str) -> None:
    compare("rnn", 4, 2, 3, 5, "bias", f"activations {activation}")


def test_directions_with_activations_of_their_own() -> None:
    names = '"sigmoid,tanh,tanh,hardsigmoid,softsign,relu"'
    compare("lstm", 4, 2, 3, 5, ALL, f"direction bidirectional layout batch activations {names} alphas [0.3]")


@pytest.mark.parametrize(("kind", "hidden", "attributes"), [("lstm", 96, ""), ("gru", 40, "direction bidirectional"), ("rnn", 130, "")])
@pytest.mark.parametrize(("batch", "threads"), [(1, 2), (23, 1)])
def test_sizes(kind: str, hidden: int, attributes: str, batch: int, threads: int) -> None:
    compare(kind, 6, batch, 20, hidden, "bias", attributes, threads)


@pytest.mark.parametrize("attributes", ["direction bidirectional", "direction reverse layout batch"])
@pytest.mark.parametrize(("steps", "batch"), [(1, 1), (7, 5), (0, 2)])
def test_batch_and_steps_known_at_run_time(attributes: str, steps: int, batch: int) -> None:
    compare("lstm", steps, batch, 6, 20, "bias h0 c0", attributes, dynamic=True)


@pytest.mark.parametrize(
    ("given", "attributes"),
    [
        ("", ""),
        ("bias h0 c0", "direction reverse"),
        (ALL, "direction bidirectional layout batch"),
        ("lengths", "clip 0.4"),
    ],
)
@pytest.mark.parametrize(
    ("batch", "hidden", "threads", "dynamic"), [(1, 1, 1, False), (3, 9, 2, False), (2, 20, 2, True), (1, 33, 1, True)]
)
def test_state_rounded_at_every_step(given: str, attributes: str, batch: int, hidden: int, threads: int, dynamic: bool) -> None:
    compare("lstm", 5, batch, 7, hidden, given, f"{attributes} quantize_state", threads, dynamic)


@pytest.mark.parametrize(
    ("given", "attributes"),
    [
        ("scales", ""),
        ("bias h0 c0 scales", "direction reverse"),
        (f"{ALL} scales", "direction bidirectional layout batch"),
        ("lengths scales", "clip 0.4"),
        (f"{ALL} scales", 'direction bidirectional activations "sigmoid,tanh,tanh,hardsigmoid,softsign,relu"'),
    ],
)
@pytest.mark.parametrize(
    ("batch", "hidden", "threads", "dynamic"), [(1, 1, 1, False), (3, 9, 2, False), (2, 20, 2, True), (1, 33, 1, True), (5, 64, 2, True)]
)
def test_state_and_weights_of_bytes(given: str, attributes: str, batch: int, hidden: int, threads: int, dynamic: bool) -> None:
    compare("lstm", 5, batch, 7, hidden, given, f"{attributes} quantize_state", threads, dynamic)


def test_bytes_of_no_samples_and_no_steps() -> None:
    compare("lstm", 3, 0, 7, 9, "h0 scales", "direction bidirectional quantize_state", dynamic=True)
    compare("lstm", 0, 2, 7, 9, "h0 scales", "direction bidirectional quantize_state", dynamic=True)


def test_rounded_state_of_no_samples_and_no_steps() -> None:
    compare("lstm", 3, 0, 7, 9, "h0", "direction bidirectional quantize_state", dynamic=True)
    compare("lstm", 0, 2, 7, 9, "h0", "direction bidirectional quantize_state", dynamic=True)


def test_rounded_states_of_two_nets() -> None:
    compare("lstm", 4, 2, 3, 5, ALL, 'direction bidirectional activations "sigmoid,tanh,tanh,hardsigmoid,softsign,relu" quantize_state')
