// RUN: infer-run %s --dims batch=2 --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --dims batch=2 --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// A value that is a result and is read again, and an input that is a result as it is.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%x: tensor<?x4x12x12xf32> {inference.name = "x", inference.dims = ["batch", 4, 12, 12]}) -> (tensor<?x4x12x12xf32>, tensor<?x4x12x12xf32>, tensor<?x4x12x12xf32>) {
  %w = inference.constant dense<"0x540CE63EC91CFB3D6A6FDDBD053B08BCDC0E4A3D9DE91BBE8479D0BD2D082CBEDDE8663EF018AC3ED67824BE317CB33EAAC7B0BE9E818E3E27BFADBED7C0353F"> : tensor<4x4x1x1xf32>
  %0 = inference.conv %x, %w : (tensor<?x4x12x12xf32>, tensor<4x4x1x1xf32>) -> tensor<?x4x12x12xf32>
  %1 = inference.relu %0 : tensor<?x4x12x12xf32>
  return %0, %1, %x : tensor<?x4x12x12xf32>, tensor<?x4x12x12xf32>, tensor<?x4x12x12xf32>
}
