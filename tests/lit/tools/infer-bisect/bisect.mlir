// RUN: infer-bisect %s --plugin %S/Inputs/faults.py --pass-pipeline='func.func(cse,canonicalize),func.func(cse,forget),rename' -o %t.mlir | filecheck %s
// RUN: not infer-opt %t.mlir --plugin %S/Inputs/faults.py --run-reproducer --check-numerics 2>&1 | filecheck %s --check-prefix=AGAIN
// RUN: infer-bisect %t.mlir --plugin %S/Inputs/faults.py --run-reproducer | filecheck %s --check-prefix=REPEATED
// RUN: infer-opt %t.mlir --plugin %S/Inputs/faults.py --run-reproducer --max-applications=1 | filecheck %s --check-prefix=ONE
// RUN: infer-bisect %s --plugin %S/Inputs/faults.py --rename --cse | filecheck %s --check-prefix=ITSELF
// RUN: infer-bisect %s --plugin %S/Inputs/faults.py --cse --shorten | filecheck %s --check-prefix=INVALID

// The pass of @g, the second application in it, what it was applied to, and the error on both sides of it.
// CHECK:      pass:         forget, run 8 of 9, as builtin.module(func.func(forget))
// CHECK-NEXT: application:  2 of 2
// CHECK-NEXT: pattern:      forget ({{.*}}faults.py:{{[0-9]+}})
// CHECK-NEXT: law:          -x = x, which is wrong
// CHECK-NEXT: op:           inference.neg
// CHECK-NEXT: source node:  "minus" at m.py:7:1
// CHECK-NEXT: error before: 0
// CHECK-NEXT: error after:  {{[1-9].*}}, in {{[0-9]+}} elements of result 0 of @g beyond rtol 0.001, atol 1e-05 x the largest
// CHECK-NEXT: trial:        sizes by axis
// CHECK-NEXT: reproducer:   infer-opt {{.*}} --plugin {{.*}}faults.py --run-reproducer --check-numerics

// The reproducer holds what the pass was given, and finds the same.
// AGAIN:    m.py:7:1: error: pass 'forget' changes what the program computes
// REPEATED: pass: {{.*}} forget, run 2 of 2
// REPEATED: application: {{.*}} 2 of 2

// With one application the fault is not there yet.
// ONE-LABEL: @g
// ONE:         inference.neg

// A pass may be wrong without a pattern, or leave IR that does not verify.
// ITSELF:  pass:         rename, run 1 of 2
// ITSELF:  application:  none, the pass itself does it
// INVALID: application:  1 of 1
// INVALID: pattern:      shorten
// INVALID: error after:  inference.relu: {{.*}} (after pass 'shorten')
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.tanh %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @g(%x: tensor<4x?xf32> {inference.dims = [4, "n"]}, %y: tensor<4xf32>) -> (tensor<4x?xf32>, tensor<4xf32>) {
  %0 = inference.neg %x : tensor<4x?xf32>
  %1 = inference.mul %0, %0 : tensor<4x?xf32>
  %2 = inference.exp %1 : tensor<4x?xf32>
  %3 = inference.neg %2 : tensor<4x?xf32> loc("minus"("m.py":7:1))
  %4 = inference.abs %y : tensor<4xf32>
  return %3, %4 : tensor<4x?xf32>, tensor<4xf32>
}
