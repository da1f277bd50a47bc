// RUN: infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/plugin.py --square-instead --cse --square-instead --pattern-stats 2>&1 | filecheck %s --check-prefix=STATS
// RUN: infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/plugin.py --square-instead --why-not=double 2>&1 | filecheck %s --check-prefix=WHY
// RUN: not infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/plugin.py --square-instead --why-not=doubl 2>&1 | filecheck %s --check-prefix=NAME

// STATS: 0 square-instead: double
// STATS: 1 square-instead: double
// WHY:      double (square-instead): applied 0 times, declined 1
// WHY-NEXT: twice.mlir:4:3: remark: inference.add: its operands differ
// WHY-NEXT:   %2 = inference.add %0, %1 : tensor<4xf32>
// NAME: no pattern 'doubl' in this pipeline; did you mean 'double'?
