// RUN: not infer-run %s --input random 2>&1 | filecheck %s

// An error of the text is shown where it is.
// CHECK:      errors.mlir:[[# @LINE + 3]]:{{[0-9]+}}: error: inference.add
// CHECK-NEXT: inference.add %x, %y
func.func @main(%x: tensor<3xf32>, %y: tensor<4xf32>) -> tensor<3xf32> {
  %0 = inference.add %x, %y : (tensor<3xf32>, tensor<4xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}
