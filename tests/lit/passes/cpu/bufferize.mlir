// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(bufferize))' --split-input-file | filecheck %s

// Inputs and outputs are the caller's memory; symbolic dimensions are arguments; what lies between has a buffer.
// CHECK-LABEL: @straight
// CHECK-SAME:    %[[X:[a-z]+]]: memref<?x4xf32> {inference.name = "x"
// CHECK-SAME:    %[[Y:[a-z0-9]+]]: memref<?x4xf32> {inference.name = "out0", inference.dims = ["batch", 4 : i64], inference.output = 0 : i64}
// CHECK-SAME:    %[[N:[a-z0-9]+]]: index {inference.symbol = "batch"}
// CHECK:         %[[B:.+]] = cpu.alloc %[[N]] : (index) -> memref<?x4xf32>
// CHECK:         cpu.softmax %[[X]] outs %[[B]]
// CHECK:         cpu.softmax %[[B]] outs %[[Y]]
func.func @straight(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["batch", 4]}) -> tensor<?x4xf32> {
  %0 = cpu.softmax %x {} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %1 = cpu.softmax %0 {} : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
}

// -----
// Each part of a concatenation is computed where it belongs; slices and reshapes of it are views.
// CHECK-LABEL: @concat
// CHECK:         %[[W:.+]] = cpu.alloc : () -> memref<1x2x2x6xf32>
// CHECK:         %[[L:.+]] = cpu.view %[[W]] at {{.+}} to memref<1x2x2x4xf32, strided<[24, 12, 6, 1]>>
// CHECK:         cpu.softmax %{{.+}} outs %[[L]]
// CHECK:         %[[R:.+]] = cpu.view %[[W]] at {{.+}} to memref<1x2x2x2xf32, strided<[24, 12, 6, 1]>>
// CHECK:         cpu.softmax %{{.+}} outs %[[R]]
// CHECK-NOT:     cpu.map
// CHECK:         %[[S:.+]] = cpu.view %[[W]] at {{.+}} to memref<1x2x2x3xf32, strided<[24, 12, 6, 1]>>
// CHECK:         cpu.softmax %[[S]]
// CHECK:         %[[F:.+]] = cpu.view %[[W]] at {{.+}} to memref<1x24xf32>
// CHECK:         cpu.softmax %[[F]]
func.func @concat(%x: tensor<1x2x2x4xf32>, %y: tensor<1x2x2x2xf32>) -> (tensor<1x2x2x3xf32>, tensor<1x24xf32>) {
  %0 = cpu.softmax %x {} : (tensor<1x2x2x4xf32>) -> tensor<1x2x2x4xf32>
  %1 = cpu.softmax %y {} : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = cpu.concat %0, %1 axis 3 : (tensor<1x2x2x4xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x6xf32>
  %3 = cpu.slice %2 axis 3 start 2 size 3 : (tensor<1x2x2x6xf32>) -> tensor<1x2x2x3xf32>
  %4 = cpu.softmax %3 {} : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
  %5 = cpu.reshape %2 shape [1, 24] : (tensor<1x2x2x6xf32>) -> tensor<1x24xf32>
  %6 = cpu.softmax %5 {} : (tensor<1x24xf32>) -> tensor<1x24xf32>
  return %4, %6 : tensor<1x2x2x3xf32>, tensor<1x24xf32>
}

// -----
// An elementwise op writes over an operand without another reader; an operand with another reader stays.
// CHECK-LABEL: @in_place
// CHECK:         %[[A:.+]] = cpu.alloc
// CHECK:         cpu.softmax %{{.+}} outs %[[A]]
// CHECK:         cpu.map %[[A]] outs %[[A]]
// CHECK:         %[[B:.+]] = cpu.alloc
// CHECK:         cpu.map %[[A]] outs %[[B]]
// CHECK:         cpu.softmax %[[B]]
// CHECK:         cpu.softmax %[[A]]
func.func @in_place(%x: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %0 = cpu.softmax %x {} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = cpu.map %0 {
  ^bb0(%a: f32):
    %s = arith.addf %a, %a : f32
    cpu.yield %s : f32
  } : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %2 = cpu.map %1 {
  ^bb0(%a: f32):
    %s = arith.addf %a, %a : f32
    cpu.yield %s : f32
  } : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %3 = cpu.softmax %2 {} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %4 = cpu.softmax %1 {} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return %3, %4 : tensor<4x4xf32>, tensor<4x4xf32>
}

// -----
// What cannot be computed in place of its copy is copied: an input, and a value that is wanted twice.
// CHECK-LABEL: @copies
// CHECK-SAME:    %[[X:[a-z]+]]: memref<1x4xf32>{{.*}}, %[[A:[0-9]+]]: memref<1x4xf32>{{.*}}, %[[B:[0-9]+]]: memref<1x8xf32>
// CHECK:         cpu.softmax %[[X]] outs %[[A]]
// CHECK:         %[[L:.+]] = cpu.view %[[B]] at
// CHECK:         cpu.map %[[A]] outs %[[L]]
// CHECK:         %[[R:.+]] = cpu.view %[[B]] at
// CHECK:         cpu.map %[[X]] outs %[[R]]
func.func @copies(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x8xf32>) {
  %0 = cpu.softmax %x {} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  %1 = cpu.concat %0, %x axis 1 : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x8xf32>
  return %0, %1 : tensor<1x4xf32>, tensor<1x8xf32>
}

// -----
// Repeats and paddings are copies into positions of the result.
// CHECK-LABEL: @copies_into_positions
// CHECK-SAME:    %[[X:[a-z]+]]: memref<1x2x2xf32>{{.*}}, %[[Y:[0-9]+]]: memref<1x4x2xf32>{{.*}}, %[[Z:[0-9]+]]: memref<1x3x2xf32>
// CHECK:         %[[A:.+]] = cpu.view %[[Y]] at {{.+}} to memref<1x2x2xf32, strided<[8, 4, 1]>>
// CHECK:         cpu.map %[[X]] outs %[[A]]
// CHECK:         %[[B:.+]] = cpu.view %[[Y]] at {{.+}} to memref<1x2x2xf32, strided<[8, 4, 1]>>
// CHECK:         cpu.map %[[X]] outs %[[B]]
// CHECK:         cpu.map %[[Z]] outs %[[Z]] {
// CHECK:           arith.constant 1.500000e+00
// CHECK:         %[[C:.+]] = cpu.view %[[Z]] at {{.+}} to memref<1x2x2xf32
// CHECK:         cpu.map %[[X]] outs %[[C]]
func.func @copies_into_positions(%x: tensor<1x2x2xf32>) -> (tensor<1x4x2xf32>, tensor<1x3x2xf32>) {
  %0 = cpu.repeat %x factors [1, 2, 1] : (tensor<1x2x2xf32>) -> tensor<1x4x2xf32>
  %1 = cpu.pad %x low [0, 1, 0] high [0, 0, 0] value 1.5 : (tensor<1x2x2xf32>) -> tensor<1x3x2xf32>
  return %0, %1 : tensor<1x4x2xf32>, tensor<1x3x2xf32>
}

// -----
// The state of a recurrence has two places that take turns; it starts in the first and ends where the number of steps says.
// CHECK-LABEL: func.func @recurrence
// CHECK:         %[[BOTH:.+]] = cpu.alloc : () -> memref<2x1x2x4xf32>
// CHECK:         %[[START:.+]] = cpu.view %[[BOTH]] at %{{.+}} : memref<2x1x2x4xf32> to memref<1x2x4xf32>
// CHECK:         cpu.map %[[START]], %{{.+}} outs %[[START]]
// CHECK:         cpu.recurrence %{{.+}}, %{{.+}}, %[[BOTH]] outs %
// CHECK:         %[[END:.+]] = cpu.view %[[BOTH]] at %{{.+}} : memref<2x1x2x4xf32> to memref<1x2x4xf32>
// CHECK:         cpu.map %[[END]] outs %
func.func @recurrence(%x: tensor<5x2x4xf32>, %w: tensor<1x4x16xf32>, %h0: tensor<1x1x1xf32>) -> tensor<1x2x4xf32> {
  %y, %h = cpu.recurrence %x, %w, %h0 {
  ^bb0(%t: f32, %sum: f32, %in: f32, %old: f32):
    %0 = arith.addf %sum, %in : f32
    cpu.yield %0, %0 : f32, f32
  } {} : (tensor<5x2x4xf32>, tensor<1x4x16xf32>, tensor<1x1x1xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  return %h : tensor<1x2x4xf32>
}

// -----
// Parts that take turns are computed where their positions lie.
// CHECK-LABEL: func.func @turns
// CHECK-SAME:    %[[X:[a-z]+]]: memref<?x2x4xf32> {{.+}}, %[[Y:[a-z0-9]+]]: memref<?x4x4xf32>
// CHECK:         %[[A:.+]] = cpu.view %[[Y]] at %{{.+}} to memref<?x2x4xf32, strided<[16, 8, 1]>>
// CHECK:         cpu.map %[[X]] outs %[[A]] {
// CHECK:         math.exp
// CHECK:         %[[B:.+]] = cpu.view %[[Y]] at %{{.+}} to memref<?x2x4xf32, strided<[16, 8, 1]>>
// CHECK:         cpu.map %[[X]] outs %[[B]] {
func.func @turns(%x: tensor<?x2x4xf32>) -> tensor<?x4x4xf32> {
  %0 = cpu.map %x {
  ^bb0(%a: f32):
    %e = math.exp %a : f32
    cpu.yield %e : f32
  } : (tensor<?x2x4xf32>) -> tensor<?x2x4xf32>
  %1 = cpu.interleave %0, %x factors [1, 2, 1] : (tensor<?x2x4xf32>, tensor<?x2x4xf32>) -> tensor<?x4x4xf32>
  return %1 : tensor<?x4x4xf32>
}

// -----
// A window has a position in every input, or the caller is told.
// CHECK-LABEL: func.func @window
// CHECK-SAME:    cpu.assumes = {{\[\[}}"min(1, h-2)", 1 : i64, "cpu.pool2d: the window is larger than the padded input"]
func.func @window(%x: tensor<1x?x8x16xf32> {inference.name = "x", inference.dims = [1, "h", 8, 16]}) -> tensor<1x?x6x16xf32> {
  %0 = cpu.pool2d %x kernel [3, 3] {} : (tensor<1x?x8x16xf32>) -> tensor<1x?x6x16xf32>
  return %0 : tensor<1x?x6x16xf32>
}

// -----
// A mean along the last axis goes through what is outside of it in equal steps: it may write into a concatenation along that axis.
// CHECK-LABEL: func.func @mean_in_place
// CHECK-SAME:    %[[X:[a-z]+]]: memref<?x4x5x3xf32> {{.+}}, %[[Y:[a-z0-9]+]]: memref<?x4x5x2xf32>
// CHECK:         %[[PART:.+]] = cpu.view %[[Y]] at %{{.+}} to memref<?x4x5x1xf32, strided<[40, 10, 2, 1]>>
// CHECK:         cpu.reduce %[[X]] outs %[[PART]]
func.func @mean_in_place(%x: tensor<?x4x5x3xf32>) -> tensor<?x4x5x2xf32> {
  %0 = cpu.reduce %x axes [3] keepdims {} : (tensor<?x4x5x3xf32>) -> tensor<?x4x5x1xf32>
  %1 = cpu.reduce %x axes [3] keepdims kind max {} : (tensor<?x4x5x3xf32>) -> tensor<?x4x5x1xf32>
  %2 = cpu.concat %0, %1 axis 3 : (tensor<?x4x5x1xf32>, tensor<?x4x5x1xf32>) -> tensor<?x4x5x2xf32>
  return %2 : tensor<?x4x5x2xf32>
}

// -----
// Along another axis the steps are not equal: it has a buffer, and a copy puts it in its part.
// CHECK-LABEL: func.func @mean_then_copy
// CHECK-SAME:    %[[X:[a-z]+]]: memref<?x4x5x3xf32> {{.+}}, %[[Y:[a-z0-9]+]]: memref<?x8x5x1xf32>
// CHECK:         %[[OWN:.+]] = cpu.alloc %{{.+}} memref<?x4x5x1xf32>
// CHECK:         cpu.reduce %[[X]] outs %[[OWN]]
// CHECK:         %[[PART:.+]] = cpu.view %[[Y]] at %{{.+}} to memref<?x4x5x1xf32, strided<[40, 5, 1, 1]>>
// CHECK:         cpu.map %[[OWN]] outs %[[PART]]
func.func @mean_then_copy(%x: tensor<?x4x5x3xf32>) -> tensor<?x8x5x1xf32> {
  %0 = cpu.reduce %x axes [3] keepdims {} : (tensor<?x4x5x3xf32>) -> tensor<?x4x5x1xf32>
  %1 = cpu.reduce %x axes [3] keepdims kind max {} : (tensor<?x4x5x3xf32>) -> tensor<?x4x5x1xf32>
  %2 = cpu.concat %0, %1 axis 1 : (tensor<?x4x5x1xf32>, tensor<?x4x5x1xf32>) -> tensor<?x8x5x1xf32>
  return %2 : tensor<?x8x5x1xf32>
}

// -----
// An operand whose strides the kernel does not take is copied before.
// CHECK-LABEL: func.func @copy_then_mean
// CHECK-SAME:    %[[X:[a-z]+]]: memref<?x4x8x3xf32>
// CHECK-DAG:     %[[PART:.+]] = cpu.view %[[X]] at %{{.+}} to memref<?x4x5x3xf32, strided<[96, 24, 3, 1]>>
// CHECK-DAG:     %[[OWN:.+]] = cpu.alloc %{{.+}} memref<?x4x5x3xf32>
// CHECK:         cpu.map %[[PART]] outs %[[OWN]]
// CHECK:         cpu.reduce %[[OWN]]
func.func @copy_then_mean(%x: tensor<?x4x8x3xf32>) -> tensor<?x3xf32> {
  %0 = cpu.slice %x axis 2 start 2 size 5 : (tensor<?x4x8x3xf32>) -> tensor<?x4x5x3xf32>
  %1 = cpu.reduce %0 axes [1, 2] {} : (tensor<?x4x5x3xf32>) -> tensor<?x3xf32>
  return %1 : tensor<?x3xf32>
}

// -----
// A size that a type declares is compared with what follows from the inputs.
// CHECK-LABEL: func.func @declared
// CHECK-SAME:    cpu.assumes = {{\[\[}}"n", 6 : i64]]
// CHECK-NOT:     cpu.view
func.func @declared(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["n", 4]}) -> tensor<6x4xf32> {
  %0 = cpu.map %x {} : (tensor<?x4xf32>) -> tensor<6x4xf32>
  return %0 : tensor<6x4xf32>
}

// -----
// Once its shape is ensured, the same memory is read with the sizes that are declared.
// CHECK-LABEL: func.func @ensured
// CHECK-SAME:    cpu.assumes = {{\[\[}}"n", 6 : i64, "cpu.ensure_shape: x is [n, 4], must be [6, 4]"]]
// CHECK:         %[[V:.+]] = cpu.view %{{.+}} at %{{.+}} to memref<6x4xf32>
// CHECK:         cpu.map %[[V]] outs %{{.+}} {
func.func @ensured(%x: tensor<?x4xf32> {inference.name = "x", inference.dims = ["n", 4]}) -> tensor<6x4xf32> {
  %0 = cpu.ensure_shape %x shape [6, 4] : (tensor<?x4xf32>) -> tensor<6x4xf32>
  %1 = cpu.map %0 {
  ^bb0(%a: f32):
    %e = math.exp %a : f32
    cpu.yield %e : f32
  } : (tensor<6x4xf32>) -> tensor<6x4xf32>
  return %1 : tensor<6x4xf32>
}
