// RUN: not infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/plugin.py --pass-pipeline='func.func(cse,break)' --mlir-pass-pipeline-crash-reproducer=%t.mlir && not infer-opt %t.mlir --plugin %S/Inputs/plugin.py --run-reproducer 2>&1 | filecheck %s --check-prefix=AGAIN
// RUN: filecheck %s --check-prefix=FILE < %t.mlir
// RUN: not infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/plugin.py --pass-pipeline='func.func(cse,break)' --mlir-pass-pipeline-crash-reproducer=%t.mlir --mlir-pass-pipeline-local-reproducer && filecheck %s --check-prefix=LOCAL < %t.mlir
// RUN: infer-opt %S/Inputs/twice.mlir --cse --mlir-generate-reproducer=%t.mlir -o %t.out && infer-opt %t.mlir --run-reproducer | filecheck %s --check-prefix=DONE
// RUN: not infer-opt %S/Inputs/twice.mlir --run-reproducer 2>&1 | filecheck %s --check-prefix=NONE

// The file holds the IR the pipeline began with, the pipeline, and where things came from.
// FILE:      inference.relu
// FILE:      inference.relu
// FILE:      external_resources: {
// FILE:        mlir_reproducer: {
// FILE-NEXT:     pipeline: "builtin.module(func.func(cse,break))",
// AGAIN:     twice.mlir:1:1: error: pass 'break' crashed
// LOCAL:     inference.relu
// LOCAL-NOT: inference.relu
// LOCAL:     pipeline: "builtin.module(func.func(break))",
// DONE:      inference.relu
// DONE-NOT:  inference.relu
// NONE:      twice.mlir is no reproducer
