// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(infer-ranks))' --split-input-file | filecheck %s

// The sizes of x say what is squeezed; everything computed from it follows in the same walk, the result of the function too.
// CHECK-LABEL: @squeeze
// CHECK-SAME:    -> tensor<3xf32>
// CHECK:         host_call %{{.+}} -> tensor<4xf32>
// CHECK:         inference.sigmoid %{{.+}} : tensor<4xf32>
// CHECK:         inference.slice %{{.+}} -> tensor<3xf32>
// CHECK:         inference.add %{{.+}} -> tensor<3xf32>
func.func @squeeze(%x: tensor<1x4x1xf32>, %c: tensor<f32>) -> tensor<*xf32> {
  %0 = inference.host_call %x callee "squeeze" : (tensor<1x4x1xf32>) -> tensor<*xf32>
  %1 = inference.sigmoid %0 : tensor<*xf32>
  %2 = inference.slice %1 starts [0] ends [3] axes [0] : tensor<*xf32>
  %3 = inference.add %2, %c : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
  return %3 : tensor<*xf32>
}

// -----
// The other functions that reshape, one after the other.
// CHECK-LABEL: @reshapes
// CHECK:         "squeeze" : (tensor<1x6xf32>) -> tensor<6xf32>
// CHECK:         "unsqueeze" : (tensor<6xf32>, tensor<1xi64>) -> tensor<6x1xf32>
// CHECK:         "reshape" {{.+}} -> tensor<2x3xf32>
// CHECK:         return %{{.+}} : tensor<2x3xf32>
func.func @reshapes(%x: tensor<1x6xf32>) -> tensor<*xf32> {
  %a = inference.constant dense<1> : tensor<1xi64>
  %s = inference.constant dense<[2, -1]> : tensor<2xi64>
  %0 = inference.host_call %x callee "squeeze" : (tensor<1x6xf32>) -> tensor<*xf32>
  %1 = inference.host_call %0, %a callee "unsqueeze" : (tensor<*xf32>, tensor<1xi64>) -> tensor<*xf32>
  %2 = inference.host_call %1, %s callee "reshape" config {allowzero = 0 : i64} : (tensor<*xf32>, tensor<2xi64>) -> tensor<*xf32>
  return %2 : tensor<*xf32>
}

// -----
// What both branches yield is known before what the branch gives.
// CHECK-LABEL: @branch
// CHECK:         } : (tensor<i1>) -> tensor<4xf32>
// CHECK:         inference.relu %{{.+}} : tensor<4xf32>
func.func @branch(%c: tensor<i1>, %x: tensor<1x4xf32>, %y: tensor<4x1xf32>) -> tensor<*xf32> {
  %0 = inference.if %c {
    %1 = inference.host_call %x callee "squeeze" : (tensor<1x4xf32>) -> tensor<*xf32>
    inference.yield %1 : (tensor<*xf32>) -> ()
  } {
    %2 = inference.host_call %y callee "squeeze" : (tensor<4x1xf32>) -> tensor<*xf32>
    inference.yield %2 : (tensor<*xf32>) -> ()
  } : (tensor<i1>) -> tensor<*xf32>
  %3 = inference.relu %0 : tensor<*xf32>
  return %3 : tensor<*xf32>
}

// -----
// A result that is declared to have as many dimensions as x has that are not 1: the others are checked to be 1.
// CHECK-LABEL: @declared_scalar
// CHECK:         %[[X:.+]] = inference.ensure_shape %{{.+}} shape [1, 1] : (tensor<?x1xf32>) -> tensor<1x1xf32>
// CHECK:         inference.host_call %[[X]] callee "squeeze" : (tensor<1x1xf32>) -> tensor<f32>
// CHECK:         inference.sigmoid %{{.+}} : tensor<f32>
func.func @declared_scalar(%x: tensor<?x1xf32>, %c: tensor<f32>) -> tensor<f32> {
  %0 = inference.host_call %x callee "squeeze" : (tensor<?x1xf32>) -> tensor<*xf32>
  %1 = inference.sigmoid %0 : tensor<*xf32>
  %2 = inference.add %1, %c : (tensor<*xf32>, tensor<f32>) -> tensor<f32>
  return %2 : tensor<f32>
}

// -----
// A dynamic dimension may be 1: of a rank that is higher, or not declared, nothing follows, nor through an op that reduces.
// CHECK-LABEL: @open
// CHECK-NOT:     ensure_shape
// CHECK-COUNT-3: callee "squeeze" : (tensor<?x3xf32>) -> tensor<*xf32>
// CHECK-NOT:     ensure_shape
func.func @open(%x: tensor<?x3xf32>, %c: tensor<f32>) -> (tensor<?x?xf32>, tensor<*xf32>, tensor<?xf32>) {
  %0 = inference.host_call %x callee "squeeze" : (tensor<?x3xf32>) -> tensor<*xf32>
  %1 = inference.add %0, %c : (tensor<*xf32>, tensor<f32>) -> tensor<?x?xf32>
  %2 = inference.host_call %x callee "squeeze" : (tensor<?x3xf32>) -> tensor<*xf32>
  %3 = inference.host_call %x callee "squeeze" : (tensor<?x3xf32>) -> tensor<*xf32>
  %4 = inference.reduce %3 kind max axes [0] : (tensor<*xf32>) -> tensor<?xf32>
  return %1, %2, %4 : tensor<?x?xf32>, tensor<*xf32>, tensor<?xf32>
}

// -----
// A callee that takes any rank, and its caller, which has been told so, keep their types.
// CHECK-LABEL: @caller
// CHECK:         callee "squeeze" : (tensor<1x3xf32>) -> tensor<*xf32>
// CHECK:         call @callee
// CHECK-LABEL: func.func @callee
// CHECK-SAME:    -> tensor<*xf32>
func.func @caller(%x: tensor<1x3xf32>) -> tensor<*xf32> {
  %0 = inference.host_call %x callee "squeeze" : (tensor<1x3xf32>) -> tensor<*xf32>
  %1 = func.call @callee(%0) : (tensor<*xf32>) -> tensor<*xf32>
  return %1 : tensor<*xf32>
}
func.func @callee(%x: tensor<*xf32>) -> tensor<*xf32> {
  %0 = inference.relu %x : tensor<*xf32>
  return %0 : tensor<*xf32>
}

// -----
// Of a branch whose condition is known, the region that runs says the types; where it is not known, regions of different ranks say none.
// CHECK-LABEL: @branch_taken
// CHECK:         } : (tensor<1xi1>) -> tensor<4xf32>
// CHECK:         inference.relu %{{.+}} : tensor<4xf32>
// CHECK:         } : (tensor<i1>) -> tensor<*xf32>
func.func @branch_taken(%c: tensor<i1>, %x: tensor<4xf32>, %y: tensor<4x1xf32>) -> (tensor<*xf32>, tensor<*xf32>) {
  %t = inference.constant dense<true> : tensor<1xi1>
  %0 = inference.if %t {
    inference.yield %x : (tensor<4xf32>) -> ()
  } {
    inference.yield %y : (tensor<4x1xf32>) -> ()
  } : (tensor<1xi1>) -> tensor<*xf32>
  %1 = inference.relu %0 : tensor<*xf32>
  %2 = inference.if %c {
    inference.yield %x : (tensor<4xf32>) -> ()
  } {
    inference.yield %y : (tensor<4x1xf32>) -> ()
  } : (tensor<i1>) -> tensor<*xf32>
  return %1, %2 : tensor<*xf32>, tensor<*xf32>
}
