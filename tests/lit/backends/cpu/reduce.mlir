// RUN: infer-run %s --dims batch=2 --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --dims batch=2 --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// Sums and means over rows, positions and everything.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%x: tensor<?x4x12x12xf32> {inference.name = "x", inference.dims = ["batch", 4, 12, 12]}) -> tensor<?x12x12xf32> {
  %0 = inference.reduce %x kind mean axes [2, 3] keepdims : (tensor<?x4x12x12xf32>) -> tensor<?x4x1x1xf32>
  %1 = inference.mul %x, %0 : (tensor<?x4x12x12xf32>, tensor<?x4x1x1xf32>) -> tensor<?x4x12x12xf32>
  %2 = inference.reduce %1 kind sum axes [1] : (tensor<?x4x12x12xf32>) -> tensor<?x12x12xf32>
  return %2 : tensor<?x12x12xf32>
}
