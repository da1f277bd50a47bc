// RUN: infer-opt %s | infer-opt - | filecheck %s

// Parts and other shapes of tensors, which buffers turn into views.
// CHECK-LABEL: @views
// CHECK:         cpu.concat %{{.+}}, %{{.+}} axis 1 : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x6xf32>
// CHECK:         cpu.slice %{{.+}} axis 1 start 2 size 3 : (tensor<?x6xf32>) -> tensor<?x3xf32>
// CHECK:         cpu.reshape %{{.+}} shape [-1, 3, 1] : (tensor<?x3xf32>) -> tensor<?x3x1xf32>
// CHECK:         cpu.repeat %{{.+}} factors [1, 2, 1] : (tensor<?x3x1xf32>) -> tensor<?x6x1xf32>
// CHECK:         cpu.pad %{{.+}} low [0, 1, 0] high [0, 0, 2] value 1.5 : (tensor<?x6x1xf32>) -> tensor<?x7x3xf32>
func.func @views(%x: tensor<?x4xf32>, %y: tensor<?x2xf32>) -> tensor<?x7x3xf32> {
  %0 = cpu.concat %x, %y axis 1 : (tensor<?x4xf32>, tensor<?x2xf32>) -> tensor<?x6xf32>
  %1 = cpu.slice %0 axis 1 start 2 size 3 : (tensor<?x6xf32>) -> tensor<?x3xf32>
  %2 = cpu.reshape %1 shape [-1, 3, 1] : (tensor<?x3xf32>) -> tensor<?x3x1xf32>
  %3 = cpu.repeat %2 factors [1, 2, 1] : (tensor<?x3x1xf32>) -> tensor<?x6x1xf32>
  %4 = cpu.pad %3 low [0, 1, 0] high [0, 0, 2] value 1.5 : (tensor<?x6x1xf32>) -> tensor<?x7x3xf32>
  return %4 : tensor<?x7x3xf32>
}

// Parts that take turns; the first ones may be longer by one position.
// CHECK-LABEL: @turns
// CHECK:         cpu.interleave %{{.+}}, %{{.+}}, %{{.+}} factors [1, 3, 1] : (tensor<?x2x4xf32>, tensor<?x1x4xf32>, tensor<?x1x4xf32>) -> tensor<?x4x4xf32>
func.func @turns(%x: tensor<?x2x4xf32>, %y: tensor<?x1x4xf32>) -> tensor<?x4x4xf32> {
  %0 = cpu.interleave %x, %y, %y factors [1, 3, 1] : (tensor<?x2x4xf32>, tensor<?x1x4xf32>, tensor<?x1x4xf32>) -> tensor<?x4x4xf32>
  return %0 : tensor<?x4x4xf32>
}

// A shape that is checked when it is there.
// CHECK-LABEL: @ensured
// CHECK:         cpu.ensure_shape %{{.+}} shape [6, -1] : (tensor<?x?xf32>) -> tensor<6x?xf32>
func.func @ensured(%x: tensor<?x?xf32>) -> tensor<6x?xf32> {
  %0 = cpu.ensure_shape %x shape [6, -1] : (tensor<?x?xf32>) -> tensor<6x?xf32>
  return %0 : tensor<6x?xf32>
}
