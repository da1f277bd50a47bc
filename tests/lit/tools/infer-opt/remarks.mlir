// RUN: infer-opt %s --fuse-silu --remarks-filter=fuse 2>&1 | filecheck %s
// RUN: infer-opt %s --fuse-silu --cse --remarks-filter-missed=silu 2>&1 | filecheck %s --check-prefix=MISSED
// RUN: infer-opt %s --fuse-silu --remarks-filter-passed=cse 2>&1 | filecheck %s --check-prefix=NONE
// RUN: infer-opt %s --fuse-silu --remarks-filter-passed=. --remark-format=yaml --remarks-output-file=%t.yaml -o %t.out && filecheck %s --check-prefix=YAML < %t.yaml
// RUN: not infer-opt %s --plugin=%S/Inputs/plugin.py --break --remarks-filter-failed=. 2>&1 | filecheck %s --check-prefix=FAILED
// RUN: infer-opt %s --cse --remarks-filter-analyse=. 2>&1 | filecheck %s --check-prefix=ANALYSIS
// RUN: infer-opt %s --fuse-silu --fuse-silu --remark-policy=final --remarks-filter-missed=. 2>&1 | filecheck %s --check-prefix=FINAL

// Where a pattern was applied, and where it declined and why.
// CHECK:      m.py:3:1: remark: [Passed] silu | Category:fuse-silu | Reason="x * sigmoid(beta * x) = silu(x)"
// CHECK:      m.py:4:1: remark: [Missed] silu | Category:fuse-silu | Reason="it is not x * sigmoid(beta * x)"
// MISSED-NOT: Passed
// MISSED:     [Missed] silu
// NONE-NOT:   remark
// NONE:       @f
// YAML:       --- !Passed
// YAML-NEXT:  Pass:            fuse-silu
// YAML-NEXT:  Name:            silu
// YAML-NEXT:  DebugLoc:        { File: "m.py", Line: 3, Column: 1 }
// YAML-NEXT:  Args:
// YAML-NEXT:    - Reason:          "x * sigmoid(beta * x) = silu(x)"
// YAML-NEXT:  ...
// FAILED:     [Failure] break | Category:break | Reason="pass 'break' crashed
// ANALYSIS:   [Analysis] {{.*}} | Category:cse | Reason="1"
// FINAL-COUNT-1: [Missed] silu
// FINAL-NOT:  [Missed] silu
// FINAL:      @f
func.func @f(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %s = inference.sigmoid %x : tensor<4xf32>
  %s2 = inference.sigmoid %x : tensor<4xf32>
  %0 = inference.mul %x, %s : tensor<4xf32> loc("m.py":3:1)
  %1 = inference.mul %0, %y : tensor<4xf32> loc("m.py":4:1)
  %2 = inference.mul %1, %s2 : tensor<4xf32> loc("m.py":4:1)
  return %2 : tensor<4xf32>
}
