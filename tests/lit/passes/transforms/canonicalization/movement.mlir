// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(canonicalize))' --split-input-file | filecheck %s

// CHECK-LABEL: @concat_of_one
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3xf32>, %[[E:[a-z0-9]+]]: tensor<0x3xf32>, %[[Z:[a-z0-9]+]]: tensor<1x3xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.concat %[[X]], %[[Z]]
// CHECK-NEXT:    return %[[X]], %[[Y]]
func.func @concat_of_one(%x: tensor<2x3xf32>, %e: tensor<0x3xf32>, %z: tensor<1x3xf32>) -> (tensor<2x3xf32>, tensor<3x3xf32>) {
  %0 = inference.concat %x axis 1 : tensor<2x3xf32>
  %1 = inference.concat %x, %e, %z axis 0 : (tensor<2x3xf32>, tensor<0x3xf32>, tensor<1x3xf32>) -> tensor<3x3xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<3x3xf32>
}

// -----
// CHECK-LABEL: @concat_of_nothing
// CHECK:         inference.concat
func.func @concat_of_nothing(%x: tensor<0x3xf32>) -> tensor<0x3xf32> {
  %0 = inference.concat %x, %x axis 0 : tensor<0x3xf32>
  return %0 : tensor<0x3xf32>
}

// -----
// Nested concats along one axis are one; one along another axis, or one that is needed elsewhere, stays.
// CHECK-LABEL: @nested_concats
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3xf32>
// CHECK-NEXT:    %[[A:.+]] = inference.concat %[[X]], %[[X]], %[[X]]
// CHECK-NEXT:    %[[B:.+]] = inference.concat %[[X]], %[[X]] axis 1
// CHECK-NEXT:    %[[C:.+]] = inference.concat %[[B]], %[[B]]
// CHECK-NEXT:    return %[[A]], %[[B]], %[[C]]
func.func @nested_concats(%x: tensor<2x3xf32>) -> (tensor<6x3xf32>, tensor<2x6xf32>, tensor<4x6xf32>) {
  %0 = inference.concat %x, %x axis 0 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  %1 = inference.concat %0, %x axis -2 : (tensor<4x3xf32>, tensor<2x3xf32>) -> tensor<6x3xf32>
  %2 = inference.concat %x, %x axis 1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x6xf32>
  %3 = inference.concat %2, %2 axis 0 : (tensor<2x6xf32>, tensor<2x6xf32>) -> tensor<4x6xf32>
  return %1, %2, %3 : tensor<6x3xf32>, tensor<2x6xf32>, tensor<4x6xf32>
}

// -----
// Taken apart and put together again.
// CHECK-LABEL: @concat_of_split
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x6xf32>
// CHECK-NEXT:    return %[[X]]
func.func @concat_of_split(%x: tensor<2x6xf32>) -> tensor<2x6xf32> {
  %0, %1 = inference.split %x axis 1 sizes [2, 4] : (tensor<2x6xf32>) -> (tensor<2x2xf32>, tensor<2x4xf32>)
  %2 = inference.concat %0, %1 axis -1 : (tensor<2x2xf32>, tensor<2x4xf32>) -> tensor<2x6xf32>
  return %2 : tensor<2x6xf32>
}

// -----
// In another order, or along another axis, it is another tensor.
// CHECK-LABEL: @concat_of_split_elsewhere
// CHECK-COUNT-2: inference.concat
func.func @concat_of_split_elsewhere(%x: tensor<2x6xf32>) -> (tensor<2x6xf32>, tensor<4x3xf32>) {
  %0, %1 = inference.split %x axis 1 sizes [3, 3] : (tensor<2x6xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>)
  %2 = inference.concat %1, %0 axis 1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x6xf32>
  %3 = inference.concat %0, %1 axis 0 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<4x3xf32>
  return %2, %3 : tensor<2x6xf32>, tensor<4x3xf32>
}

// -----
// Put together and taken apart again at the same places, and at others.
// CHECK-LABEL: @split_of_concat
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x1xf32>, %[[Y:[a-z0-9]+]]: tensor<2x3xf32>
// CHECK:         %[[P:.+]], %[[Q:.+]] = inference.split %{{.+}} axis 1 sizes [2, 2]
// CHECK:         return %[[X]], %[[Y]], %[[P]], %[[Q]]
func.func @split_of_concat(%x: tensor<2x1xf32>, %y: tensor<2x3xf32>) -> (tensor<2x1xf32>, tensor<2x3xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %0 = inference.concat %x, %y axis 1 : (tensor<2x1xf32>, tensor<2x3xf32>) -> tensor<2x4xf32>
  %1, %2 = inference.split %0 axis 1 sizes [1, 3] : (tensor<2x4xf32>) -> (tensor<2x1xf32>, tensor<2x3xf32>)
  %3, %4 = inference.split %0 axis 1 sizes [2, 2] : (tensor<2x4xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>)
  return %1, %2, %3, %4 : tensor<2x1xf32>, tensor<2x3xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}

// -----
// CHECK-LABEL: @one_part
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x6xf32>
// CHECK-NEXT:    return %[[X]]
func.func @one_part(%x: tensor<2x6xf32>) -> tensor<2x6xf32> {
  %0 = inference.split %x axis 1 sizes [6] : (tensor<2x6xf32>) -> tensor<2x6xf32>
  return %0 : tensor<2x6xf32>
}

// -----
// A slice that leaves nothing out, by its end or by a very large one.
// CHECK-LABEL: @whole_slices
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x?xf32>
// CHECK-NEXT:    return %[[X]]
func.func @whole_slices(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %0 = inference.slice %x starts [0, 0] ends [2, 9223372036854775807] axes [0, 1] : (tensor<2x?xf32>) -> tensor<2x?xf32>
  return %0 : tensor<2x?xf32>
}

// -----
// CHECK-LABEL: @partial_slices
// CHECK-COUNT-3: inference.slice
func.func @partial_slices(%x: tensor<4x3xf32>, %b: tensor<1xi64>, %e: tensor<1xi64>) -> (tensor<3x3xf32>, tensor<4x3xf32>, tensor<?x3xf32>) {
  %0 = inference.slice %x starts [1] ends [4] axes [0] : (tensor<4x3xf32>) -> tensor<3x3xf32>
  %1 = inference.slice %x starts [-1] ends [-9] axes [0] steps [-1] : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %2 = inference.slice %x begin %b end %e axes [0] : (tensor<4x3xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x3xf32>
  return %0, %1, %2 : tensor<3x3xf32>, tensor<4x3xf32>, tensor<?x3xf32>
}

// -----
// CHECK-LABEL: @pads
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.pad %[[X]] low [0, 1] high [0, 0]
// CHECK-NEXT:    return %[[X]], %[[Y]]
func.func @pads(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x4xf32>) {
  %0 = inference.pad %x low [0, 0] high [0, 0] : tensor<2x3xf32>
  %1 = inference.pad %x low [0, 1] high [0, 0] : (tensor<2x3xf32>) -> tensor<2x4xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<2x4xf32>
}

// -----
// An unknown dimension may be 1, which a broadcast repeats.
// CHECK-LABEL: @broadcasts
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3xf32>
// CHECK:         inference.broadcast
// CHECK:         return %[[X]],
func.func @broadcasts(%x: tensor<2x3xf32>, %y: tensor<?xf32>, %s: tensor<1xi64>) -> (tensor<2x3xf32>, tensor<?xf32>) {
  %0 = inference.broadcast %x shape [2, 1] : tensor<2x3xf32>
  %1 = inference.broadcast %y to %s : (tensor<?xf32>, tensor<1xi64>) -> tensor<?xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<?xf32>
}

// -----
// An elementwise op broadcasts by itself, as long as another operand has the whole shape.
// CHECK-LABEL: @broadcast_inside
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<3xf32>, %[[Y:[a-z0-9]+]]: tensor<2x3xf32>
// CHECK-NEXT:    %[[B:.+]] = inference.broadcast %[[X]]
// CHECK-NEXT:    inference.add %[[X]], %[[Y]]
// CHECK-NEXT:    inference.mul %[[B]], %[[X]]
func.func @broadcast_inside(%x: tensor<3xf32>, %y: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = inference.broadcast %x shape [2, 3] : (tensor<3xf32>) -> tensor<2x3xf32>
  %1 = inference.add %0, %y : tensor<2x3xf32>
  %2 = inference.mul %0, %x : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %1, %2 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----
// CHECK-LABEL: @tiles
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.tile %[[X]] repeats [2, 1]
// CHECK-NEXT:    return %[[X]], %[[Y]]
func.func @tiles(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<4x3xf32>) {
  %0 = inference.tile %x repeats [1, 1] : tensor<2x3xf32>
  %1 = inference.tile %x repeats [2, 1] : (tensor<2x3xf32>) -> tensor<4x3xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<4x3xf32>
}

// -----
// CHECK-LABEL: @flips
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<1x3xf32>
// CHECK-NEXT:    %[[Y:.+]] = inference.flip %[[X]] axes [1]
// CHECK-NEXT:    return %[[X]], %[[Y]]
func.func @flips(%x: tensor<1x3xf32>) -> (tensor<1x3xf32>, tensor<1x3xf32>) {
  %0 = inference.flip %x axes [0] : tensor<1x3xf32>
  %1 = inference.flip %x axes [1] : tensor<1x3xf32>
  return %0, %1 : tensor<1x3xf32>, tensor<1x3xf32>
}

// -----
// No tensor is longer than the memory that a processor can address; one of fewer bytes may be.
// CHECK-LABEL: @to_the_end_of_memory
// CHECK-NEXT:    %[[S:.+]] = inference.slice %y
// CHECK-NEXT:    return %x, %[[S]]
func.func @to_the_end_of_memory(%x: tensor<?x512x256xf32>, %y: tensor<?x2xf32>) -> (tensor<?x512x256xf32>, tensor<?x2xf32>) {
  %0 = inference.slice %x starts [0, 0] ends [1000000000, 1000000000] axes [0, 1] : tensor<?x512x256xf32>
  %1 = inference.slice %y starts [0] ends [1000000000] axes [0] : tensor<?x2xf32>
  return %0, %1 : tensor<?x512x256xf32>, tensor<?x2xf32>
}
