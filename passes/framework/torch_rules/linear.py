"""Matrix products, convolutions, attention."""

from __future__ import annotations

from typing import Any

from xdsl.ir import SSAValue

from inferir.passes.framework.lowering import Lowering
from inferir.passes.framework.torch_rules.call import Call, aten


@aten("linear")
def linear(call: Call, lo: Lowering) -> Any:
    """matmul by the transposed weights, plus the bias"""
    return lo.matmul(call.x("input"), call.x("weight"), call.tensor("bias"), transpose_b=True)


@aten("mm", "bmm", "matmul", "mv", "dot", "vdot", "inner")
def matmul(call: Call, lo: Lowering) -> Any:
    """matmul"""
    second = next(n for n in ("mat2", "vec", "tensor", "other") if call.tensor(n) is not None)
    a, b = call.x(), call.x(second)
    return lo.matmul(a, b, transpose_b=True) if call.packet == "inner" and lo.rank(b) > 1 else lo.matmul(a, b)


@aten("addmm", "baddbmm", "addmv", "addbmm", "addr")
def addmm(call: Call, lo: Lowering) -> Any:
    """beta * input + alpha * a b; addbmm sums over the batch, addr is the outer product"""
    names = {"addmm": ("mat1", "mat2"), "addmv": ("mat", "vec"), "addr": ("vec1", "vec2")}.get(call.packet, ("batch1", "batch2"))
    a, b = (call.x(n) for n in names)
    if call.packet == "addr":
        a, b = lo.unsqueeze(a, [1]), lo.unsqueeze(b, [0])
    alpha, beta, c = call.get("alpha", 1), call.get("beta", 1), call.x()
    c = c if beta == 1 else lo.mul(c, call.number(beta))
    if alpha == 1 and call.packet in ("addmm", "baddbmm"):
        return lo.matmul(a, b, c)
    y = lo.matmul(a, b)
    y = lo.reduce(y, "sum", (0,), keepdims=False) if call.packet == "addbmm" else y
    return lo.add(c, y if alpha == 1 else lo.mul(y, call.number(alpha)))


@aten("einsum")
def einsum(call: Call, lo: Lowering) -> Any:
    """einsum; without `->` the output is every letter that stands once, in order"""
    equation = call.get("equation").replace(" ", "")
    if "->" not in equation:
        letters = equation.replace(",", "").replace("...", "")
        once = "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
        equation += "->" + ("..." if "..." in equation else "") + once
    return lo.einsum([t for t in call.tensors("tensors") if t is not None], equation=equation)


@aten("outer", "ger")
def outer(call: Call, lo: Lowering) -> Any:
    """a column times a row"""
    b = call.x("other") if call.tensor("other") is not None else call.x("vec2")
    return lo.mul(lo.unsqueeze(call.x(), [1]), lo.unsqueeze(b, [0]))


# Convolutions.


@aten("conv1d", "conv2d", "conv3d", "convolution", "_convolution", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def convolution(call: Call, lo: Lowering) -> Any:
    """conv or conv_transpose; an input without a batch gets one"""
    x, w, b = call.x("input"), call.x("weight"), call.tensor("bias")
    n = lo.rank(w) - 2
    batched = lo.rank(x) == n + 2
    x = x if batched else lo.unsqueeze(x, [0])
    strides, dilations = call.ints("stride", n, 1), call.ints("dilation", n, 1)
    groups = call.get("groups", 1)
    pads = _pads(call, lo, w, dilations)
    properties = {"strides": strides, "dilations": dilations, "pads": pads}
    plain = {"strides": (1,) * n, "dilations": (1,) * n, "pads": (0,) * (2 * n), "out_pads": (0,) * n}
    transposed = call.packet.startswith("conv_transpose") or (call.packet.endswith("convolution") and call.get("transposed"))
    if transposed:
        properties["out_pads"] = call.ints("output_padding", n, 0)
    given = {k: v for k, v in properties.items() if v != plain[k]}
    y = (lo.conv_transpose if transposed else lo.conv)(x, w, b, groups=groups, **given)
    return y if batched else lo.squeeze(y, [0])


def _pads(call: Call, lo: Lowering, w: SSAValue, dilations: tuple[int, ...]) -> tuple[int, ...]:
    """Begins, then ends; `same` puts what is odd at the end."""
    n = lo.rank(w) - 2
    padding = call.get("padding", 0)
    if padding == "valid":
        return (0,) * (2 * n)
    if padding == "same":
        kernel = lo.shape(w)[2:]
        if min(kernel) < 0:
            lo.decline("padding 'same' of a filter whose size is computed")
        total = [d * (k - 1) for k, d in zip(kernel, dilations, strict=True)]
        begins = [t // 2 for t in total]
        return (*begins, *(t - b for t, b in zip(total, begins, strict=True)))
    return call.ints("padding", n, 0) * 2


# Attention.


@aten("scaled_dot_product_attention", "_scaled_dot_product_flash_attention_for_cpu", "_scaled_dot_product_fused_attention_overrideable",
      "_scaled_dot_product_efficient_attention")  # fmt: skip
def attention(call: Call, lo: Lowering) -> Any:
    """attention; inputs of fewer or more dimensions than four are brought to four. A query that sees no key is NaN in torch, zeros here"""
    if call.get("dropout_p", 0.0):
        lo.decline("it drops scores; export the model after model.eval()")
    q, k, v = call.x("query"), call.x("key"), call.x("value")
    mask = call.tensor("attn_mask") if call.tensor("attn_mask") is not None else call.tensor("attn_bias")
    rank, causal = lo.rank(q), bool(call.get("is_causal", False))
    if any(lo.wants(i) for i in range(1, len(call.op.results))):
        lo.decline("its scores are used")
    if lo.rank(k) != rank or lo.rank(v) != rank or rank < 2:
        lo.decline("query, key and value of different ranks")
    if mask is not None and lo.dtype(mask).kind != "b":
        mask = lo.cast(mask, lo.element(q))
    if rank > 4:
        flat = tuple(range(rank - 3))
        if mask is not None:
            lo.decline("a mask for more than four dimensions")
        y = lo.attention(
            *(lo.reshape(t, flat, (rank - 3,), (rank - 2,), (rank - 1,)) for t in (q, k, v)), causal=causal, scale=call.get("scale")
        )
        return [call.shaped(y)]
    spare = list(range(4 - rank))
    if spare:
        q, k, v = (lo.unsqueeze(t, spare) for t in (q, k, v))
    if lo.shape(q)[0] != lo.shape(k)[0] and 1 in (lo.shape(q)[0], lo.shape(k)[0]):
        lo.decline("query and key of different batches")
    y = lo.attention(q, k, v, mask, causal=causal, scale=call.get("scale"))
    return [lo.squeeze(y, spare) if spare else y]


@aten("cdist", "_cdist_forward", "pairwise_distance", "cosine_similarity", "linalg_vector_norm", "norm", "linalg_norm", "frobenius_norm")
def distances(call: Call, lo: Lowering) -> Any:
    """Norms of x or of differences: sum |d|^p to the power of 1/p"""
    match call.packet:
        case "cosine_similarity":
            return _cosine(call, lo)
        case "cdist" | "_cdist_forward":
            d = lo.sub(lo.unsqueeze(call.x("x1"), [-2]), lo.unsqueeze(call.x("x2"), [lo.rank(call.x("x2")) - 2]))
            return norm(lo, d, call.get("p", 2), (lo.rank(d) - 1,), False)
        case "pairwise_distance":
            d = lo.add(lo.sub(call.x("x1"), call.x("x2")), call.number(call.get("eps", 1e-6)))
            return norm(lo, d, call.get("p", 2), (lo.rank(d) - 1,), call.get("keepdim", False))
    x = lo.cast(call.x(), call.element())
    return norm(lo, x, call.get("ord", call.get("p", 2)), call.axes(), call.get("keepdim", False))


def norm(lo: Lowering, x: SSAValue, p: Any, axes: tuple[int, ...], keepdims: bool) -> SSAValue:
    """(sum |x|^p)^(1/p); the largest or least |x| for an infinite p, how many are not zero for 0."""
    if p in (1, 2):
        return lo.reduce(x, f"l{int(p)}", axes, keepdims)
    size = lo.abs(x)
    if p in (float("inf"), float("-inf")):
        return lo.reduce(size, "max" if p > 0 else "min", axes, keepdims)
    if p == 0:
        return lo.reduce(lo.cast(lo.compare(x, lo.scalar(0, x), pred="ne"), lo.element(x)), "sum", axes, keepdims)
    if not isinstance(p, int | float):
        lo.decline(f"a norm of order {p}")
    return lo.pow(lo.reduce(lo.pow(size, lo.scalar(p, x)), "sum", axes, keepdims), lo.scalar(1 / p, x))


def _cosine(call: Call, lo: Lowering) -> SSAValue:
    """x . y / max(|x| |y|, eps), each norm at least eps"""
    a, b, eps = call.x("x1"), call.x("x2"), call.get("eps", 1e-8)
    rank = max(lo.rank(a), lo.rank(b))
    axis = call.get("dim", 1) % rank
    dot = lo.reduce(lo.mul(a, b), "sum", (axis,), False)
    sizes = [lo.clamp(lo.reduce(t, "l2", (axis - rank + lo.rank(t),), False), low=eps) for t in (a, b)]
    return lo.div(dot, lo.mul(*sizes))


@aten("_trilinear", "tensordot")
def contraction(call: Call, lo: Lowering) -> Any:
    """tensordot as a matmul of the summed dimensions"""
    if call.packet == "_trilinear":
        lo.decline("trilinear products")
    a, b = call.x(), call.x("other")
    left, right = ([d % lo.rank(t) for d in call.ints(n)] for t, n in ((a, "dims_self"), (b, "dims_other")))
    free_a, free_b = [i for i in range(lo.rank(a)) if i not in left], [i for i in range(lo.rank(b)) if i not in right]
    rows = lo.reshape(lo.transpose(a, permutation=(*free_a, *left)), tuple(range(len(free_a))), tuple(range(len(free_a), lo.rank(a))))
    columns = lo.reshape(lo.transpose(b, permutation=(*right, *free_b)), tuple(range(len(right))), tuple(range(len(right), lo.rank(b))))
    return call.shaped(lo.matmul(rows, columns))
