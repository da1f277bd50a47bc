// RUN: infer-run %s --dims batch=2 --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --dims batch=2 --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// Nearest neighbours, up by two.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%x: tensor<?x4x12x12xf32> {inference.name = "x", inference.dims = ["batch", 4, 12, 12]}) -> tensor<?x4x24x24xf32> {
  %0 = inference.resize %x axes [2, 3] sizes [24, 24] mode nearest : (tensor<?x4x12x12xf32>) -> tensor<?x4x24x24xf32>
  return %0 : tensor<?x4x24x24xf32>
}
