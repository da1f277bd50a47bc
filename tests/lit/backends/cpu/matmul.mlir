// RUN: infer-run %s --dims batch=7 --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --dims batch=7 --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// A product with rows, columns and depth that no tile divides, with bias and transposed weights.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%x: tensor<?x37xf32> {inference.name = "x", inference.dims = ["batch", 37]}, %w: tensor<131x37xf32>, %b: tensor<131xf32>) -> tensor<?x131xf32> {
  %0 = inference.matmul %x, %w bias %b transpose_b : (tensor<?x37xf32>, tensor<131x37xf32>, tensor<131xf32>) -> tensor<?x131xf32>
  %1 = inference.relu %0 : tensor<?x131xf32>
  return %1 : tensor<?x131xf32>
}
