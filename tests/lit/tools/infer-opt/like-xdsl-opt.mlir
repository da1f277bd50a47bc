// RUN: infer-opt --like-xdsl-opt %s --split-input-file --parsing-diagnostics --verify-diagnostics -p canonicalize,cse | filecheck %s
// RUN: infer-opt --like-xdsl-opt %s --split-input-file --parsing-diagnostics --verify-diagnostics --print-op-generic | filecheck %s --check-prefix=GENERIC

// Under xdsl-opt's command line the passes are ours.
// CHECK:      %0 = arith.constant 1 : i32
// CHECK-NEXT: "test.op"(%0, %0)
// GENERIC:    "arith.constant"() <{value = 1 : i32}>
%0 = arith.constant 1 : i32
%1 = arith.constant 1 : i32
"test.op"(%0, %1) : (i32, i32) -> ()

// -----
// A mistake in the text is said where xdsl-opt says it, on the standard output, and the next part is read.
// CHECK:      like-xdsl-opt.mlir:18:11
// CHECK-NEXT: "test.op"(abc) : () -> ()
// CHECK-NEXT: ^^^
// CHECK-NEXT: operand expected
"test.op"(abc) : () -> ()

// -----
// So is an op that does not verify.
// CHECK:      Expected 2 operands, but got 0
// CHECK:      | Operation does not verify: Expected 2 operands, but got 0
%0 = "arith.addi"() : () -> i32
