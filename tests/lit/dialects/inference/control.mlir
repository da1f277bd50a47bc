// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// Both regions see the values around them and yield the results.
// CHECK-LABEL: @if
// CHECK:         inference.if %{{.*}} {
// CHECK:           inference.yield
// CHECK:         } {
// CHECK:           inference.neg
func.func @if(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.if %c {
    inference.yield %x : (tensor<4xf32>) -> ()
  } {
    %1 = inference.neg %x : tensor<4xf32>
    inference.yield %1 : (tensor<4xf32>) -> ()
  } : (tensor<i1>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
// The carried value comes first among the results, then what every run adds to the stack.
// CHECK-LABEL: @loop
// CHECK:         inference.loop %{{.*}} limit %{{.*}} {
// CHECK:         ^bb0(%{{.*}}: tensor<i64>, %{{.*}}: tensor<i1>, %{{.*}}: tensor<4xf32>):
// CHECK:         } : (tensor<i64>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
func.func @loop(%n: tensor<i64>, %x: tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>) {
  %0, %1 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<4xf32>):
    %2 = inference.add %a, %x : tensor<4xf32>
    inference.yield %go, %2, %a : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %0, %1 : tensor<4xf32>, tensor<?x4xf32>
}
