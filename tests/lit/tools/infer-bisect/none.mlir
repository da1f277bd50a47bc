// RUN: not infer-bisect %s --cse --canonicalize 2>&1 | filecheck %s
// RUN: infer-bisect %s --plugin %S/Inputs/faults.py --forget --seed 3 --tolerance 0,0.5 | filecheck %s --check-prefix=SEED
// RUN: not infer-bisect %s --plugin %S/Inputs/faults.py --forget --tolerance 10 2>&1 | filecheck %s
// RUN: not infer-bisect %s --cse --tolerance much 2>&1 | filecheck %s --check-prefix=USAGE
// RUN: not infer-bisect %s --cs 2>&1 | filecheck %s --check-prefix=NAME
// RUN: not infer-bisect %S/Inputs/opaque.mlir --cse 2>&1 | filecheck %s --check-prefix=OPAQUE

// What is the same, or close enough, is no fault.
// CHECK: infer-bisect: error: none of {{[12]}} passes changes what the program computes
// SEED:  beyond rtol 0, atol 0.5 x the largest
// USAGE: infer-bisect: error: argument --tolerance: invalid tolerances value: 'much'
// NAME:  infer-bisect: error: no option '--cs'; did you mean '--cse'?

// A function that the reference executor cannot run is said to be so.
// OPAQUE: infer-bisect: error: @f cannot be run: an argument is not a ranked tensor
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.neg %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
