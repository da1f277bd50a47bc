// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(canonicalize))' --split-input-file | filecheck %s

// Of a branch whose condition is known the region that runs is left.
// CHECK-LABEL: @known
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NOT:     inference.if
// CHECK:         %[[Y:.+]] = inference.neg %[[X]]
// CHECK:         return %[[Y]]
func.func @known(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = inference.constant dense<false> : tensor<i1>
  %0 = inference.if %c {
    inference.yield %x : (tensor<4xf32>) -> ()
  } {
    %1 = inference.neg %x : tensor<4xf32>
    inference.yield %1 : (tensor<4xf32>) -> ()
  } : (tensor<i1>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
// CHECK-LABEL: @unknown
// CHECK:         inference.if
func.func @unknown(%x: tensor<4xf32>, %c: tensor<i1>) -> tensor<4xf32> {
  %0 = inference.if %c {
    inference.yield %x : (tensor<4xf32>) -> ()
  } {
    %1 = inference.neg %x : tensor<4xf32>
    inference.yield %1 : (tensor<4xf32>) -> ()
  } : (tensor<i1>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
// A result that is declared with less than the region yields stays: its users were checked with that.
// CHECK-LABEL: @declared
// CHECK:         inference.if
func.func @declared(%x: tensor<4xf32>, %y: tensor<2xf32>) -> tensor<?xf32> {
  %c = inference.constant dense<true> : tensor<i1>
  %0 = inference.if %c {
    inference.yield %x : (tensor<4xf32>) -> ()
  } {
    inference.yield %y : (tensor<2xf32>) -> ()
  } : (tensor<i1>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----
// A loop that does not run gives what it started with, and stacks of nothing.
// CHECK-LABEL: @never
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK:         %[[NONE:.+]] = inference.constant dense<{{.*}}> : tensor<0x4xf32>
// CHECK-NOT:     inference.loop
// CHECK:         return %[[X]], %[[NONE]]
func.func @never(%x: tensor<4xf32>, %n: tensor<i64>) -> (tensor<4xf32>, tensor<0x4xf32>) {
  %c = inference.constant dense<false> : tensor<i1>
  %0, %1 = inference.loop %x limit %n condition %c {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<4xf32>):
    inference.yield %go, %a, %a : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> ()
  } : (tensor<i64>, tensor<i1>, tensor<4xf32>) -> (tensor<4xf32>, tensor<0x4xf32>)
  return %0, %1 : tensor<4xf32>, tensor<0x4xf32>
}

// -----
// CHECK-LABEL: @stack_of_unknown_size
// CHECK:         inference.loop
func.func @stack_of_unknown_size(%x: tensor<4xf32>) -> tensor<?x4xf32> {
  %n = inference.constant dense<0> : tensor<i64>
  %0, %1 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<4xf32>):
    inference.yield %go, %a, %a : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %1 : tensor<?x4xf32>
}

// -----
// A loop that runs once is its body.
// CHECK-LABEL: @once
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NOT:     inference.loop
// CHECK:         %[[Y:.+]] = inference.neg %[[X]]
// CHECK:         %[[S:.+]] = inference.reshape %[[Y]] shape [1, 4]
// CHECK:         return %[[Y]], %[[S]]
func.func @once(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<1x4xf32>) {
  %n = inference.constant dense<1> : tensor<i64>
  %0, %1 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<4xf32>):
    %2 = inference.neg %a : tensor<4xf32>
    inference.yield %go, %2, %2 : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>) -> (tensor<4xf32>, tensor<1x4xf32>)
  return %0, %1 : tensor<4xf32>, tensor<1x4xf32>
}

// -----
// CHECK-LABEL: @twice
// CHECK:         inference.loop
func.func @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %n = inference.constant dense<2> : tensor<i64>
  %0 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<4xf32>):
    %1 = inference.neg %a : tensor<4xf32>
    inference.yield %go, %1 : (tensor<i1>, tensor<4xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
// CHECK-LABEL: @once_of_unknown_size
// CHECK:         inference.loop
func.func @once_of_unknown_size(%x: tensor<?xf32>) -> tensor<?x?xf32> {
  %n = inference.constant dense<1> : tensor<i64>
  %0, %1 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<?xf32>):
    inference.yield %go, %a, %a : (tensor<i1>, tensor<?xf32>, tensor<?xf32>) -> ()
  } : (tensor<i64>, tensor<?xf32>) -> (tensor<?xf32>, tensor<?x?xf32>)
  return %1 : tensor<?x?xf32>
}

// -----
// Patterns leave alone what has no known rank.
// CHECK-LABEL: @unranked
// CHECK:         inference.concat %x, %x
func.func @unranked(%x: tensor<*xf32>) -> tensor<*xf32> {
  %0 = inference.concat %x, %x axis 0 : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}

// -----
// A loop of one run is its body; how high its stack is is known then, and what the function returns.
// CHECK-LABEL: @height
// CHECK-SAME:    -> tensor<1x2xf32>
// CHECK-NOT:     inference.loop
func.func @height(%x: tensor<2xf32>) -> tensor<?x2xf32> {
  %limit = inference.constant dense<1> : tensor<i64>
  %0, %stack = inference.loop %x limit %limit {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %carried: tensor<2xf32>):
    %y = inference.relu %carried : tensor<2xf32>
    %true = inference.constant dense<true> : tensor<i1>
    inference.yield %true, %y, %y : (tensor<i1>, tensor<2xf32>, tensor<2xf32>) -> ()
  } : (tensor<i64>, tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32>)
  return %stack : tensor<?x2xf32>
}
