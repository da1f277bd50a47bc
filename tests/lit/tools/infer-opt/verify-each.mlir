// RUN: not infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/spoil.py --spoil --mend 2>&1 | filecheck %s
// RUN: infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/spoil.py --spoil --mend --verify-each=0 | filecheck %s --check-prefix=OFF
// RUN: not infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/spoil.py --spoil --verify-each=0 2>&1 | filecheck %s --check-prefix=END
// RUN: infer-opt %S/Inputs/twice.mlir --plugin %S/Inputs/spoil.py --spoil --verify-each=0 --mlir-print-assume-verified | filecheck %s --check-prefix=OFF

// The pass that left wrong IR is named; without verification between passes only the result counts.
// CHECK: twice.mlir:4:3: error: inference.add: {{.*}} (after pass 'spoil')
// OFF:   inference.add
// END:   error: inference.add
