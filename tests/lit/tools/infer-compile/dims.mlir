// The sizes of IR text can be fixed as those of a model file; a wrong name is one line.
// RUN: infer-compile %s --dims batch=3 -o %t.infer --keep-ir
// RUN: infer-run %t.infer --input random | filecheck %s
// CHECK: out0: float32[3, 4]
// RUN: not infer-compile %s --dims btch=3 -o %t.infer 2>&1 | filecheck %s --check-prefix=NAME
// NAME: dims.mlir:7:1: error: the model has no dimension 'btch'; did you mean 'batch'? (it has: batch)
func.func @main(%x: tensor<?x4xf32> {inference.dims = ["batch", 4]}) -> tensor<?x4xf32> {
  %0 = inference.relu %x : tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}
