// RUN: infer-opt %s --snapshot-op-locations='filename=%t.snapshot' --mlir-print-debuginfo --mlir-print-local-scope | filecheck %s
// RUN: infer-opt %s --snapshot-op-locations='filename=%t.snapshot tag=before' --mlir-print-debuginfo --mlir-print-local-scope | filecheck %s --check-prefix=TAG
// RUN: infer-opt %t.snapshot | filecheck %s --check-prefix=FILE
// RUN: not infer-opt %s --snapshot-op-locations 2>&1 | filecheck %s --check-prefix=NO-NAME

// Ops are located in the file that was written; it reads as any other.
// CHECK-LABEL: @f
// CHECK:         inference.relu %x : tensor<4xf32> loc("{{.+}}.snapshot":3:5)
// CHECK:         func.return %y : tensor<4xf32> loc("{{.+}}.snapshot":4:5)
// TAG-LABEL:   @f
// TAG:           inference.relu %x : tensor<4xf32> loc(fused["conv1", "before"("{{.+}}.snapshot":3:5)])
// FILE-LABEL:  @f
// FILE:          inference.relu
// NO-NAME:     error: pass 'snapshot-op-locations' needs a file to write: snapshot-op-locations{filename=out.mlir}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = inference.relu %x : tensor<4xf32> loc("conv1")
  return %y : tensor<4xf32>
}
