// RUN: infer-opt %s --canonicalize --emit-test -o %t.mlir && infer-update-checks %t.mlir | filecheck %s
// RUN: infer-update-checks %s | filecheck %s --check-prefix=HAND
// RUN: not infer-update-checks %t.absent.mlir 2>&1 | filecheck %s --check-prefix=ABSENT
// RUN: not infer-update-checks 2>&1 | filecheck %s --check-prefix=USAGE

// Fresh checks stay as they are, and so does what a person wrote.
// CHECK:  update.mlir.tmp.mlir: as it was
// HAND:   update.mlir: hand-written, left alone
// ABSENT: cannot read '{{.*}}absent.mlir'
// USAGE:  infer-update-checks: error: the following arguments are required: FILE
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.relu %0 : tensor<4xf32>
  return %1 : tensor<4xf32>
}
