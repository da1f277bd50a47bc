// RUN: infer-run %s --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// Polynomials in place of the library: each within the contract over the normal range.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%x: tensor<3x67xf32>) -> tensor<3x67xf32> {
  %0 = inference.gelu %x : tensor<3x67xf32>
  %1 = inference.elu %0 alpha 1.5 : tensor<3x67xf32>
  %2 = inference.clamp %1 low -1.0 high 2.0 : tensor<3x67xf32>
  return %2 : tensor<3x67xf32>
}
