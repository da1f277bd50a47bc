// RUN: infer-run %s --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// A product per head.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%a: tensor<2x3x5x16xf32>, %b: tensor<2x3x16x9xf32>) -> tensor<2x3x5x9xf32> {
  %0 = inference.matmul %a, %b : (tensor<2x3x5x16xf32>, tensor<2x3x16x9xf32>) -> tensor<2x3x5x9xf32>
  return %0 : tensor<2x3x5x9xf32>
}
