// RUN: infer-opt %s --split-input-file | infer-opt - --split-input-file | filecheck %s
// RUN: infer-opt %s --split-input-file --mlir-print-op-generic | infer-opt - --split-input-file | filecheck %s

// x repeated along new leading dimensions and dimensions of 1.
// CHECK-LABEL: @broadcast
// CHECK:         inference.broadcast %{{.*}} shape [2, 3, 4] : (tensor<3x1xf32>) -> tensor<2x3x4xf32>
func.func @broadcast(%x: tensor<3x1xf32>) -> tensor<2x3x4xf32> {
  %ry = inference.broadcast %x shape [2, 3, 4] : (tensor<3x1xf32>) -> tensor<2x3x4xf32>
  return %ry : tensor<2x3x4xf32>
}

// -----
// Tensors one after the other along an axis; all other dimensions are equal.
// CHECK-LABEL: @concat
// CHECK:         inference.concat %{{.*}}, %{{.*}} axis 1 : (tensor<1x2x4xf32>, tensor<1x3x4xf32>) -> tensor<1x5x4xf32>
func.func @concat(%a: tensor<1x2x4xf32>, %b: tensor<1x3x4xf32>) -> tensor<1x5x4xf32> {
  %ry = inference.concat %a, %b axis 1 : (tensor<1x2x4xf32>, tensor<1x3x4xf32>) -> tensor<1x5x4xf32>
  return %ry : tensor<1x5x4xf32>
}

// -----
// Blocks of channels become blocks of pixels.
// CHECK-LABEL: @depth_to_space
// CHECK:         inference.depth_to_space %{{.*}} block 2 : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
func.func @depth_to_space(%x: tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32> {
  %ry = inference.depth_to_space %x block 2 : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
  return %ry : tensor<1x2x4x6xf32>
}

// -----
// The elements along some axes in reverse order.
// CHECK-LABEL: @flip
// CHECK:         inference.flip %{{.*}} axes [1] : tensor<2x3xf32>
func.func @flip(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %ry = inference.flip %x axes [1] : tensor<2x3xf32>
  return %ry : tensor<2x3xf32>
}

// -----
// x with elements around it; negative pads crop.
// CHECK-LABEL: @pad
// CHECK:         inference.pad %{{.*}} value %{{.*}} low [0, 1] high [0, 2] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x6xf32>
func.func @pad(%x: tensor<2x3xf32>, %v: tensor<f32>) -> tensor<2x6xf32> {
  %ry = inference.pad %x value %v low [0, 1] high [0, 2] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x6xf32>
  return %ry : tensor<2x6xf32>
}

// -----
// A box out of x, every steps-th element. As Python's slices: negative places count from the end, what lies outside is cut off.
// CHECK-LABEL: @slice
// CHECK:         inference.slice %{{.*}} starts [1, 0] ends [3, 9] axes [0, 2] : (tensor<5x4x9xf32>) -> tensor<2x4x9xf32>
// CHECK:         inference.slice %{{.*}} begin %{{.*}} end %{{.*}} axes [0] : (tensor<5x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x4xf32>
func.func @slice(%x: tensor<5x4x9xf32>, %x1: tensor<5x4xf32>, %s: tensor<1xi64>, %e: tensor<1xi64>) -> (tensor<2x4x9xf32>, tensor<?x4xf32>) {
  %ry0 = inference.slice %x starts [1, 0] ends [3, 9] axes [0, 2] : (tensor<5x4x9xf32>) -> tensor<2x4x9xf32>
  %rz1 = inference.slice %x1 begin %s end %e axes [0] : (tensor<5x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x4xf32>
  return %ry0, %rz1 : tensor<2x4x9xf32>, tensor<?x4xf32>
}

// -----
// Blocks of pixels become channels, the block's place in front of the channel.
// CHECK-LABEL: @space_to_depth
// CHECK:         inference.space_to_depth %{{.*}} block 2 : (tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32>
func.func @space_to_depth(%x: tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32> {
  %ry = inference.space_to_depth %x block 2 : (tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32>
  return %ry : tensor<1x8x2x3xf32>
}

// -----
// x in parts along an axis.
// CHECK-LABEL: @split
// CHECK:         inference.split %{{.*}} axis 1 sizes [2, 3] : (tensor<1x5xf32>) -> (tensor<1x2xf32>, tensor<1x3xf32>)
func.func @split(%x: tensor<1x5xf32>) -> (tensor<1x2xf32>, tensor<1x3xf32>) {
  %ra, %rb = inference.split %x axis 1 sizes [2, 3] : (tensor<1x5xf32>) -> (tensor<1x2xf32>, tensor<1x3xf32>)
  return %ra, %rb : tensor<1x2xf32>, tensor<1x3xf32>
}

// -----
// x repeated whole along every dimension.
// CHECK-LABEL: @tile
// CHECK:         inference.tile %{{.*}} repeats [2, 1] : (tensor<3x4xf32>) -> tensor<6x4xf32>
func.func @tile(%x: tensor<3x4xf32>) -> tensor<6x4xf32> {
  %ry = inference.tile %x repeats [2, 1] : (tensor<3x4xf32>) -> tensor<6x4xf32>
  return %ry : tensor<6x4xf32>
}

// -----
// The upper or lower triangle of the last two dimensions; the rest is zero.
// CHECK-LABEL: @trilu
// CHECK:         inference.trilu %{{.*}} lower : tensor<4x4xf32>
func.func @trilu(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %ry = inference.trilu %x lower : tensor<4x4xf32>
  return %ry : tensor<4x4xf32>
}
