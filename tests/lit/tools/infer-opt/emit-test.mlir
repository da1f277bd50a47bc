// RUN: infer-opt %s --fuse-silu --emit-test -o %t.mlir && filecheck %s --check-prefix=TEST < %t.mlir
// RUN: infer-opt %t.mlir --fuse-silu | filecheck %t.mlir
// RUN: infer-opt %t.mlir --cse | not filecheck %t.mlir
// RUN: infer-opt %s --pass-pipeline='func.func(cse),cpu-fuse' --emit-test -o %t.mlir && infer-opt %t.mlir --pass-pipeline='func.func(cse),cpu-fuse' | filecheck %t.mlir
// RUN: infer-opt %s --plugin %S/Inputs/spoil.py --spoil --emit-test | filecheck %s --check-prefix=FAILS
// RUN: infer-opt %S/check-numerics.mlir --plugin %S/Inputs/wrong.py --swap-all --emit-test -o %t.mlir && filecheck %s --check-prefix=WRONG < %t.mlir
// RUN: not infer-opt %t.mlir --plugin %S/Inputs/wrong.py --swap-all --check-numerics 2>&1 | filecheck %s --check-prefix=STILL
// RUN: infer-opt %t.mlir --check-numerics | filecheck %t.mlir
// RUN: infer-opt %S/Inputs/weights.mlir --cse --emit-test | filecheck %s --check-prefix=WEIGHTS

// How to run it, the law that was applied, what came out with every value captured, and what is no longer there.
// TEST:      // {{RUN}}: infer-opt %s --fuse-silu | filecheck %s
// TEST-NEXT: // Checks written by infer-opt --emit-test; infer-update-checks renews them.
// TEST:      // silu: x * sigmoid(beta * x) = silu(x)
// TEST-NEXT{LITERAL}: // CHECK-LABEL: func.func @main(
// TEST-NEXT{LITERAL}: // CHECK-SAME:    %[[X:[a-zA-Z0-9_.]+]]: tensor<2x8xf32>
// TEST-NEXT{LITERAL}: // CHECK-SAME:    %[[Y:[a-zA-Z0-9_.]+]]: tensor<2x8xf32>
// TEST-NEXT{LITERAL}: // CHECK-NOT:     inference.sigmoid{{ }}
// TEST-NEXT{LITERAL}: // CHECK:         %[[SILU:.+]] = inference.silu %[[X]] : tensor<2x8xf32>
// TEST-NEXT{LITERAL}: // CHECK:         %[[MUL:.+]] = inference.mul %[[SILU]], %[[Y]] : tensor<2x8xf32>
// TEST-NEXT{LITERAL}: // CHECK:         func.return %[[MUL]] : tensor<2x8xf32>
// TEST-NEXT: func.func @main

// Where nothing changed, the checks hold that nothing does.
// TEST{LITERAL}: // CHECK-LABEL: func.func @declined(
// TEST{LITERAL}: // CHECK-SAME:    %[[X:[a-zA-Z0-9_.]+]]: tensor<2x8xf32>
// TEST{LITERAL}: // CHECK:         %[[S:.+]] = inference.sigmoid %[[X]] : tensor<2x8xf32>

// Of a pass that is wrong there is no right output: the test is that the program computes what it did.
// WRONG: // {{RUN}}: infer-opt %s --plugin=%S/{{.*}}wrong.py --swap-all --check-numerics | filecheck %s
// WRONG: // Was wrong: pass 'swap-all' changes what the program computes: result 0 of @f differs in 12 elements
// WRONG: // application 3 of 3: pattern 'swap' (wrong.py:{{[0-9]+}}) on inference.sub
// WRONG: // CHECK-LABEL: func.func @f(
// WRONG: // CHECK:         return
// STILL: error: pass 'swap-all' changes what the program computes

// Of a pass that fails, that it runs.
// FAILS: // {{RUN}}: infer-opt %s --plugin=%S/{{.*}}spoil.py --spoil --check-numerics | filecheck %s
// FAILS: // Was wrong: inference.add: {{.*}}(after pass 'spoil')

// The test needs no file beside it: small weights are in it, the seed stands for others.
// WEIGHTS-NOT: safetensors
// WEIGHTS:     inference.constant #inference.weight<"w">
func.func @main(%x: tensor<2x8xf32>, %y: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %s = inference.sigmoid %x : tensor<2x8xf32>
  %0 = inference.mul %x, %s : tensor<2x8xf32>
  %1 = inference.mul %0, %y : tensor<2x8xf32>
  return %1 : tensor<2x8xf32>
}
func.func @declined(%x: tensor<2x8xf32>, %y: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %s = inference.sigmoid %x : tensor<2x8xf32>
  %0 = inference.mul %y, %s : tensor<2x8xf32>
  %1 = inference.add %0, %x : tensor<2x8xf32>
  return %1 : tensor<2x8xf32>
}
