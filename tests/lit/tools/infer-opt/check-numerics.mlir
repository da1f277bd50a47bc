// RUN: not infer-opt %s --plugin %S/Inputs/wrong.py --pass-pipeline='func.func(cse,swap-all,cse)' --check-numerics --mlir-pass-pipeline-crash-reproducer=%t.mlir 2>&1 | filecheck %s
// RUN: filecheck %s --check-prefix=REPRODUCER < %t.mlir
// RUN: infer-opt %s --cse --canonicalize --check-numerics | filecheck %s --check-prefix=RIGHT
// RUN: infer-opt %s --plugin %S/Inputs/wrong.py --swap-all --check-numerics=1000,1000 | filecheck %s --check-prefix=RIGHT
// RUN: not infer-opt %s --check-numerics=much --cse 2>&1 | filecheck %s --check-prefix=USAGE

// The pass, the application, the pattern and where its code is, the op and the node it came from.
// CHECK:      m.py:3:1: error: pass 'swap-all' changes what the program computes: result 0 of @f differs in 12 elements
// CHECK:      note: application 3 of 3: pattern 'swap' ({{.*}}wrong.py:{{[0-9]+}}) on inference.sub, from node "minus"
// REPRODUCER: pipeline: "builtin.module(func.func(cse,swap-all,cse))"
// RIGHT:      @f
// USAGE:      --check-numerics takes RTOL or RTOL,ATOL, not 'much'
func.func @f(%x: tensor<?x4xf32> {inference.dims = ["batch", 4]}) -> tensor<?x4xf32> {
  %w = inference.constant #inference.weight<"w"> : tensor<4xf32>
  %0 = inference.add %x, %w : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %1 = inference.add %0, %x : tensor<?x4xf32>
  %2 = inference.sub %1, %w : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32> loc("minus"("m.py":3:1))
  return %2 : tensor<?x4xf32>
}
