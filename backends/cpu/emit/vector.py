"""Elementary functions on vectors of floats: polynomials good to a few units in the last place.

Reductions and coefficients are those of Cephes (exp, log, sin, cos), of Eigen (tanh) and of N. Juffa's erff. Special
values follow C's math library; the tests hold every function against float64.
"""

from inferir.backends.cpu.emit.text import INTS, MASK, VECTOR, Function, splat

LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 0.693359375, -2.12194440e-4
EXP = (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
LOG = (
    7.0376836292e-2,
    -1.1514610310e-1,
    1.1676998740e-1,
    -1.2420140846e-1,
    1.4249322787e-1,
    -1.6668057665e-1,
    2.0000714765e-1,
    -2.4999993993e-1,
    3.3333331174e-1,
)
TANH_ABOVE = (
    -2.76076847742355e-16,
    2.00018790482477e-13,
    -8.60467152213735e-11,
    5.12229709037114e-08,
    1.48572235717979e-05,
    6.37261928875436e-04,
    4.89352455891786e-03,
)
TANH_BELOW = (1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03)
ERF_SMALL = (-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1)
ERF_LARGE = (-1.06777877e-1, -6.34846687e-1, -1.28717512e-1)
SIN = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
COS = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
HALF_PI = (1.5703125, 4.837512969970703125e-4, 7.54978995489188216e-8)


def binary(f: Function, op: str, a: str, b: str) -> str:
    """One instruction of two vectors, such as `fadd`."""
    return f.let(f"{op} {VECTOR} {a}, {b}")


def compare(f: Function, predicate: str, a: str, b: str) -> str:
    """A mask; `predicate` is LLVM's (olt, ogt, une, ...)."""
    return f.let(f"fcmp {predicate} {VECTOR} {a}, {b}")


def select(f: Function, mask: str, a: str, b: str) -> str:
    """a where the mask is set, else b."""
    return f.let(f"select {MASK} {mask}, {VECTOR} {a}, {VECTOR} {b}")


def clamp(f: Function, x: str, low: float, high: float) -> str:
    """x within [low, high]; NaN stays NaN (each half is one instruction)."""
    x = select(f, compare(f, "olt", x, splat(low)), splat(low), x)
    return select(f, compare(f, "ogt", x, splat(high)), splat(high), x)


def polynomial(f: Function, x: str, coefficients: tuple[float, ...]) -> str:
    """Horner's rule, highest power first."""
    value = splat(coefficients[0])
    for coefficient in coefficients[1:]:
        value = f.fma(value, x, splat(coefficient))
    return value


def negate(f: Function, x: str) -> str:
    return f.let(f"fneg {VECTOR} {x}")


def absolute(f: Function, x: str) -> str:
    return f.lanewise("llvm.fabs", x)


def as_ints(f: Function, x: str) -> str:
    """The bits of a float vector."""
    return f.let(f"bitcast {VECTOR} {x} to {INTS}")


def as_floats(f: Function, x: str) -> str:
    """The floats of a vector of bits."""
    return f.let(f"bitcast {INTS} {x} to {VECTOR}")


def power_of_two(f: Function, n: str) -> str:
    """2^n for a vector of i32 within [-126, 127]."""
    biased = f.let(f"add {INTS} {n}, splat (i32 127)")
    return as_floats(f, f.let(f"shl {INTS} {biased}, splat (i32 23)"))


def exp(f: Function, x: str, least: float = -104.0) -> str:
    """e^x = 2^n e^r with |r| <= ln(2)/2; 2^n in two factors, so that the ends of the range round correctly. Below `least` e^least."""
    x = clamp(f, x, least, 89.0)
    n = f.lanewise("llvm.rint", binary(f, "fmul", x, splat(LOG2_E)))
    r = f.fma(n, splat(-LN2_HIGH), x)
    r = f.fma(n, splat(-LN2_LOW), r)
    p = f.fma(polynomial(f, r, EXP), binary(f, "fmul", r, r), binary(f, "fadd", r, splat(1.0)))
    n = f.let(f"fptosi {VECTOR} {n} to {INTS}")
    half = f.let(f"ashr {INTS} {n}, splat (i32 1)")
    p = binary(f, "fmul", p, power_of_two(f, half))
    return binary(f, "fmul", p, power_of_two(f, f.let(f"sub {INTS} {n}, {half}")))


LEAST_POWER = -87.0
"""The least whole power of e that is a normal number."""


def exp_below_one(f: Function, x: str) -> str:
    """e^x for x at most 0, as a part of a sum that 1 is a part of: 0 where it is no normal number, on which every instruction takes 150 cycles."""
    return select(f, compare(f, "olt", x, splat(LEAST_POWER)), splat(0.0), exp(f, x, LEAST_POWER))


def log(f: Function, x: str) -> str:
    """ln(m 2^e) = e ln 2 + ln m, m within [sqrt(1/2), sqrt(2))."""
    tiny = compare(f, "olt", x, splat(1.17549435e-38))
    scaled = select(f, tiny, binary(f, "fmul", x, splat(8388608.0)), x)
    bits = as_ints(f, scaled)
    exponent = f.let(f"ashr {INTS} {bits}, splat (i32 23)")
    exponent = f.let(f"sub {INTS} {exponent}, splat (i32 126)")
    e = f.let(f"sitofp {INTS} {exponent} to {VECTOR}")
    e = select(f, tiny, binary(f, "fsub", e, splat(23.0)), e)
    mantissa = f.let(f"and {INTS} {bits}, splat (i32 8388607)")
    m = as_floats(f, f.let(f"or {INTS} {mantissa}, splat (i32 1056964608)"))
    low = compare(f, "olt", m, splat(0.70710678))
    e = select(f, low, binary(f, "fsub", e, splat(1.0)), e)
    m = binary(f, "fsub", select(f, low, binary(f, "fadd", m, m), m), splat(1.0))
    square = binary(f, "fmul", m, m)
    tail = binary(f, "fmul", binary(f, "fmul", polynomial(f, m, LOG), m), square)
    tail = f.fma(e, splat(LN2_LOW), tail)
    tail = f.fma(square, splat(-0.5), tail)
    value = f.fma(e, splat(LN2_HIGH), binary(f, "fadd", m, tail))
    value = select(f, compare(f, "oeq", x, splat(float("inf"))), x, value)
    value = select(f, compare(f, "oeq", x, splat(0.0)), splat(float("-inf")), value)
    return select(f, compare(f, "ult", x, splat(0.0)), splat(float("nan")), value)


def tanh(f: Function, x: str) -> str:
    """A ratio of polynomials; 1 beyond 9."""
    x = clamp(f, x, -9.0, 9.0)
    square = binary(f, "fmul", x, x)
    above = binary(f, "fmul", polynomial(f, square, TANH_ABOVE), x)
    return binary(f, "fdiv", above, polynomial(f, square, TANH_BELOW))


def erf(f: Function, x: str) -> str:
    """A polynomial near 0, 1 - e^p(|x|) beyond 0.927734375."""
    t, square = absolute(f, x), binary(f, "fmul", x, x)
    a = f.fma(splat(-1.72853470e-5), t, splat(3.83197126e-4))
    b = f.fma(splat(-3.88396438e-3), t, splat(2.42546219e-2))
    r = f.fma(a, square, b)
    for coefficient in ERF_LARGE:
        r = f.fma(r, t, splat(coefficient))
    r = f.fma(r, t, negate(f, t))
    large = f.lanewise("llvm.copysign", binary(f, "fsub", splat(1.0), exp(f, r)), x)
    small = f.fma(polynomial(f, square, ERF_SMALL), x, x)
    return select(f, compare(f, "ogt", t, splat(0.927734375)), large, small)


def sin_cos(f: Function, x: str, quarter: int) -> str:
    """sin(x + quarter * pi / 2), for |x| up to about 10,000."""
    n = f.lanewise("llvm.rint", binary(f, "fmul", x, splat(0.6366197723675814)))
    r = x
    for part in HALF_PI:
        r = f.fma(n, splat(-part), r)
    square = binary(f, "fmul", r, r)
    sine = f.fma(binary(f, "fmul", polynomial(f, square, SIN), square), r, r)
    cosine = f.fma(square, splat(-0.5), splat(1.0))
    cosine = f.fma(binary(f, "fmul", polynomial(f, square, COS), square), square, cosine)
    quadrant = f.let(f"fptosi {VECTOR} {n} to {INTS}")
    quadrant = f.let(f"add {INTS} {quadrant}, splat (i32 {quarter})")
    odd = f.let(f"trunc {INTS} {quadrant} to {MASK}")
    value = as_ints(f, select(f, odd, cosine, sine))
    sign = f.let(f"and {INTS} {quadrant}, splat (i32 2)")
    sign = f.let(f"shl {INTS} {sign}, splat (i32 30)")
    return as_floats(f, f.let(f"xor {INTS} {value}, {sign}"))


def power(f: Function, x: str, y: str) -> str:
    """x^y = e^(y ln |x|), negative for a negative x and an odd y, NaN for a negative x and a fraction."""
    value = exp(f, binary(f, "fmul", y, log(f, absolute(f, x))))
    whole = compare(f, "oeq", f.lanewise("llvm.trunc", y), y)
    half = binary(f, "fmul", y, splat(0.5))
    odd = compare(f, "one", f.lanewise("llvm.trunc", half), half)
    signed = select(f, odd, negate(f, value), value)
    signed = select(f, whole, signed, splat(float("nan")))
    value = select(f, compare(f, "olt", x, splat(0.0)), signed, value)
    return select(f, compare(f, "oeq", y, splat(0.0)), splat(1.0), value)


def power_of(f: Function, x: str, exponent: float) -> str:
    """x^exponent for an exponent known now: the common ones cost no logarithm."""
    match exponent:
        case 1.0:
            return x
        case 2.0:
            return binary(f, "fmul", x, x)
        case 3.0:
            return binary(f, "fmul", binary(f, "fmul", x, x), x)
        case 0.5:
            return f.lanewise("llvm.sqrt", x)
        case 0.75:
            root = f.lanewise("llvm.sqrt", x)
            return binary(f, "fmul", root, f.lanewise("llvm.sqrt", root))
        case -1.0 | -0.5 | -0.75:
            return binary(f, "fdiv", splat(1.0), power_of(f, x, -exponent))
    return power(f, x, splat(exponent))


def reduce(f: Function, kind: str, x: str) -> str:
    """The sum, maximum or minimum (`addf`, `mulf`, `maximumf`, `minimumf`) of the lanes, a scalar float."""
    match kind:
        case "addf":
            name, start, flags = "fadd", "float 0.0, ", "reassoc "
        case "mulf":
            name, start, flags = "fmul", "float 1.0, ", "reassoc "
        case "maximumf":
            name, start, flags = "fmax", "", "nnan "
        case _:
            name, start, flags = "fmin", "", "nnan "
    callee = f"llvm.vector.reduce.{name}.v16f32"
    f.declarations.add(f"declare float @{callee}({'float, ' if start else ''}{VECTOR})")
    return f.let(f"call {flags}float @{callee}({start}{VECTOR} {x})")


START = {"addf": 0.0, "mulf": 1.0, "maximumf": float("-inf"), "minimumf": float("inf")}


def maximum(f: Function, a: str, b: str) -> str:
    """The larger; NaN where one is."""
    larger = select(f, compare(f, "ogt", a, b), a, b)
    return select(f, compare(f, "uno", a, a), a, larger)


def combine(f: Function, kind: str, a: str, b: str) -> str:
    """One step of a reduction; a maximum keeps `a` when `b` is NaN."""
    match kind:
        case "addf":
            return binary(f, "fadd", a, b)
        case "mulf":
            return binary(f, "fmul", a, b)
        case "maximumf":
            return select(f, compare(f, "ogt", b, a), b, a)
    return select(f, compare(f, "olt", b, a), b, a)
