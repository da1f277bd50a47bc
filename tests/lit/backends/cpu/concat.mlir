// RUN: infer-run %s --dims batch=2 --input random --opt-level none --num-threads 1 --reference interpreter | filecheck %s
// RUN: infer-run %s --dims batch=2 --input random --opt-level layout --num-threads 2 --reference interpreter | filecheck %s

// Parts are written where they end up; a part that is also an input is copied.
// CHECK:     max error {{[0-9.e+-]+}} against interpreter
// CHECK-NOT: TOO FAR OFF
func.func @main(%x: tensor<?x4x12x12xf32> {inference.name = "x", inference.dims = ["batch", 4, 12, 12]}) -> tensor<?x10x12x12xf32> {
  %w = inference.constant dense<"0x40438CBEAAD3F1BDC96D83BE8179A5BEDE52A03B0BE1D5BEAEDB85BD05D8303DBB38B2BD75A496BE0350943DC23EA3BE"> : tensor<3x4x1x1xf32>
  %0 = inference.conv %x, %w : (tensor<?x4x12x12xf32>, tensor<3x4x1x1xf32>) -> tensor<?x3x12x12xf32>
  %1 = inference.relu %0 : tensor<?x3x12x12xf32>
  %2 = inference.concat %x, %1, %0 axis 1 : (tensor<?x4x12x12xf32>, tensor<?x3x12x12xf32>, tensor<?x3x12x12xf32>) -> tensor<?x10x12x12xf32>
  return %2 : tensor<?x10x12x12xf32>
}
