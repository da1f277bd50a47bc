// RUN: infer-opt %s --pass-pipeline='builtin.module(inline)' --split-input-file | filecheck %s

// A call becomes the body; the private function has no caller left and goes away.
// CHECK-LABEL: @main
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.add %[[X]], %[[X]]
// CHECK-NEXT:    return %[[Y]]
// CHECK-NOT:   @twice
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = func.call @twice(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.add %x, %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
// Callees are inlined before their callers, whatever their order; a public function stays.
// CHECK-LABEL: @outer
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
// CHECK-NEXT:    %[[A:.+]] = inference.relu %[[X]]
// CHECK-NEXT:    %[[B:.+]] = inference.add %[[A]], %[[A]]
// CHECK-NEXT:    return %[[B]], %[[A]]
// CHECK-LABEL: @inner
func.func @outer(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0, %1 = func.call @middle(%x) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
func.func private @middle(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = func.call @inner(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = inference.add %0, %0 : tensor<4xf32>
  return %1, %0 : tensor<4xf32>, tensor<4xf32>
}
func.func @inner(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
// A function that calls itself keeps its call.
// CHECK-LABEL: @recursive
// CHECK:         func.call @recursive
func.func @recursive(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = framework.onnx.Abs(%x) {version = 13} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = func.call @recursive(%0) : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----
// Calls inside regions too.
// CHECK-LABEL: @in_a_branch
// CHECK:         framework.onnx.If
// CHECK-NEXT:      framework.onnx.Abs
// CHECK-NOT:     call
func.func @in_a_branch(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = framework.onnx.If(%c) {version = 21} then_branch {
    %1 = func.call @magnitude(%x) : (tensor<4xf32>) -> tensor<4xf32>
    framework.yield %1 : tensor<4xf32>
  } else_branch {
    framework.yield %x : tensor<4xf32>
  } : (tensor<i1>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @magnitude(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = framework.onnx.Abs(%x) {version = 13} : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
// A symbol is looked up in the nearest symbol table: each call gets the @f beside it.
// CHECK-LABEL: func.func @outside
// CHECK-NEXT:    inference.neg
// CHECK-NOT:     inference.exp
// CHECK:       builtin.module @inside
// CHECK-NOT:     inference.neg
// CHECK:         inference.exp
builtin.module {
  func.func private @f(%a: tensor<2xf32>) -> tensor<2xf32> {
    %0 = inference.neg %a : tensor<2xf32>
    func.return %0 : tensor<2xf32>
  }
  func.func @outside(%a: tensor<2xf32>) -> tensor<2xf32> {
    %0 = func.call @f(%a) : (tensor<2xf32>) -> tensor<2xf32>
    func.return %0 : tensor<2xf32>
  }
  builtin.module @inside {
    func.func private @f(%a: tensor<2xf32>) -> tensor<2xf32> {
      %0 = inference.exp %a : tensor<2xf32>
      func.return %0 : tensor<2xf32>
    }
    func.func @g(%a: tensor<2xf32>) -> tensor<2xf32> {
      %0 = func.call @f(%a) : (tensor<2xf32>) -> tensor<2xf32>
      func.return %0 : tensor<2xf32>
    }
  }
}
