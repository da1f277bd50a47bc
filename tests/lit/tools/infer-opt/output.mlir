// RUN: infer-opt %S/Inputs/weights.mlir -o %t.mlir && filecheck %s < %t.mlir
// RUN: infer-opt - < %S/Inputs/twice.mlir | filecheck %s --check-prefix=STDIN

// A sidecar of weights stays within reach of the text that names it.
// CHECK: inference.weights = "{{(\.\./)+}}tests/lit/tools/infer-opt/Inputs/m.safetensors"
// STDIN: @twice
