// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(infer-shapes))' --split-input-file | filecheck %s

// What follows from the arguments is written into the types, the function's result type too.
// CHECK-LABEL: @known
// CHECK-SAME:    -> tensor<8x8xf32>
// CHECK:         inference.reshape %{{.*}} -> tensor<8x8xf32>
// CHECK:         inference.relu %{{.*}} : tensor<8x8xf32>
func.func @known(%x: tensor<2x4x8xf32>) -> tensor<?x8xf32> {
  %0 = inference.reshape %x shape [-1, 8] : (tensor<2x4x8xf32>) -> tensor<?x8xf32>
  %1 = inference.relu %0 : tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// -----
// What the input decides stays open.
// CHECK-LABEL: @open
// CHECK-SAME:    -> tensor<?x8xf32>
func.func @open(%x: tensor<?x4x8xf32>) -> tensor<?x8xf32> {
  %0 = inference.reshape %x shape [-1, 8] : (tensor<?x4x8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// -----
// A caller has been told a type: it stays, and so do the results of calls.
// CHECK-LABEL: func.func @caller
// CHECK:         call @callee(%{{.*}}) : (tensor<2x4xf32>) -> tensor<?xf32>
// CHECK-LABEL: func.func @callee
// CHECK-SAME:    -> tensor<?xf32>
func.func @caller(%x: tensor<2x4xf32>) -> tensor<?xf32> {
  %0 = func.call @callee(%x) : (tensor<2x4xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func @callee(%x: tensor<2x4xf32>) -> tensor<?xf32> {
  %0 = inference.reshape %x shape [-1] : (tensor<2x4xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----
// CHECK-LABEL: @declared
func.func private @declared(tensor<?xf32>) -> tensor<?xf32>

// -----
// A function of the host says nothing about its result; what is declared holds.
// CHECK-LABEL: @host_function
// CHECK:         inference.relu %{{.*}} : tensor<?xf32>
func.func @host_function(%x: tensor<1x3xf32>) -> tensor<?xf32> {
  %a = inference.constant dense<0> : tensor<1xi64>
  %0 = inference.host_call %x, %a callee "squeeze" : (tensor<1x3xf32>, tensor<1xi64>) -> tensor<?xf32>
  %1 = inference.relu %0 : tensor<?xf32>
  return %1 : tensor<?xf32>
}

// -----
// A carried value keeps the size that no run changes; a stack is as high as there are runs; branches agree or say nothing.
// CHECK-LABEL: @regions
// CHECK:         inference.loop
// CHECK-NEXT:    ^{{.+}}(%{{.+}}: tensor<i64>, %{{.+}}: tensor<i1>, %{{.+}}: tensor<4xf32>, %{{.+}}: tensor<?xf32>):
// CHECK:         -> (tensor<4xf32>, tensor<?xf32>, tensor<3x4xf32>)
// CHECK:         } : (tensor<i1>) -> (tensor<4xf32>, tensor<?xf32>)
func.func @regions(%c: tensor<i1>, %x: tensor<4xf32>, %g: tensor<2xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>) {
  %n = inference.constant dense<3> : tensor<i64>
  %0, %1, %2 = inference.loop %x, %g limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<?xf32>, %b: tensor<?xf32>):
    %3 = inference.concat %b, %b axis 0 : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    inference.yield %go, %a, %3, %a : (tensor<i1>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>, tensor<2xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>)
  %4, %5 = inference.if %c {
    inference.yield %x, %g : (tensor<4xf32>, tensor<2xf32>) -> ()
  } {
    inference.yield %0, %x : (tensor<?xf32>, tensor<4xf32>) -> ()
  } : (tensor<i1>) -> (tensor<?xf32>, tensor<?xf32>)
  return %4, %5, %2 : tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>
}

// -----
// What a SAME window is padded by is computed from the size of x: the channels, which it leaves alone, stay known.
// CHECK-LABEL: @padded_as_computed
// CHECK:         inference.pad {{.+}} -> tensor<1x10x?x6xf32>
func.func @padded_as_computed(%x: tensor<1x10x?x5xf32> {inference.dims = [1, 10, "h", 5]}) -> tensor<?x?x?x?xf32> {
  %none = inference.constant dense<0> : tensor<2xi64>
  %two = inference.constant dense<2> : tensor<2xi64>
  %size = inference.shape_of %x start 2 : (tensor<1x10x?x5xf32>) -> tensor<2xi64>
  %rest = inference.mod %size, %two : tensor<2xi64>
  %missing = inference.sub %two, %rest : tensor<2xi64>
  %less = inference.sub %missing, %two : tensor<2xi64>
  %more = inference.minimum %missing, %rest : tensor<2xi64>
  %after = inference.maximum %less, %more : tensor<2xi64>
  %pads = inference.concat %none, %none, %none, %after axis 0 : (tensor<2xi64>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<8xi64>
  %0 = inference.pad %x pads %pads : (tensor<1x10x?x5xf32>, tensor<8xi64>) -> tensor<?x?x?x?xf32>
  return %0 : tensor<?x?x?x?xf32>
}
