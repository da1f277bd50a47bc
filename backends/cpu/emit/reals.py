"""Elementary functions on vectors of floats or doubles, in terms of a few that each type has its own code for.

Floats take exp, log, sin, cos, tanh and erf from `vector`. Doubles have theirs here: Taylor series after the usual
reductions (fdlibm's for log), and for erf polynomials fitted to C's erf. Good to a few units in the last place.
"""

import math
from collections.abc import Sequence

from inferir.backends.cpu.emit import vector
from inferir.backends.cpu.emit.text import LANES, MASK, Function, splat

LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
HALF_PI = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33)
EXP = tuple(1 / math.factorial(n) for n in range(13, 0, -1))
"""(e^r - 1) / r"""
LOG = tuple(2 / n for n in range(23, 2, -2))
SIN = tuple((-1) ** (n // 2) / math.factorial(n) for n in range(17, 2, -2))
COS = tuple((-1) ** (n // 2) / math.factorial(n) for n in range(18, 3, -2))
ERF_NEAR = (
    3.0028950936480516e-10,
    -2.456930244195219e-09,
    1.777066969984447e-08,
    -1.6760926318098596e-07,
    1.6493994093482217e-06,
    -1.4927224038244761e-05,
    0.00012055377074071533,
    -0.0008548327487011206,
    0.005223977616409536,
    -0.026866170641714236,
    0.11283791670914954,
    -0.3761263890318182,
    1.1283791670955128,
)
"""erf(x) / x for |x| <= 1, in x^2"""
ERF_FAR = (
    -5.389950936658977e-05,
    0.0001004266941779071,
    -4.55782772410967e-05,
    -2.308899032019594e-05,
    2.7301037485776034e-05,
    8.808569932300898e-07,
    -1.800040202492031e-05,
    -2.6891893130464958e-05,
    2.785622309043668e-05,
    0.00017427592118044027,
    4.354206175067368e-05,
    -0.000981972367925787,
    -0.0008471430116866285,
    0.006997461617834072,
    0.003732892403827295,
    -0.07897858101440139,
    0.24165819424244467,
    -0.42718584741396215,
    0.25539567631050597,
)
"""erfc(x) e^(x^2) for 1 <= x <= 6, in (x - 2) / (x + 2)"""
ATAN_ABOVE = (
    -8.750608600031904122785e-1,
    -1.615753718733365076637e1,
    -7.500855792314704667340e1,
    -1.228866684490136173410e2,
    -6.485021904942025371773e1,
)
ATAN_BELOW = (
    1.0,
    2.485846490142306297962e1,
    1.650270098316988542046e2,
    4.328810604912902668951e2,
    4.853903996359136964868e2,
    1.945506571482613964425e2,
)


class Reals:
    """Arithmetic on vectors of one float type; each method writes instructions and gives the result's name."""

    def __init__(self, f: Function, type: str):
        self.f, self.type, self.vector = f, type, f"<{LANES} x {type}>"
        self.double = type == "double"
        self.ints = f"<{LANES} x {'i64' if self.double else 'i32'}>"

    # -- arithmetic

    def number(self, value: float) -> str:
        return splat(value, self.type)

    def two(self, instruction: str, a: str, b: str) -> str:
        return self.f.let(f"{instruction} {self.vector} {a}, {b}")

    def add(self, a: str, b: str) -> str:
        return self.two("fadd", a, b)

    def sub(self, a: str, b: str) -> str:
        return self.two("fsub", a, b)

    def mul(self, a: str, b: str) -> str:
        return self.two("fmul", a, b)

    def div(self, a: str, b: str) -> str:
        return self.two("fdiv", a, b)

    def scale(self, a: str, by: float) -> str:
        return self.mul(a, self.number(by))

    def fma(self, a: str, b: str, c: str) -> str:
        return self.f.fma(a, b, c, self.type)

    def each(self, intrinsic: str, *operands: str) -> str:
        return self.f.lanewise(intrinsic, *operands, type=self.type)

    def negate(self, x: str) -> str:
        return self.f.let(f"fneg {self.vector} {x}")

    def absolute(self, x: str) -> str:
        return self.each("llvm.fabs", x)

    def with_sign_of(self, x: str, sign: str) -> str:
        return self.each("llvm.copysign", x, sign)

    def sqrt(self, x: str) -> str:
        return self.each("llvm.sqrt", x)

    def compare(self, predicate: str, a: str, b: str) -> str:
        return self.f.let(f"fcmp {predicate} {self.vector} {a}, {b}")

    def select(self, mask: str, a: str, b: str) -> str:
        return self.f.let(f"select {MASK} {mask}, {self.vector} {a}, {self.vector} {b}")

    def polynomial(self, x: str, coefficients: Sequence[float]) -> str:
        """Horner's rule, highest power first."""
        value = self.number(coefficients[0])
        for coefficient in coefficients[1:]:
            value = self.fma(value, x, self.number(coefficient))
        return value

    def clamp(self, x: str, low: float, high: float) -> str:
        x = self.select(self.compare("olt", x, self.number(low)), self.number(low), x)
        return self.select(self.compare("ogt", x, self.number(high)), self.number(high), x)

    def bits(self, x: str) -> str:
        return self.f.let(f"bitcast {self.vector} {x} to {self.ints}")

    def integer(self, instruction: str, a: str, number: int | str) -> str:
        """An instruction on the integers of the type's width."""
        right = number if isinstance(number, str) else f"splat ({self.ints.split()[-1][:-1]} {number})"
        return self.f.let(f"{instruction} {self.ints} {a}, {right}")

    def power_of_two(self, n: str) -> str:
        """2^n for a vector of integers within the range of normal numbers."""
        bits = self.integer("shl", self.integer("add", n, 1023 if self.double else 127), 52 if self.double else 23)
        return self.f.let(f"bitcast {self.ints} {bits} to {self.vector}")

    # -- exponentials

    def _reduced(self, x: str) -> tuple[str, str]:
        """(n, r) with x = n ln 2 + r; n a whole number."""
        n = self.each("llvm.rint", self.scale(x, vector.LOG2_E))
        high, low = (LN2_HIGH, LN2_LOW) if self.double else (vector.LN2_HIGH, vector.LN2_LOW)
        r = self.fma(n, self.number(-high), x)
        return n, self.fma(n, self.number(-low), r)

    def _exp_less_one(self, r: str) -> str:
        """e^r - 1 for |r| <= ln(2) / 2."""
        if self.double:
            return self.mul(self.polynomial(r, EXP), r)
        return self.fma(self.polynomial(r, vector.EXP), self.mul(r, r), r)

    def exp(self, x: str) -> str:
        """e^x"""
        if not self.double:
            return vector.exp(self.f, x)
        x = self.clamp(x, -746.0, 710.0)
        n, r = self._reduced(x)
        p = self.add(self._exp_less_one(r), self.number(1.0))
        n = self.f.let(f"fptosi {self.vector} {n} to {self.ints}")
        half = self.integer("ashr", n, 1)
        p = self.mul(p, self.power_of_two(half))
        return self.mul(p, self.power_of_two(self.integer("sub", n, half)))

    def expm1(self, x: str) -> str:
        """e^x - 1 = 2^n (e^r - 1) + (2^n - 1)"""
        near = self.clamp(x, -50.0, 50.0)
        n, r = self._reduced(near)
        scale = self.power_of_two(self.f.let(f"fptosi {self.vector} {n} to {self.ints}"))
        value = self.fma(self._exp_less_one(r), scale, self.sub(scale, self.number(1.0)))
        value = self.select(self.compare("ogt", x, self.number(40.0)), self.exp(x), value)
        return self.select(self.compare("oeq", x, self.number(0.0)), x, value)

    def sinh(self, x: str) -> str:
        """(e^x - e^-x) / 2: by e^x - 1 near 0, by squares of e^(x/2) beyond, which do not overflow early."""
        a = self.absolute(x)
        t = self.expm1(self.select(self.compare("olt", a, self.number(1.0)), a, self.number(1.0)))
        near = self.scale(self.add(t, self.div(t, self.add(t, self.number(1.0)))), 0.5)
        h = self.exp(self.scale(a, 0.5))
        half = self.scale(h, 0.5)
        far = self.sub(self.mul(half, h), self.div(self.number(0.5), self.mul(h, h)))
        return self.with_sign_of(self.select(self.compare("olt", a, self.number(1.0)), near, far), x)

    def cosh(self, x: str) -> str:
        """(e^x + e^-x) / 2"""
        h = self.exp(self.scale(self.absolute(x), 0.5))
        return self.add(self.mul(self.scale(h, 0.5), h), self.div(self.number(0.5), self.mul(h, h)))

    def tanh(self, x: str) -> str:
        """(e^2x - 1) / (e^2x + 1)"""
        if not self.double:
            return vector.tanh(self.f, x)
        t = self.expm1(self.scale(self.clamp(self.absolute(x), 0.0, 20.0), 2.0))
        return self.with_sign_of(self.div(t, self.add(t, self.number(2.0))), x)

    # -- logarithms

    def log(self, x: str) -> str:
        """ln(m 2^e) = e ln 2 + ln m, m within [sqrt(1/2), sqrt(2)); ln m by s = (m - 1) / (m + 1)."""
        if not self.double:
            return vector.log(self.f, x)
        tiny = self.compare("olt", x, self.number(2.2250738585072014e-308))
        bits = self.bits(self.select(tiny, self.scale(x, 2.0**54), x))
        exponent = self.integer("sub", self.integer("ashr", bits, 52), 1022)
        e = self.f.let(f"sitofp {self.ints} {exponent} to {self.vector}")
        e = self.select(tiny, self.sub(e, self.number(54.0)), e)
        mantissa = self.integer("or", self.integer("and", bits, (1 << 52) - 1), 1022 << 52)
        m = self.f.let(f"bitcast {self.ints} {mantissa} to {self.vector}")
        low = self.compare("olt", m, self.number(math.sqrt(0.5)))
        e = self.select(low, self.sub(e, self.number(1.0)), e)
        m = self.sub(self.select(low, self.add(m, m), m), self.number(1.0))
        s = self.div(m, self.add(m, self.number(2.0)))
        z = self.mul(s, s)
        half = self.scale(self.mul(m, m), 0.5)
        rest = self.mul(s, self.add(half, self.mul(z, self.polynomial(z, LOG))))
        rest = self.fma(e, self.number(LN2_LOW), rest)
        value = self.fma(e, self.number(LN2_HIGH), self.sub(m, self.sub(half, rest)))
        value = self.select(self.compare("oeq", x, self.number(math.inf)), x, value)
        value = self.select(self.compare("oeq", x, self.number(0.0)), self.number(-math.inf), value)
        return self.select(self.compare("ult", x, self.number(0.0)), self.number(math.nan), value)

    def log1p(self, x: str) -> str:
        """ln(u) x / (u - 1), u = 1 + x rounded"""
        one = self.number(1.0)
        u = self.add(x, one)
        value = self.mul(self.log(u), self.div(x, self.sub(u, one)))
        value = self.select(self.compare("oeq", x, self.number(math.inf)), x, value)
        return self.select(self.compare("oeq", u, one), x, value)

    def asinh(self, x: str) -> str:
        """ln(|x| + sqrt(x^2 + 1)), ln(2 |x|) where x^2 + 1 is x^2"""
        a = self.absolute(x)
        square = self.mul(a, a)
        root = self.sqrt(self.add(square, self.number(1.0)))
        near = self.log1p(self.add(a, self.div(square, self.add(root, self.number(1.0)))))
        return self.with_sign_of(self._or_log_of_double(a, near), x)

    def acosh(self, x: str) -> str:
        """ln(x + sqrt(x^2 - 1))"""
        t = self.sub(x, self.number(1.0))
        return self._or_log_of_double(x, self.log1p(self.add(t, self.sqrt(self.fma(t, t, self.add(t, t))))))

    def _or_log_of_double(self, x: str, near: str) -> str:
        far = self.add(self.log(x), self.number(math.log(2.0)))
        return self.select(self.compare("ogt", x, self.number(2.0**28)), far, near)

    def atanh(self, x: str) -> str:
        """ln((1 + x) / (1 - x)) / 2"""
        a = self.absolute(x)
        value = self.log1p(self.div(self.add(a, a), self.sub(self.number(1.0), a)))
        return self.with_sign_of(self.scale(value, 0.5), x)

    def power(self, x: str, y: str) -> str:
        """x^y = e^(y ln |x|), negative for a negative x and an odd y, NaN for a negative x and a fraction."""
        if not self.double:
            return vector.power(self.f, x, y)
        one = self.number(1.0)
        value = self.exp(self.mul(y, self.log(self.absolute(x))))
        whole = self.compare("oeq", self.each("llvm.trunc", y), y)
        half = self.scale(y, 0.5)
        odd = self.compare("one", self.each("llvm.trunc", half), half)
        signed = self.select(whole, self.select(odd, self.negate(value), value), self.number(math.nan))
        value = self.select(self.compare("olt", x, self.number(0.0)), signed, value)
        value = self.select(self.compare("oeq", x, one), one, value)
        return self.select(self.compare("oeq", y, self.number(0.0)), one, value)

    # -- trigonometry

    def sin_cos(self, x: str, quarter: int) -> str:
        """sin(x + quarter * pi / 2)"""
        if not self.double:
            return vector.sin_cos(self.f, x, quarter)
        n = self.each("llvm.rint", self.scale(x, 2 / math.pi))
        r = x
        for part in HALF_PI:
            r = self.fma(n, self.number(-part), r)
        z = self.mul(r, r)
        sine = self.fma(self.mul(self.polynomial(z, SIN), z), r, r)
        cosine = self.fma(z, self.number(-0.5), self.number(1.0))
        cosine = self.fma(self.mul(self.polynomial(z, COS), z), z, cosine)
        quadrant = self.integer("add", self.f.let(f"fptosi {self.vector} {n} to {self.ints}"), quarter)
        odd = self.f.let(f"trunc {self.ints} {quadrant} to {MASK}")
        sign = self.integer("shl", self.integer("and", quadrant, 2), 62)
        bits = self.integer("xor", self.bits(self.select(odd, cosine, sine)), sign)
        return self.f.let(f"bitcast {self.ints} {bits} to {self.vector}")

    def tan(self, x: str) -> str:
        """sin(x) / cos(x)"""
        return self.div(self.sin_cos(x, 0), self.sin_cos(x, 1))

    def atan(self, x: str) -> str:
        """A ratio of polynomials within 0.66, by tan's addition formula beyond."""
        a = self.absolute(x)
        one = self.number(1.0)
        far = self.compare("ogt", a, self.number(2.414213562373095))
        middle = self.compare("ogt", a, self.number(0.66))
        t = self.select(middle, self.div(self.sub(a, one), self.add(a, one)), a)
        t = self.select(far, self.div(self.number(-1.0), a), t)
        base = self.select(middle, self.number(math.pi / 4), self.number(0.0))
        base = self.select(far, self.number(math.pi / 2), base)
        z = self.mul(t, t)
        ratio = self.div(self.mul(z, self.polynomial(z, ATAN_ABOVE)), self.polynomial(z, ATAN_BELOW))
        return self.with_sign_of(self.add(base, self.fma(t, ratio, t)), x)

    def asin(self, x: str) -> str:
        """2 atan(x / (1 + sqrt(1 - x^2)))"""
        one = self.number(1.0)
        root = self.sqrt(self.mul(self.sub(one, x), self.add(one, x)))
        return self.scale(self.atan(self.div(x, self.add(one, root))), 2.0)

    def acos(self, x: str) -> str:
        """2 atan(sqrt((1 - x) / (1 + x)))"""
        one = self.number(1.0)
        return self.scale(self.atan(self.sqrt(self.div(self.sub(one, x), self.add(one, x)))), 2.0)

    # -- the error function

    def erf(self, x: str) -> str:
        """x P(x^2) near 0, 1 - e^(-x^2) Q beyond 1, 1 from 6 on"""
        if not self.double:
            return vector.erf(self.f, x)
        a = self.clamp(self.absolute(x), 0.0, 6.0)
        near = self.mul(a, self.polynomial(self.mul(a, a), ERF_NEAR))
        t = self.div(self.sub(a, self.number(2.0)), self.add(a, self.number(2.0)))
        rest = self.mul(self.exp(self.negate(self.mul(a, a))), self.polynomial(t, ERF_FAR))
        far = self.sub(self.number(1.0), rest)
        return self.with_sign_of(self.select(self.compare("ogt", a, self.number(1.0)), far, near), x)
