"""A compiled model in memory: checking of inputs, symbolic dimensions, threads, lifetime."""

import gc
import multiprocessing
import threading
import weakref

import numpy as np
import pytest

from inferir.backends.runtime import native
from inferir.backends.runtime.arrays import contract
from inferir.backends.runtime.model import Model
from inferir.backends.runtime.program import ModelError, Port
from tests.unit.small_program import TEXT, WEIGHTS, compile_text, small_program

X = np.arange(8, dtype=np.float32).reshape(2, 4)


def test_runs_by_position_and_by_name():
    with Model(small_program()) as model:
        np.testing.assert_array_equal(model(X), X * WEIGHTS)
        np.testing.assert_array_equal(model.run({"x": X})["y"], X * WEIGHTS)
        assert str(model.inputs[0]) == "x: f32[n, 4]"


def test_one_program_serves_every_size_of_a_symbolic_dimension():
    with Model(small_program()) as model:
        for n in (3, 1, 1000, 0, 3):
            x = np.random.default_rng(n).random((n, 4), np.float32)
            np.testing.assert_array_equal(model(x), x * WEIGHTS)


def test_takes_lists_and_arrays_that_are_not_contiguous():
    with Model(small_program()) as model:
        np.testing.assert_array_equal(model([[1, 2, 3, 4]]), np.array([[1, 4, 9, 16]], np.float32))
        np.testing.assert_array_equal(model(np.asfortranarray(X)), X * WEIGHTS)
        np.testing.assert_array_equal(model(np.repeat(X, 2, axis=1)[:, ::2]), X * WEIGHTS)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"z": X}, "the model has no input 'z'; its inputs are 'x'"),
        ({}, "input 'x' is missing; it is x: f32[n, 4]"),
        ({"x": X.astype(np.float64)}, "input 'x' has element type float64, the model takes f32 (float32)"),
        ({"x": X.astype(">f4")}, "input 'x' has element type >f4, the model takes f32 (float32)"),
        ({"x": X[0]}, "input 'x' has shape [4] of rank 1, the model takes x: f32[n, 4]"),
        ({"x": X.T}, "input 'x' has shape [4, 2], the model takes x: f32[n, 4]"),
        ({"x": "hello"}, "input 'x' cannot be read as f32: could not convert string to float: 'hello'"),
        ({"x": np.ones((13, 4), np.float32)}, "the compiled program stopped with error 7"),
    ],
)
def test_wrong_inputs_are_refused_in_one_line(inputs, message):
    with Model(small_program()) as model, pytest.raises(ModelError) as error:
        model.run(inputs)
    assert str(error.value) == message


def test_wrong_number_of_inputs():
    with Model(small_program()) as model, pytest.raises(ModelError, match=r"takes 1 input \('x'\), 2 given"):
        model(X, X)


def test_symbols_must_agree_between_inputs():
    inputs = (Port("x", "f32", ("n", 4)), Port("mask", "f32", ("2*n + 1",)), Port("z", "f32", ("n",)))
    program = small_program(inputs=inputs, outputs=(Port("y", "f32", ("n - 1",)),))
    model = Model(program)
    plan = model.function.plan(((3, 4), (7,), (3,)))
    assert plan.outputs[0][0] == (2,)
    with pytest.raises(ModelError, match="'n' is 3 in input 'x' and 2 in input 'z'"):
        model.function.plan(((3, 4), (7,), (2,)))
    with pytest.raises(ModelError, match=r"input 'mask' has a dimension of 8 where the model takes 2\*n \+ 1, with n = 3"):
        model.function.plan(((3, 4), (8,), (3,)))
    with pytest.raises(ModelError, match=r"output 'y' would have shape \[-1\] for n = 0"):
        model.function.plan(((0, 4), (1,), (0,)))


def test_a_symbol_seen_only_inside_an_expression_is_solved():
    model = Model(small_program(inputs=(Port("x", "f32", ("2*n", 4)),)))
    assert model.function.plan(((6, 4),)).sizes.tolist() == [3]
    with pytest.raises(ModelError, match=r"dimension of 5 where the model takes 2\*n"):
        model.function.plan(((5, 4),))


def test_a_symbol_that_no_input_gives_is_an_error():
    with Model(small_program(symbols=("n", "m"))) as model, pytest.raises(ModelError, match="no input gives the size of 'm'"):
        model(X)


def test_an_absurd_arena_is_refused():
    text = TEXT.replace("%bytes = mul i64 %n, 16", "%bytes = mul i64 %n, -16")
    with Model(small_program(code=compile_text(text))) as model, pytest.raises(ModelError, match="asks for -32 bytes"):
        model(X)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": "cuda"}, "compiled for target 'cuda'; only 'cpu' runs here"),
        ({"arch": "aarch64"}, "compiled for aarch64; this machine is x86_64"),
        ({"cpu_features": ("sse2", "avx1024f")}, "needs cpu features that this machine lacks: avx1024f"),
        ({"inputs": (Port("x", "i5", ("n", 4)),)}, "'x' has element type i5, which this inferir cannot pass"),
    ],
)
def test_programs_this_machine_cannot_run_are_refused(changes, message):
    with pytest.raises(ModelError, match=message):
        Model(small_program(**changes))


def test_weights_are_put_at_their_offsets_and_made_only_when_needed():
    made = []

    def half():
        made.append(True)
        return WEIGHTS[:2]

    program = small_program(weights=[(0, half), (8, WEIGHTS[2:])])
    with Model(program) as model:
        assert not made
        np.testing.assert_array_equal(model(X), X * WEIGHTS)
    with Model(small_program(weights=[(60, WEIGHTS)])) as model, pytest.raises(ModelError, match="does not fit in 64 bytes"):
        model(X)


def test_threads_start_at_the_first_call_and_stop_with_the_model():
    before = threading.active_count()
    model = Model(small_program(), num_threads=3)
    assert threading.active_count() == before
    model(X)
    assert threading.active_count() == before + 2
    model.close()
    assert threading.active_count() == before
    with pytest.raises(ModelError, match="the model is closed"):
        model(X)
    model.close()


def test_a_forgotten_model_is_collected_with_its_threads():
    before = threading.active_count()
    model = Model(small_program(), num_threads=2)
    model(X)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
    assert threading.active_count() == before


def test_concurrent_callers_take_turns():
    wrong = []
    with Model(small_program(), num_threads=2) as model:

        def caller(seed: int) -> None:
            rng = np.random.default_rng(seed)
            for n in rng.integers(1, 12, 200):
                x = rng.random((n, 4), np.float32)
                if not np.array_equal(model(x), x * WEIGHTS):
                    wrong.append(seed)

        callers = [threading.Thread(target=caller, args=(i,)) for i in range(4)]
        for each in callers:
            each.start()
        for each in callers:
            each.join()
    assert not wrong


def test_works_in_a_forked_child():
    with Model(small_program(), num_threads=2) as model:
        model(X)
        child = multiprocessing.get_context("fork").Process(target=lambda: np.testing.assert_array_equal(model(X), X * WEIGHTS))
        child.start()
        child.join(20)
        assert child.exitcode == 0


def test_profile_names_every_launch():
    with Model(small_program()) as model:
        outputs, times = model.profile({"x": X})
        np.testing.assert_array_equal(outputs["y"], X * WEIGHTS)
        assert [name for name, _ in times] == ["scale"]
        assert 0 < times[0][1] < 1
    with Model(small_program(launches=())) as model:
        assert model.profile({"x": X})[1] == []


class Raises:
    """An array that cannot be had."""

    def __init__(self, problem: type[BaseException]):
        self.problem = problem

    def __array__(self, *args: object, **kwargs: object) -> np.ndarray:
        raise self.problem("a\nb" * 400)


class OnlyDlpack:
    """An array that speaks DLPack and nothing else."""

    def __init__(self, array: np.ndarray):
        self.array = array

    def __dlpack__(self, **kwargs: object) -> object:
        return self.array.__dlpack__()

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.array.__dlpack_device__()


@pytest.mark.parametrize("problem", [RuntimeError, MemoryError, KeyError, OverflowError, OSError])
def test_an_array_that_raises_is_one_line(problem: type[BaseException]):
    with Model(small_program()) as model, pytest.raises(ModelError, match="input 'x' cannot be read") as error:
        model(Raises(problem))
    assert "\n" not in str(error.value) and len(str(error.value)) < 300


def test_an_array_that_speaks_dlpack_only_is_taken():
    with Model(small_program()) as model:
        np.testing.assert_array_equal(model(OnlyDlpack(X)), X * WEIGHTS)
        with pytest.raises(ModelError, match="input 'x' has element type float64"):
            model(OnlyDlpack(X.astype(np.float64)))


@pytest.mark.parametrize("threads", [2.5, "2", 0, -1, 1025, 2**70, float("nan"), [2], b"2"])
def test_a_number_of_threads_that_is_none_is_refused_at_once(threads):
    with pytest.raises(ModelError, match="it must be an integer from 1 to 1024"):
        Model(small_program(), threads)


def test_numpy_integers_count_threads():
    with Model(small_program(), np.int32(2)) as model:  # pyright: ignore[reportArgumentType]
        assert model.num_threads == 2
        np.testing.assert_array_equal(model(X), X * WEIGHTS)


def test_memory_that_runs_out_is_one_line_and_the_model_works_afterwards(monkeypatch: pytest.MonkeyPatch):
    def none_left(*_: object, **__: object) -> np.ndarray:
        raise MemoryError

    with Model(small_program()) as model:
        for owner, name, message in (
            (native, "weights_of", "not enough memory for 0 MiB of weights"),
            (np, "empty", "not enough memory: the inference needs 0 MiB beside its outputs"),
        ):
            with monkeypatch.context() as patch:
                patch.setattr(owner, name, none_left)
                with pytest.raises(ModelError, match=message):
                    model(X)
            np.testing.assert_array_equal(model(X), X * WEIGHTS)
        with monkeypatch.context() as patch, pytest.raises(ModelError, match="not contiguous, and there is not enough memory for a copy"):
            patch.setattr(np, "array", none_left)
            model(np.asfortranarray(X))


@pytest.mark.parametrize(
    ("got", "ref", "share"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([1.0, 2.00202], [1.0, 2.0], 1.0),  # rtol 1e-3 of 2, atol 1e-5 of 2
        ([1.0, float("nan")], [1.0, float("nan")], 0.0),
        ([1.0, float("nan")], [1.0, 2.0], float("inf")),
        ([1.0], [1.0, 2.0], float("inf")),
        ([], [], 0.0),
        ([100_000], [100_001], float("inf")),  # integers are the same or wrong
        ([2**53 + 1], [2**53], float("inf")),
        ([2**63 - 1, -(2**63)], [2**63 - 1, -(2**63)], 0.0),
        ([True, False], [True, True], float("inf")),
        ([True], [1], float("inf")),
        (["a", "bc"], ["a", "bc"], 0.0),
        (["a", "bc"], ["a", "bd"], float("inf")),
        ([1], [1.0], float("inf")),
    ],
)
def test_the_numerics_contract(got, ref, share):
    assert contract(np.array(got), np.array(ref))[1] == pytest.approx(share, rel=1e-3)


@pytest.mark.parametrize(
    ("got", "ref", "error"),
    [
        (np.array([2**63 - 1]), np.array([-(2**63)]), 2.0**64),
        (np.array([2**64 - 1], np.uint64), np.array([0], np.uint64), 2.0**64),
        (np.array([-128], np.int8), np.array([127], np.int8), 255.0),
    ],
)
def test_errors_of_integers_are_counted_without_overflow(got, ref, error):
    assert contract(got, ref)[0] == error
