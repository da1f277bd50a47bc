// RUN: infer-reduce %s --test 'infer-opt --plugin %S/Inputs/slow.py --slow' --timeout 0.5 | filecheck %s
// RUN: infer-reduce %s --test "sh -c 'sleep 20'" --timeout 0.1 | filecheck %s --check-prefix=NOTHING
// RUN: not infer-reduce %s --test "sh -c 'sleep 20'" --timeout 0.1 --match wrong 2>&1 | filecheck %s --check-prefix=SILENT
// RUN: not infer-reduce %s --test 'infer-opt' --timeout soon 2>&1 | filecheck %s --check-prefix=USAGE

// A command that takes too long fails: what makes it slow is left.
// CHECK:     func.func @f
// CHECK-NOT: inference.tanh
// CHECK:     inference.relu
// CHECK-NOT: inference.tanh

// One that is slow whatever it is given leaves nothing; one that says nothing in time did not say it.
// NOTHING:     builtin.module
// NOTHING-NOT: func.func
// SILENT:      infer-reduce: error: the command does not fail on the input with 'wrong'
// USAGE:       infer-reduce: error: argument --timeout: invalid float value: 'soon'
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.tanh %x : tensor<4xf32>
  %1 = inference.relu %0 : tensor<4xf32>
  %2 = inference.tanh %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}
