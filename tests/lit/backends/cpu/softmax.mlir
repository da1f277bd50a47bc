// RUN: infer-run %s --dims batch=2 --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --dims batch=2 --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// Rows along the last axis, and along the channels.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%x: tensor<?x4x12x12xf32> {inference.name = "x", inference.dims = ["batch", 4, 12, 12]}) -> tensor<?x4x12x12xf32> {
  %0 = inference.softmax %x axis 1 : tensor<?x4x12x12xf32>
  %1 = inference.softmax %0 axis -1 : tensor<?x4x12x12xf32>
  return %1 : tensor<?x4x12x12xf32>
}
