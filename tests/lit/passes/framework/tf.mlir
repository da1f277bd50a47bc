// RUN: infer-opt %s --pass-pipeline='builtin.module(convert-framework-to-inference)' --split-input-file | filecheck %s

// Images stay [N, H, W, C]; padding SAME becomes numbers, the odd element at the end; the filter [H, W, I, O] becomes [O, H, W, I].
// CHECK-LABEL: @conv
// CHECK-SAME:    %[[X:[a-z]+]]: tensor<1x8x8x3xf32>, %[[F:[a-z]+]]
// CHECK:         %[[W:.+]] = inference.transpose %[[F]] permutation [3, 0, 1, 2]
// CHECK-NOT:     transpose
// CHECK:         %[[Y:.+]] = inference.conv %[[X]], %[[W]] strides [2, 2] pads [0, 0, 1, 1] layout nhwc
// CHECK:         inference.add %[[Y]],
func.func @conv(%x: tensor<1x8x8x3xf32>, %w: tensor<3x3x3x4xf32>, %b: tensor<4xf32>) -> tensor<1x4x4x4xf32> {
  %y = framework.tf.Conv2D(%x, %w) {strides = [1, 2, 2, 1], padding = "SAME"} : (tensor<1x8x8x3xf32>, tensor<3x3x3x4xf32>) -> tensor<*xf32>
  %z = framework.tf.BiasAdd(%y, %b) : (tensor<*xf32>, tensor<4xf32>) -> tensor<1x4x4x4xf32>
  return %z : tensor<1x4x4x4xf32>
}

// -----
// Channels in front: the layout is nchw, pads are explicit, one begin and end for each dimension.
// CHECK-LABEL: @conv_nchw
// CHECK:         inference.transpose %{{.*}} permutation [3, 2, 0, 1]
// CHECK:         inference.conv %{{.*}}, %{{.*}} pads [1, 2, 1, 2] :
func.func @conv_nchw(%x: tensor<1x3x8x8xf32>, %w: tensor<3x3x3x4xf32>) -> tensor<1x4x8x10xf32> {
  %y = framework.tf.Conv2D(%x, %w) {strides = [1, 1, 1, 1], padding = "EXPLICIT", explicit_paddings = [0, 0, 0, 0, 1, 1, 2, 2], data_format = "NCHW"} : (tensor<1x3x8x8xf32>, tensor<3x3x3x4xf32>) -> tensor<1x4x8x10xf32>
  return %y : tensor<1x4x8x10xf32>
}

// -----
// A filter for each channel is a group for each channel; a multiplier of 2 gives two results a group.
// CHECK-LABEL: @depthwise
// CHECK:         inference.conv %{{.*}}, %{{.*}} groups 3 layout nhwc : (tensor<1x8x8x3xf32>, tensor<6x3x3x1xf32>) -> tensor<1x6x6x6xf32>
func.func @depthwise(%x: tensor<1x8x8x3xf32>, %w: tensor<3x3x3x2xf32>) -> tensor<1x6x6x6xf32> {
  %y = framework.tf.DepthwiseConv2dNative(%x, %w) {strides = [1, 1, 1, 1], padding = "VALID"} : (tensor<1x8x8x3xf32>, tensor<3x3x3x2xf32>) -> tensor<1x6x6x6xf32>
  return %y : tensor<1x6x6x6xf32>
}

// -----
// Of the sizes of the result only those of the image must be known: the number of samples is dynamic.
// CHECK-LABEL: @conv_transpose
// CHECK:         inference.conv_transpose %{{.*}} strides [2, 2] {{.*}}layout nhwc
func.func @conv_transpose(%x: tensor<?x4x4x3xf32> {inference.dims = ["n", 4, 4, 3]}, %w: tensor<3x3x5x3xf32>) -> tensor<?x8x8x5xf32> {
  %s = framework.tf.Shape(%x) : (tensor<?x4x4x3xf32>) -> tensor<4xi32>
  %b = framework.constant dense<0> : tensor<1xi32>
  %e = framework.constant dense<1> : tensor<1xi32>
  %n = framework.tf.StridedSlice(%s, %b, %e, %e) {shrink_axis_mask = 1} : (tensor<4xi32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<i32>
  %h = framework.constant dense<8> : tensor<i32>
  %c = framework.constant dense<5> : tensor<i32>
  %to = framework.tf.Pack(%n, %h, %h, %c) : (tensor<i32>, tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<4xi32>
  %y = framework.tf.Conv2DBackpropInput(%to, %w, %x) {strides = [1, 2, 2, 1], padding = "SAME"} : (tensor<4xi32>, tensor<3x3x5x3xf32>, tensor<?x4x4x3xf32>) -> tensor<?x8x8x5xf32>
  return %y : tensor<?x8x8x5xf32>
}

// -----
// CHECK-LABEL: @pools
// CHECK:         inference.max_pool %{{.*}} kernel [3, 3] strides [2, 2] pads [0, 0, 1, 1] layout nhwc
// CHECK:         inference.avg_pool %{{.*}} kernel [2, 2] strides [2, 2] layout nhwc
func.func @pools(%x: tensor<1x8x8x3xf32>) -> tensor<1x2x2x3xf32> {
  %y = framework.tf.MaxPool(%x) {ksize = [1, 3, 3, 1], strides = [1, 2, 2, 1], padding = "SAME"} : (tensor<1x8x8x3xf32>) -> tensor<*xf32>
  %z = framework.tf.AvgPool(%y) {ksize = [1, 2, 2, 1], strides = [1, 2, 2, 1], padding = "VALID"} : (tensor<*xf32>) -> tensor<1x2x2x3xf32>
  return %z : tensor<1x2x2x3xf32>
}

// -----
// The statistics are operands; what else it returns is what it was given.
// CHECK-LABEL: @batch_norm
// CHECK:         inference.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %[[M:.+]], %{{.*}} epsilon 0.001{{[0-9]*}} layout nhwc
// CHECK:         return %{{.*}}, %[[M]]
func.func @batch_norm(%x: tensor<1x8x8x3xf32>, %s: tensor<3xf32>, %m: tensor<3xf32>) -> (tensor<1x8x8x3xf32>, tensor<3xf32>) {
  %y, %a, %b, %c, %d, %e = framework.tf.FusedBatchNormV3(%x, %s, %s, %m, %s) {epsilon = 0.001, is_training = false} : (tensor<1x8x8x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<1x8x8x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<*xf32>)
  return %y, %a : tensor<1x8x8x3xf32>, tensor<3xf32>
}

// -----
// The axis follows the values that are joined.
// CHECK-LABEL: @concat
// CHECK:         inference.concat %{{.*}}, %{{.*}} axis 1
func.func @concat(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) -> tensor<2x7xf32> {
  %a = framework.constant dense<1> : tensor<i32>
  %z = framework.tf.ConcatV2(%x, %y, %a) {segments = [2, 1]} : (tensor<2x3xf32>, tensor<2x4xf32>, tensor<i32>) -> tensor<2x7xf32>
  return %z : tensor<2x7xf32>
}

// -----
// CHECK-LABEL: @rows
// CHECK:         inference.gather %{{.*}}, %{{.*}} :
// CHECK:         inference.reduce %{{.*}} kind mean axes [1]
// CHECK:         inference.argmax %{{.*}} axis 1
func.func @rows(%x: tensor<9x4xf32>, %i: tensor<2xi32>) -> (tensor<2xf32>, tensor<2xi32>) {
  %a = framework.constant dense<0> : tensor<i32>
  %b = framework.constant dense<1> : tensor<i32>
  %y = framework.tf.GatherV2(%x, %i, %a) : (tensor<9x4xf32>, tensor<2xi32>, tensor<i32>) -> tensor<*xf32>
  %m = framework.tf.Mean(%y, %b) : (tensor<*xf32>, tensor<i32>) -> tensor<2xf32>
  %g = framework.tf.ArgMax(%y, %b) : (tensor<*xf32>, tensor<i32>) -> tensor<2xi32>
  return %m, %g : tensor<2xf32>, tensor<2xi32>
}

// -----
// The condition of a loop is computed of what goes in, and at the end of each run of what comes out.
// CHECK-LABEL: @while
// CHECK:         %[[C:.+]] = inference.compare %[[X:.+]], %{{.*}} pred lt
// CHECK:         inference.loop
// CHECK:           %[[N:.+]] = inference.add
// CHECK:           %[[G:.+]] = inference.compare %[[N]], %{{.*}} pred lt
// CHECK:           inference.yield %[[G]], %[[N]]
func.func @while(%x: tensor<i32>) -> tensor<i32> {
  %y = framework.tf.While(%x) cond(%a: tensor<i32>) {
    %l = framework.constant dense<9> : tensor<i32>
    %c = framework.tf.Less(%a, %l) : (tensor<i32>, tensor<i32>) -> tensor<i1>
    framework.yield %c : tensor<i1>
  } body(%a: tensor<i32>) {
    %o = framework.constant dense<2> : tensor<i32>
    %n = framework.tf.AddV2(%a, %o) : (tensor<i32>, tensor<i32>) -> tensor<i32>
    framework.yield %n : tensor<i32>
  } : (tensor<i32>) -> tensor<i32>
  return %y : tensor<i32>
}

// -----
// CHECK-LABEL: @activations
// CHECK:         inference.elu %{{.*}} alpha 1.67{{[0-9]+}} scale 1.05
// CHECK:         inference.clamp %{{.*}} low 0.0 high 6.0
// CHECK:         inference.leaky_relu %{{.*}} alpha 0.2
func.func @activations(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = framework.tf.Selu(%x) : (tensor<4xf32>) -> tensor<*xf32>
  %b = framework.tf.Relu6(%a) : (tensor<*xf32>) -> tensor<*xf32>
  %c = framework.tf.LeakyRelu(%b) : (tensor<*xf32>) -> tensor<4xf32>
  return %c : tensor<4xf32>
}
