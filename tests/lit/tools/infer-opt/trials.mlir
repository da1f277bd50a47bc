// RUN: not infer-opt %s --plugin %S/Inputs/false_laws.py --split-sums --check-numerics 2>&1 | filecheck %s --check-prefix=SIZES
// RUN: not infer-opt %s --plugin %S/Inputs/false_laws.py --drop-min --check-numerics 2>&1 | filecheck %s --check-prefix=LARGE
// RUN: not infer-opt %s --plugin %S/Inputs/false_laws.py --drop-div --check-numerics 2>&1 | filecheck %s --check-prefix=ZERO
// RUN: infer-opt %s --plugin %S/Inputs/false_laws.py --split-sums --drop-min --check-numerics --trials=1 --seed=3 | filecheck %s --check-prefix=ONE
// RUN: infer-bisect %s --plugin %S/Inputs/false_laws.py --split-sums --trials=9 --seed=1 | filecheck %s --check-prefix=BISECT
// RUN: not infer-opt %s --check-numerics --trials=0 --cse 2>&1 | filecheck %s --check-prefix=NONE
// RUN: not infer-opt %s --check-numerics --input=%S/Inputs/no.npz --cse 2>&1 | filecheck %s --check-prefix=FILE

// Sizes that differ where they may: broadcasting shows what a sum of sums leaves out.
// SIZES: error: pass 'split-sums' changes what the program computes: result 0 of @sums differs in 1 elements, by {{.*}} at most (the first argument's sizes 1)
// Values beyond the usual ones.
// LARGE: error: pass 'drop-min' changes what the program computes: result 0 of @clipped {{.*}} (zeros and large numbers)
// ZERO:  error: pass 'drop-div' changes what the program computes: result 0 of @ratio {{.*}} (zeros and large numbers)
// One trial is what it says: equal sizes and normal numbers show nothing.
// ONE:   inference.reduce
// BISECT: trial: the first argument's sizes 1
// NONE:  infer-opt: error: --trials takes 1 or more, not 0: without a trial nothing is compared
// FILE:  infer-opt: error: {{.*}}no.npz: No such file or directory
func.func @sums(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>) -> tensor<f32> {
  %0 = inference.add %a, %b : tensor<?x4xf32>
  %1 = inference.reduce %0 kind sum axes [0, 1] : (tensor<?x4xf32>) -> tensor<f32>
  return %1 : tensor<f32>
}
func.func @clipped(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = inference.constant dense<100.0> : tensor<f32>
  %1 = inference.minimum %x, %0 : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  return %1 : tensor<8xf32>
}
func.func @ratio(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = inference.div %x, %x : tensor<8xf32>
  return %0 : tensor<8xf32>
}
