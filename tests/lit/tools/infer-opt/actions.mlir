// RUN: infer-opt %s --fuse-silu --cse --log-actions-to=- 2>&1 | filecheck %s
// RUN: infer-opt %s --fuse-silu --cse --log-actions-to=%t.log --log-mlir-actions-filter=m.py:4 -o %t.out && filecheck %s --check-prefix=PLACE < %t.log
// RUN: infer-opt %s --fuse-silu --profile-actions-to=%t.json -o %t.out && filecheck %s --check-prefix=TRACE < %t.json
// RUN: infer-opt %s --fuse-silu --profile-actions-to=- 2>&1 | filecheck %s --check-prefix=TRACE
// RUN: infer-opt %s --fuse-silu --mlir-debug-counter=apply-pattern-skip=1,apply-pattern-count=1 --mlir-print-debug-counter 2>&1 | filecheck %s --check-prefix=SECOND
// RUN: infer-opt %s --fuse-silu --cse --mlir-debug-counter=pass-execution-skip=1 | filecheck %s --check-prefix=SKIPPED
// RUN: infer-opt %s --fuse-silu --max-applications=1 | filecheck %s --check-prefix=ONE
// RUN: infer-opt %s --convert-inference-to-cpu --max-applications=1 | filecheck %s --check-prefix=PARTIAL
// RUN: not infer-opt %s --fuse-silu --mlir-debug-counter=apply-patern-skip=1 2>&1 | filecheck %s --check-prefix=NAME
// RUN: not infer-opt %s --fuse-silu --mlir-debug-counter=apply-pattern=1 2>&1 | filecheck %s --check-prefix=USAGE

// Every pass, and every attempt of a pattern with the place of its op.
// CHECK:      begins Action `pass-execution` running `fuse-silu` on Operation `builtin.module`
// CHECK-NEXT: begins Action `apply-pattern pattern: silu (inference.mul)` at m.py:3:1
// CHECK-NEXT: completed `apply-pattern`
// CHECK:      completed `pass-execution`
// CHECK-NEXT: begins Action `pass-execution` running `cse`
// PLACE-NOT:  m.py:3
// PLACE:      begins Action `apply-pattern pattern: silu (inference.mul)` at m.py:4:1
// TRACE:      [{"name": "pass-execution", "cat": "PERF", "ph": "B", "pid": 0, "tid": 0, "ts": {{[0-9]+}}, "args": {"desc": "`pass-execution` running `fuse-silu`
// TRACE:      {"name": "apply-pattern", "cat": "PERF", "ph": "E"
// TRACE:      }]

// The first attempt is skipped, the second is made, later ones are not.
// SECOND:     DebugCounter counters:
// SECOND:     apply-pattern {{ *}}: {{[{][0-9]+,1,1[}]}}
// SECOND:     inference.sigmoid
// SKIPPED:    inference.sigmoid
// SKIPPED:    inference.sigmoid
// SKIPPED-NOT: inference.sigmoid
// ONE:        inference.sigmoid
// ONE:        inference.silu
// ONE:        inference.mul

// A conversion that is cut short leaves the rest as it was.
// PARTIAL:    cpu.map
// PARTIAL:    inference.mul
// NAME:       no action 'apply-patern'; did you mean 'apply-pattern'? (there are pass-execution and apply-pattern)
// USAGE:      --mlir-debug-counter takes TAG-skip=N and TAG-count=N, not 'apply-pattern=1'
func.func @f(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %s = inference.sigmoid %x : tensor<4xf32>
  %t = inference.sigmoid %y : tensor<4xf32>
  %0 = inference.mul %x, %s : tensor<4xf32> loc("m.py":3:1)
  %1 = inference.mul %y, %t : tensor<4xf32> loc("m.py":4:1)
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
