// RUN: infer-run %s --dims batch=2 --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --dims batch=2 --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// Windows that hang over the border: padding is no number to a maximum and is not counted by a mean.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%x: tensor<?x4x12x12xf32> {inference.name = "x", inference.dims = ["batch", 4, 12, 12]}) -> tensor<?x4x1x1xf32> {
  %0 = inference.max_pool %x kernel [3, 3] strides [2, 2] pads [1, 1, 1, 1] : (tensor<?x4x12x12xf32>) -> tensor<?x4x6x6xf32>
  %1 = inference.avg_pool %0 kernel [3, 3] pads [1, 1, 1, 1] : (tensor<?x4x6x6xf32>) -> tensor<?x4x6x6xf32>
  %2 = inference.avg_pool %1 kernel [6, 6] : (tensor<?x4x6x6xf32>) -> tensor<?x4x1x1xf32>
  return %2 : tensor<?x4x1x1xf32>
}
