// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fix-dims{sizes=batch:2,seq:3,width:9}))' | filecheck %s
// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(fix-dims{sizes=batch:2,seq:3},infer-shapes))' | filecheck %s --check-prefix=SHAPES
// RUN: not infer-opt %s --pass-pipeline='builtin.module(func.func(fix-dims{sizes=batch}))' 2>&1 | filecheck %s --check-prefix=FORM

// FORM: error: pass 'fix-dims': 'batch' is not like batch:8

// A number stands where a name stood, in expressions too; a name that was not given stays; one it does not have says nothing.
// CHECK:  func.func @main(%x: tensor<2x7x?xf32> {inference.dims = [2 : i64, 7 : i64, "past"]}, %n: tensor<i64>) -> (tensor<?x?x?xf32> {inference.dims = [2 : i64, 7 : i64, "past"]})
// SHAPES: func.func @main(%x: tensor<2x7x?xf32> {{.*}}, %n: tensor<i64>) -> (tensor<2x7x?xf32>
// SHAPES: inference.relu %x : tensor<2x7x?xf32>
func.func @main(%x: tensor<?x?x?xf32> {inference.dims = ["batch", "2*seq+1", "past"]}, %n: tensor<i64>) -> (tensor<?x?x?xf32> {inference.dims = ["batch", "2*seq+1", "past"]}) {
  %0 = inference.relu %x : tensor<?x?x?xf32>
  return %0 : tensor<?x?x?xf32>
}

// What is returned as it came has its type.
// CHECK: func.func @returned(%x: tensor<2xf32> {{.*}}) -> tensor<2xf32>
func.func @returned(%x: tensor<?xf32> {inference.dims = ["batch"]}) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}
