// RUN: infer-run %s --dims batch=2 --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --dims batch=2 --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// Reshape, transpose, reshape: the channels of two groups take turns.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%x: tensor<?x4x12x12xf32> {inference.name = "x", inference.dims = ["batch", 4, 12, 12]}) -> tensor<?x4x12x12xf32> {
  %0 = inference.reshape %x shape ["d0", 2, 2, 12, 12] : (tensor<?x4x12x12xf32>) -> tensor<?x2x2x12x12xf32>
  %1 = inference.transpose %0 permutation [0, 2, 1, 3, 4] : (tensor<?x2x2x12x12xf32>) -> tensor<?x2x2x12x12xf32>
  %2 = inference.reshape %1 shape ["d0", 4, 12, 12] : (tensor<?x2x2x12x12xf32>) -> tensor<?x4x12x12xf32>
  return %2 : tensor<?x4x12x12xf32>
}
