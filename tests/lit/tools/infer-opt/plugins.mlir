// RUN: infer-opt %S/Inputs/twice.mlir --plugin=%S/Inputs/plugin.py --both | filecheck %s
// RUN: infer-opt %S/Inputs/twice.mlir --load-pass-plugin %S/Inputs/plugin.py --pass-pipeline='cse,func.func(square-instead)' | filecheck %s
// RUN: infer-opt %S/Inputs/twice.mlir --load-dialect-plugin=%S/Inputs/plugin.py --both --mlir-disable-threading | filecheck %s
// RUN: infer-opt %S/Inputs/twice.mlir --pass-pipeline='func.func(cse),dce,scf-for-loop-unroll' | filecheck %s --check-prefix=STOCK
// RUN: infer-opt %s --irdl-file=%S/Inputs/extra.irdl | filecheck %s --check-prefix=IRDL
// RUN: not infer-opt %S/Inputs/twice.mlir --plugin=%t.absent.py 2>&1 | filecheck %s --check-prefix=ABSENT

// A pass and a pipeline of a plug-in are named like ours.
// CHECK:      %[[X:.+]] = inference.relu
// CHECK-NEXT: inference.mul %[[X]], %[[X]]

// Passes of xDSL run by their names, nested in a pipeline of ours.
// STOCK:      inference.relu
// STOCK-NOT:  inference.relu

// A dialect may come from an IRDL file.
// IRDL: "extra.norm"(%{{.*}}) : (f32) -> f32
// ABSENT: infer-opt: error: cannot load plug-in '{{.*}}': no such Python file
%0 = arith.constant 1.0 : f32
%1 = "extra.norm"(%0) : (f32) -> f32
