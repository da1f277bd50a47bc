// RUN: infer-run %s --dims batch=2 --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --dims batch=2 --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// Rows of a width that no vector divides.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%x: tensor<?x5x37xf32> {inference.name = "x", inference.dims = ["batch", 5, 37]}, %s: tensor<37xf32>, %b: tensor<37xf32>) -> tensor<?x5x37xf32> {
  %0 = inference.layer_norm %x, %s bias %b : (tensor<?x5x37xf32>, tensor<37xf32>, tensor<37xf32>) -> tensor<?x5x37xf32>
  return %0 : tensor<?x5x37xf32>
}
