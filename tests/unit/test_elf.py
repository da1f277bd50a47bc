"""The object loader: what it runs, what it refuses, and that damage never gets as far as running."""

import ctypes
import io
import random

import pytest

from inferir.backends.cpu.machines import checked, host
from inferir.backends.runtime.elf import host_features, load_object, plain, require_host
from inferir.backends.runtime.program import ModelError
from tests.unit.small_program import compile_text


def test_constants_data_jump_tables_and_calls_out_are_linked():
    text = """
    declare float @expf(float)
    @table = internal constant [3 x i64] [i64 10, i64 20, i64 30]
    @counter = internal global i64 5
    @pointer = internal global ptr @counter
    define i64 @entry(i64 %i) {
      %p = getelementptr i64, ptr @table, i64 %i
      %v = load i64, ptr %p
      %q = load ptr, ptr @pointer
      %n = load i64, ptr %q
      %n1 = add i64 %n, 1
      store i64 %n1, ptr %q
      %x = sitofp i64 %i to float
      %e = call float @expf(float %x)
      %t = fptosi float %e to i64
      %s = add i64 %v, %n1
      %r = add i64 %s, %t
      ret i64 %r
    }
    """
    code = load_object(compile_text(text))
    entry = code.function("entry", ctypes.c_int64, ctypes.c_int64)
    assert [entry(0), entry(1), entry(2)] == [10 + 6 + 1, 20 + 7 + 2, 30 + 8 + 7]
    code.close()


def test_no_page_is_writable_and_executable():
    code = load_object(compile_text("@g = dso_local global i64 1\ndefine i64 @f() {\n%v = load i64, ptr @g\nret i64 %v\n}"))
    protections = {}
    with open("/proc/self/maps") as maps:
        for line in maps:
            span, flags = line.split()[:2]
            low, high = (int(x, 16) for x in span.split("-"))
            for name, address in code.symbols.items():
                if low <= address < high:
                    protections[name] = flags[:3]
    code.close()
    assert protections == {"f": "r-x", "g": "rw-"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it is not an ELF object"),
        (b"\x7fELF" + bytes(20), "it is not an ELF object"),
        (b"MZ" + bytes(100), "it is not an ELF object"),
    ],
)
def test_what_is_no_object_is_refused(data, message):
    with pytest.raises(ModelError, match=message):
        load_object(data)


def test_another_architecture_is_named():
    with pytest.raises(ModelError, match=r"the program's code is for aarch64; this machine is x86_64"):
        load_object(compile_text("define i64 @f() {\nret i64 1\n}", cpu="cortex-a72"))


def test_calls_outside_a_short_list_are_refused():
    with pytest.raises(ModelError, match="it calls system, which no program may"):
        load_object(compile_text("declare i32 @system(ptr)\ndefine i32 @f() {\n%r = call i32 @system(ptr null)\nret i32 %r\n}"))


def test_damaged_objects_load_or_are_refused_cleanly():
    good = compile_text("declare float @expf(float)\ndefine float @f(float %x) {\n%e = call float @expf(float %x)\nret float %e\n}")
    rng = random.Random(0)
    refused = 0
    for _ in range(400):
        data = bytearray(good)
        if rng.random() < 0.2:
            data = data[: rng.randrange(len(data))]
        else:
            for _ in range(rng.randint(1, 4)):
                data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            load_object(bytes(data)).close()  # loaded, never called: a package's checksum stands before this
        except ModelError as e:
            refused += 1
            assert "\n" not in str(e)
    assert refused > 100


def test_relocations_stay_inside_the_object():
    data = bytearray(compile_text("@g = internal constant [2 x i64] [i64 3, i64 4]\ndefine ptr @f() {\nret ptr @g\n}"))
    at = data.index((-4).to_bytes(8, "little", signed=True))  # the addend
    data[at : at + 8] = (1 << 30).to_bytes(8, "little")
    with pytest.raises(ModelError, match="a relocation points outside the object"):
        load_object(bytes(data))


def test_the_host_has_every_feature_that_code_for_it_requires():
    require_host("x86_64", host().features)


def test_a_feature_the_kernel_does_not_name_is_not_used(monkeypatch: pytest.MonkeyPatch):
    """A kernel that is older than the processor, or that has a feature switched off (shstk, amx)."""
    flags = frozenset({"avx", "avx2", "fma", "bmi", "bmi2", "f16c"})
    monkeypatch.setattr("inferir.backends.cpu.machines.host_features", lambda: flags)
    found = {"avx2": True, "fma": True, "avx10.1": True, "avxvnniint8": True, "shstk": True, "avx512f": False}
    assert checked(found) == ("avx2", "fma")


@pytest.mark.parametrize(
    ("feature", "flag"), [("avx512vnni", "avx512_vnni"), ("avxvnni", "avx_vnni"), ("bmi", "bmi1"), ("sse4.2", "sse4_2")]
)
def test_spellings_of_llvm_and_the_kernel_meet(feature: str, flag: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("builtins.open", lambda *_: io.StringIO(f"processor\t: 0\nflags\t\t: fpu {flag}\n"))
    assert plain(feature) in host_features()


def test_what_the_machine_lacks_is_named():
    with pytest.raises(ModelError, match="this program needs cpu features that this machine lacks: avx9999; compile it for this machine"):
        require_host("x86_64", ("avx9999",))
