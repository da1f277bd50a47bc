// RUN: infer-opt %s --pass-pipeline='builtin.module(convert-inference-to-cpu{fallback=true},outline-fallback)' --split-input-file | filecheck %s

// What stands before an op without a kernel is one function, what waits for it another. The size that only the op knows is a symbol of the second.
// CHECK-LABEL: func.func @main
// CHECK-SAME:    attributes {cpu.host}
// CHECK:         %[[A:.+]] = cpu.call @native_0(%x) : (tensor<?x4xf32>) -> tensor<?x4xf32>
// CHECK:         %[[B:.+]] = inference.host_call %[[A]], %c callee "select" {cpu.fallback = "no kernel computes 'select'"}
// CHECK:         %[[C:.+]] = cpu.call @native_1(%[[B]]) : (tensor<?x4xf32>) -> tensor<?x4xf32>
// CHECK:         func.return %[[C]]
// CHECK:       func.func @native_0(%{{.+}}: tensor<?x4xf32> {inference.dims = ["batch", 4 : i64]})
// CHECK:         cpu.map
// CHECK:       func.func @native_1(%{{.+}}: tensor<?x4xf32> {inference.dims = ["s0", 4 : i64]})
// CHECK:         cpu.map
func.func @main(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["batch", 4]}, %c: tensor<?xi1> {inference.dims = ["batch"]}) -> tensor<?x4xf32> {
  %0 = inference.relu %x : tensor<?x4xf32>
  %1 = inference.host_call %0, %c callee "select" : (tensor<?x4xf32>, tensor<?xi1>) -> tensor<?x4xf32>
  %2 = inference.tanh %1 : tensor<?x4xf32>
  return %2 : tensor<?x4xf32>
}

// -----
// Kernels that do not wait for the op run before it, in the same call; constants go with those who read them.
// CHECK-LABEL: func.func @main
// CHECK:         %[[A:.+]], %[[B:.+]] = cpu.call @native_0(%x)
// CHECK-NEXT:    %[[C:.+]] = inference.host_call
// CHECK-NEXT:    func.return %[[C]], %[[B]]
// CHECK:       func.func @native_0
// CHECK:         inference.constant dense<[1.0
// CHECK-NOT:     @native_1
func.func @main(%x: tensor<3x4xf32>) -> (tensor<2x?xi64>, tensor<3x4xf32>) {
  %w = inference.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %0 = inference.relu %x : tensor<3x4xf32>
  %1 = inference.host_call %0 callee "select" : (tensor<3x4xf32>) -> tensor<2x?xi64>
  %2 = inference.add %0, %w : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<3x4xf32>
  return %1, %2 : tensor<2x?xi64>, tensor<3x4xf32>
}

// -----
// Where every op has a kernel nothing changes.
// CHECK-LABEL: func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
// CHECK-NOT:     cpu.call
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
// Where none has there is no function but @main, and constants stay.
// CHECK-LABEL: func.func @main
// CHECK:         inference.constant
// CHECK-NEXT:    inference.host_call
// CHECK-NOT:     func.func
func.func @main(%x: tensor<3x4xf32>) -> tensor<?x4xf32> {
  %c = inference.constant dense<[1, 0, 1]> : tensor<3xi1>
  %0 = inference.host_call %x, %c callee "select" : (tensor<3x4xf32>, tensor<3xi1>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----
// What a region reads from outside counts as read by its op: the relu comes before. What the loop carries grows, so it has no size in advance.
// CHECK-LABEL: func.func @main
// CHECK:         %[[A:.+]] = cpu.call @native_0(%x)
// CHECK:         cpu.loop
// CHECK:           cpu.concat %{{.+}}, %[[A]]
// CHECK:         {cpu.fallback = "the size of its result does not follow from the sizes of its operands"}
func.func @main(%x: tensor<4xf32>, %n: tensor<i64>) -> tensor<?xf32> {
  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.loop %x limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %carried: tensor<?xf32>):
    %2 = inference.concat %carried, %0 axis 0 : (tensor<?xf32>, tensor<4xf32>) -> tensor<?xf32>
    inference.yield %go, %2 : (tensor<i1>, tensor<?xf32>) -> ()
  } : (tensor<i64>, tensor<4xf32>) -> tensor<?xf32>
  return %1 : tensor<?xf32>
}

// -----
// A filter that is computed is packed on the host, while the model runs. The input's transposition can wait for the convolution: one call.
// CHECK-LABEL: func.func @main
// CHECK-NEXT:    %{{.+}} = cpu.pack_conv2d %w {cpu.fallback = "weights that are computed while the model runs are packed then"}
// CHECK-NEXT:    %{{.+}} = cpu.call @native_0
// CHECK-NEXT:    func.return
func.func @main(%x: tensor<1x2x4x4xf32>, %w: tensor<3x2x1x1xf32>) -> tensor<1x3x4x4xf32> {
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<3x2x1x1xf32>) -> tensor<1x3x4x4xf32>
  return %0 : tensor<1x3x4x4xf32>
}

// -----
// A value without a rank is the host's.
// CHECK-LABEL: func.func @main
// CHECK:         inference.relu %x {cpu.fallback = "tensor<*xf32> is not a tensor of known rank"}
func.func @main(%x: tensor<*xf32>) -> tensor<*xf32> {
  %0 = inference.relu %x : tensor<*xf32>
  return %0 : tensor<*xf32>
}

// -----
// The host decides an If with an op inside that has no kernel. Native functions compute the rest of the branches.
// CHECK-LABEL: func.func @main
// CHECK:         cpu.if %c
// CHECK-NEXT:      %[[T:.+]] = cpu.call @native_0(%x)
// CHECK-NEXT:      cpu.yield %[[T]]
// CHECK:           %[[E:.+]] = inference.host_call %x, %m callee "select" {cpu.fallback = "no kernel computes 'select'"}
// CHECK-NEXT:      cpu.yield %[[E]]
// CHECK:         {cpu.fallback = "inference.host_call inside it has no native code: no kernel computes 'select'"}
// CHECK-NOT:     cpu.call
// CHECK:       func.func @native_0
func.func @main(%x: tensor<4xf32>, %c: tensor<i1>, %m: tensor<4xi1>) -> tensor<?xf32> {
  %0 = inference.if %c {
    %1 = inference.relu %x : tensor<4xf32>
    inference.yield %1 : (tensor<4xf32>) -> ()
  } {
    %1 = inference.host_call %x, %m callee "select" : (tensor<4xf32>, tensor<4xi1>) -> tensor<?xf32>
    inference.yield %1 : (tensor<?xf32>) -> ()
  } : (tensor<i1>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----
// Two sizes that nothing before the run compares: numpy's rules for broadcasting are the host's.
// CHECK-LABEL: func.func @main
// CHECK:         cpu.map %{{.+}}, %{{.+}} {
// CHECK:         {cpu.fallback = "whether its operands have the same size is known when it runs"}
func.func @main(%x: tensor<4xf32>, %a: tensor<4xi1>, %b: tensor<4xi1>) -> tensor<?xf32> {
  %0 = inference.host_call %x, %a callee "select" : (tensor<4xf32>, tensor<4xi1>) -> tensor<?xf32>
  %1 = inference.host_call %x, %b callee "select" : (tensor<4xf32>, tensor<4xi1>) -> tensor<?xf32>
  %2 = inference.add %0, %1 : tensor<?xf32>
  return %2 : tensor<?xf32>
}

// -----
// Branches of two sizes: each is a native function, which takes what it reads from outside; constants it reads are in it. What follows gets a
// symbol for the size.
// CHECK-LABEL: func.func @main
// CHECK-NOT:     inference.constant
// CHECK:         %[[R:.+]] = cpu.call @native_2(%x)
// CHECK-NEXT:    %[[I:.+]] = cpu.if %c {
// CHECK-NEXT:      %[[T:.+]] = cpu.call @native_0(%[[R]])
// CHECK-NEXT:      cpu.yield %[[T]]
// CHECK-NEXT:    } {
// CHECK-NEXT:      %[[E:.+]] = cpu.call @native_1(%[[R]], %x)
// CHECK-NEXT:      cpu.yield %[[E]]
// CHECK-NEXT:    } {cpu.fallback = "the size of its result does not follow from the sizes of its operands"}
// CHECK-NEXT:    cpu.call @native_3(%[[I]])
// CHECK:       func.func @native_0(%{{.+}}: tensor<?x4xf32> {inference.dims = ["N", 4 : i64]})
// CHECK-NEXT:    inference.constant dense<2.0
// CHECK:       func.func @native_1(%{{.+}}: tensor<?x4xf32> {inference.dims = ["N", 4 : i64]}, %{{.+}}: tensor<?x4xf32> {inference.dims = ["N", 4 : i64]})
// CHECK-NEXT:    cpu.concat
// CHECK:       func.func @native_2
// CHECK:       func.func @native_3(%{{.+}}: tensor<?x4xf32> {inference.dims = ["s0", 4 : i64]})
func.func @main(%x: tensor<?x4xf32> {inference.dims = ["N", 4]}, %c: tensor<i1>) -> tensor<?x4xf32> {
  %two = inference.constant dense<2.0> : tensor<4xf32>
  %0 = inference.relu %x : tensor<?x4xf32>
  %1 = inference.if %c {
    %2 = inference.mul %0, %two : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    inference.yield %2 : (tensor<?x4xf32>) -> ()
  } {
    %2 = inference.concat %0, %x axis 0 : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
    inference.yield %2 : (tensor<?x4xf32>) -> ()
  } : (tensor<i1>) -> tensor<?x4xf32>
  %3 = inference.tanh %1 : tensor<?x4xf32>
  return %3 : tensor<?x4xf32>
}

// -----
// A size that is computed ends a native part, and is a symbol of the next one: nothing is left to the reference executor.
// CHECK-LABEL: func.func @main
// CHECK-NOT:     cpu.fallback
// CHECK:         %[[N:.+]] = cpu.call @native_0(%x, %k) : (tensor<4xf32>, tensor<1xi64>) -> tensor<1xi64>
// CHECK-NEXT:    %[[E:.+]] = cpu.extent %[[N]] : (tensor<1xi64>) -> tensor<?xi1>
// CHECK-NEXT:    %[[Y:.+]] = cpu.call @native_1(%x, %k, %[[E]]) : (tensor<4xf32>, tensor<1xi64>, tensor<?xi1>) -> tensor<?xf32>
// CHECK-NEXT:    func.return %[[Y]]
// CHECK:       func.func @native_1({{.+}}: tensor<?xi1> {inference.dims = ["s0"]})
func.func @main(%x: tensor<4xf32>, %k: tensor<1xi64>) -> tensor<?xf32> {
  %0 = inference.tile %x times %k : (tensor<4xf32>, tensor<1xi64>) -> tensor<?xf32>
  %1 = inference.relu %0 : tensor<?xf32>
  return %1 : tensor<?xf32>
}
