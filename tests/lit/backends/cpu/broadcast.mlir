// RUN: infer-run %s --dims batch=2 --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --dims batch=2 --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// Operands of lower rank and of size one stretch.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%x: tensor<?x4x12x12xf32> {inference.name = "x", inference.dims = ["batch", 4, 12, 12]}, %c: tensor<4x1x1xf32>, %s: tensor<f32>) -> tensor<?x4x12x12xf32> {
  %0 = inference.mul %x, %c : (tensor<?x4x12x12xf32>, tensor<4x1x1xf32>) -> tensor<?x4x12x12xf32>
  %1 = inference.add %0, %s : (tensor<?x4x12x12xf32>, tensor<f32>) -> tensor<?x4x12x12xf32>
  %2 = inference.sub %1, %x : tensor<?x4x12x12xf32>
  return %2 : tensor<?x4x12x12xf32>
}
