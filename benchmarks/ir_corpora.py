"""IR texts of any size to measure the infrastructure with: chain, the same in generic form, nested, mixed."""

import random

TENSOR = "tensor<16x16xf32>"


def chain(n: int) -> str:
    """n additions and multiplications, each of the one before."""
    lines = [f"func.func @f(%a: {TENSOR}, %b: {TENSOR}) -> {TENSOR} {{"]
    before = "a"
    for i in range(n):
        lines.append(f"  %{i} = arith.{'addf' if i % 2 else 'mulf'} %{before}, %b : {TENSOR}")
        before = str(i)
    return "\n".join([*lines, f"  func.return %{before} : {TENSOR}", "}", ""])


def generic(n: int) -> str:
    """The chain in generic form."""
    t = TENSOR
    lines = [
        '"builtin.module"() ({',
        f'"func.func"() <{{sym_name = "f", function_type = ({t}, {t}) -> {t}}}> ({{',
        f"^bb0(%a: {t}, %b: {t}):",
    ]
    before = "a"
    for i in range(n):
        op = "addf" if i % 2 else "mulf"
        lines.append(f'  %{i} = "arith.{op}"(%{before}, %b) <{{fastmath = #arith.fastmath<none>}}> : ({t}, {t}) -> {t}')
        before = str(i)
    return "\n".join([*lines, f'  "func.return"(%{before}) : ({t}) -> ()', "}) : () -> ()", "}) : () -> ()", ""])


def nested(n: int) -> str:
    """About n ops in loops that hold branches."""
    lines = ["func.func @f(%a: f32, %b: f32, %lb: index, %ub: index, %st: index) -> f32 {"]
    before = "a"
    for k in range((n + 8) // 9):
        lines.append(f"""  %r{k} = scf.for %i{k} = %lb to %ub step %st iter_args(%acc{k} = %{before}) -> (f32) {{
    %x{k} = arith.mulf %acc{k}, %b : f32
    %y{k} = arith.addf %x{k}, %acc{k} : f32
    %c{k} = arith.cmpf olt, %y{k}, %b : f32
    %z{k} = scf.if %c{k} -> (f32) {{
      %q{k} = arith.subf %y{k}, %b : f32
      scf.yield %q{k} : f32
    }} else {{
      scf.yield %y{k} : f32
    }}
    scf.yield %z{k} : f32
  }}""")
        before = f"r{k}"
    return "\n".join([*lines, f"  func.return %{before} : f32", "}", ""])


def mixed(n: int) -> str:
    """About n ops, half of them unlike any other: distinct constants, 200 tensor types, distinct attributes, loops, memory."""
    rng = random.Random(1)
    sizes = ([1, 2, 4, 8], [3, 16, 32, 64, 128, 256], [7, 14, 28, 56])
    types = [f"tensor<{'x'.join(str(rng.choice(s)) for s in sizes)}x{rng.choice(['f32', 'f16', 'bf16', 'i8'])}>" for _ in range(200)]
    functions: list[str] = []
    count = k = 0
    while count < n:
        body = [f"func.func @f{len(functions)}(%m: memref<64x64xf32>, %lb: index, %ub: index, %x: f32) {{"]
        values: dict[str, list[str]] = {}
        for _ in range(60):
            k += 1
            count += 1
            r = rng.random()
            if r < 0.2:
                body.append(f"  %c{k} = arith.constant {rng.randint(0, 10**6)} : index")
            elif r < 0.3:
                body.append(f"  %c{k} = arith.constant {rng.random():.6f} : f32")
            elif r < 0.42 or (r < 0.60 and not values):
                t = rng.choice(types)
                body.append(f"  %e{k} = tensor.empty() : {t}")
                values.setdefault(t, []).append(f"e{k}")
            elif r < 0.60:
                t = rng.choice(list(values))
                op = rng.choice(["add", "mul", "sub"]) + ("i" if "i8" in t else "f")
                body.append(f"  %a{k} = arith.{op} %{rng.choice(values[t])}, %{rng.choice(values[t])} : {t}")
                values[t].append(f"a{k}")
            elif r < 0.70:
                body.append(f'  %g{k} = "test.op"(%x) {{layer = "conv_{k}", group = {rng.randint(1, 64)} : i32}} : (f32) -> f32')
            elif r < 0.85:
                body.append(f"  %l{k} = memref.load %m[%lb, %ub] : memref<64x64xf32>")
            else:
                count += 5
                body.append(f"""  %s{k} = arith.constant 1 : index
  scf.for %i{k} = %lb to %ub step %s{k} {{
    %v{k} = memref.load %m[%i{k}, %lb] : memref<64x64xf32>
    %w{k} = arith.mulf %v{k}, %x : f32
    memref.store %w{k}, %m[%i{k}, %lb] : memref<64x64xf32>
  }}""")
        functions.append("\n".join([*body, "  func.return", "}"]))
    return "\n".join([*functions, ""])


CORPORA = {"chain": chain, "generic": generic, "nested": nested, "mixed": mixed}
