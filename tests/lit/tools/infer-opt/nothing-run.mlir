// RUN: not infer-opt %s --cse --check-numerics 2>&1 | filecheck %s
// RUN: not infer-bisect %s --cse 2>&1 | filecheck %s --check-prefix=BISECT

// What cannot be run is no proof.
// CHECK:  error: --check-numerics could run no function of this module, so nothing was compared
// CHECK:  note: @f: an argument is not a ranked tensor
// BISECT: infer-bisect: error: @f cannot be run: an argument is not a ranked tensor
func.func @f(%x: tensor<*xf32>) -> tensor<*xf32> {
  return %x : tensor<*xf32>
}
