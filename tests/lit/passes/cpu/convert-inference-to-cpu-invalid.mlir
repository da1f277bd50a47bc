// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu))' --split-input-file --verify-diagnostics

func.func @complex(%x: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
  // expected-error @+1 {{no kernel computes with elements of tensor<4xcomplex<f32>>}}
  %0 = inference.add %x, %x : tensor<4xcomplex<f32>>
  return %0 : tensor<4xcomplex<f32>>
}

// -----
func.func @exponential_of_integers(%x: tensor<4xi64>) -> tensor<4xi64> {
  // expected-error @+1 {{inference.exp of i64 has no meaning on the cpu target}}
  %0 = inference.exp %x : tensor<4xi64>
  return %0 : tensor<4xi64>
}

// -----
func.func @volume(%x: tensor<1x2x4x4x4xf32>, %w: tensor<2x2x1x1x1xf32>) -> tensor<1x2x4x4x4xf32> {
  // expected-error @+1 {{3-D convolution has no kernel}}
  %0 = inference.conv %x, %w : (tensor<1x2x4x4x4xf32>, tensor<2x2x1x1x1xf32>) -> tensor<1x2x4x4x4xf32>
  return %0 : tensor<1x2x4x4x4xf32>
}

// -----
func.func @unknown_filter(%x: tensor<1x2x4x4xf32>, %w: tensor<2x2x?x1xf32>) -> tensor<1x2x?x4xf32> {
  // expected-error @+1 {{the filter's shape is not known}}
  %0 = inference.conv %x, %w : (tensor<1x2x4x4xf32>, tensor<2x2x?x1xf32>) -> tensor<1x2x?x4xf32>
  return %0 : tensor<1x2x?x4xf32>
}

// -----
func.func @pool_3d(%x: tensor<1x2x4x4x4xf32>) -> tensor<1x2x3x3x3xf32> {
  // expected-error @+1 {{3-D pooling has no kernel}}
  %0 = inference.max_pool %x kernel [2, 2, 2] : (tensor<1x2x4x4x4xf32>) -> tensor<1x2x3x3x3xf32>
  return %0 : tensor<1x2x3x3x3xf32>
}

// -----
func.func @dynamic_mean(%x: tensor<2x?xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{a mean over a dynamic dimension has no kernel yet}}
  %0 = inference.reduce %x kind mean axes [1] : (tensor<2x?xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----
func.func @dynamic_around(%x: tensor<2x?x3x?xf32>) -> tensor<1x?x1x?xf32> {
  // expected-error @+1 {{more than one dynamic dimension around the axes}}
  %0 = inference.reduce %x axes [0, 2] keepdims : (tensor<2x?x3x?xf32>) -> tensor<1x?x1x?xf32>
  return %0 : tensor<1x?x1x?xf32>
}

// -----
func.func @products_of_unknown_number(%x: tensor<?x3x4xf32>) -> tensor<?x3x3xf32> {
  // expected-error @+1 {{the right side is no matrix; the number of products is not known}}
  %0 = inference.matmul %x, %x transpose_b : (tensor<?x3x4xf32>, tensor<?x3x4xf32>) -> tensor<?x3x3xf32>
  return %0 : tensor<?x3x3xf32>
}

// -----
func.func @too_many_products(%x: tensor<300x3x4xf32>) -> tensor<300x3x3xf32> {
  // expected-error @+1 {{300 products are too many to write out}}
  %0 = inference.matmul %x, %x transpose_b : (tensor<300x3x4xf32>, tensor<300x3x4xf32>) -> tensor<300x3x3xf32>
  return %0 : tensor<300x3x3xf32>
}

// -----
func.func @unknown_matrix(%x: tensor<3x4xf32>, %w: tensor<4x?xf32>) -> tensor<3x?xf32> {
  // expected-error @+1 {{the size of the right side is not known; the right side is one matrix}}
  %0 = inference.matmul %x, %w : (tensor<3x4xf32>, tensor<4x?xf32>) -> tensor<3x?xf32>
  return %0 : tensor<3x?xf32>
}

// -----
func.func @unknown_groups(%x: tensor<1x?x4xf32>, %s: tensor<?xf32>) -> tensor<1x?x4xf32> {
  // expected-error @+1 {{channels or positions are not known}}
  %0 = inference.group_norm %x, %s, %s groups 2 : (tensor<1x?x4xf32>, tensor<?xf32>, tensor<?xf32>) -> tensor<1x?x4xf32>
  return %0 : tensor<1x?x4xf32>
}

// -----
func.func @unknown_blocks(%x: tensor<1x8x?x4xf32>) -> tensor<1x2x?x8xf32> {
  // expected-error @+1 {{channels or positions are not known}}
  %0 = inference.depth_to_space %x block 2 : (tensor<1x8x?x4xf32>) -> tensor<1x2x?x8xf32>
  return %0 : tensor<1x2x?x8xf32>
}

// -----
func.func @unknown_pixels(%x: tensor<1x2x?x4xf32>) -> tensor<1x8x?x2xf32> {
  // expected-error @+1 {{channels or positions are not known}}
  %0 = inference.space_to_depth %x block 2 : (tensor<1x2x?x4xf32>) -> tensor<1x8x?x2xf32>
  return %0 : tensor<1x8x?x2xf32>
}

// -----
func.func @computed_repeats(%x: tensor<4xf32>, %n: tensor<1xi64>) -> tensor<?xf32> {
  // expected-error @+1 {{how often is computed at run time}}
  %0 = inference.tile %x times %n : (tensor<4xf32>, tensor<1xi64>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----
func.func @no_repeats(%x: tensor<4xf32>) -> tensor<0xf32> {
  // expected-error @+1 {{nothing is left of it}}
  %0 = inference.tile %x repeats [0] : (tensor<4xf32>) -> tensor<0xf32>
  return %0 : tensor<0xf32>
}

// -----
func.func @computed_shape(%x: tensor<3x4xf32>, %s: tensor<2xi64>) -> tensor<?x?xf32> {
  // expected-error @+1 {{its shape is computed at run time}}
  %0 = inference.reshape %x to %s : (tensor<3x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----
func.func @computed_bounds(%x: tensor<3x4xf32>, %s: tensor<1xi64>) -> tensor<?x4xf32> {
  // expected-error @+1 {{its bounds are computed at run time}}
  %0 = inference.slice %x begin %s end %s axes [0] : (tensor<3x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----
func.func @steps(%x: tensor<4xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{a step other than 1 has no kernel yet}}
  %0 = inference.slice %x starts [0] ends [4] axes [0] steps [2] : (tensor<4xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----
func.func @dynamic_cut(%x: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{it cuts a dynamic dimension}}
  %0 = inference.slice %x starts [1] ends [-1] axes [0] : (tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----
func.func @bilinear(%x: tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32> {
  // expected-error @+1 {{only nearest-neighbour upsampling by whole factors has a kernel}}
  %0 = inference.resize %x axes [2, 3] sizes [8, 8] mode linear : (tensor<1x3x4x4xf32>) -> tensor<1x3x8x8xf32>
  return %0 : tensor<1x3x8x8xf32>
}

// -----
func.func @all_axes(%x: tensor<1x3x4xf32>) -> tensor<1x6x8xf32> {
  // expected-error @+1 {{it repeats the last axis and the one that holds channels}}
  %0 = inference.resize %x axes [1, 2] sizes [6, 8] : (tensor<1x3x4xf32>) -> tensor<1x6x8xf32>
  return %0 : tensor<1x6x8xf32>
}

// -----
func.func @reflecting(%x: tensor<4xf32>) -> tensor<6xf32> {
  // expected-error @+1 {{reflect padding has no kernel yet}}
  %0 = inference.pad %x low [1] high [1] mode reflect : (tensor<4xf32>) -> tensor<6xf32>
  return %0 : tensor<6xf32>
}

// -----
func.func @cropping(%x: tensor<4xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{negative padding has no kernel}}
  %0 = inference.pad %x low [0] high [-1] : (tensor<4xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// -----
func.func @computed_padding(%x: tensor<4xf32>, %p: tensor<2xi64>) -> tensor<?xf32> {
  // expected-error @+1 {{how much it pads is computed at run time}}
  %0 = inference.pad %x pads %p : (tensor<4xf32>, tensor<2xi64>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----
func.func @computed_value(%x: tensor<4xf32>, %v: tensor<f32>) -> tensor<6xf32> {
  // expected-error @+1 {{what it pads with is computed at run time}}
  %0 = inference.pad %x value %v low [1] high [1] : (tensor<4xf32>, tensor<f32>) -> tensor<6xf32>
  return %0 : tensor<6xf32>
}

// -----
func.func @computed_lengths(%q: tensor<1x1x3x4xf32>, %n: tensor<1xi64>) -> tensor<1x1x3x4xf32> {
  // expected-error @+1 {{lengths that are computed at run time have no kernel yet}}
  %0 = inference.attention %q, %q, %q lengths %n : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1xi64>) -> tensor<1x1x3x4xf32>
  return %0 : tensor<1x1x3x4xf32>
}

// -----
func.func @precision(%q: tensor<1x1x3x4xf32>) -> tensor<1x1x3x4xf32> {
  // expected-error @+1 {{a softmax of another precision has no kernel yet}}
  %0 = inference.attention %q, %q, %q precision f64 : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>) -> tensor<1x1x3x4xf32>
  return %0 : tensor<1x1x3x4xf32>
}

// -----
func.func @part_of_the_keys(%q: tensor<1x1x3x4xf32>, %m: tensor<3x2xf32>) -> tensor<1x1x3x4xf32> {
  // expected-error @+1 {{a mask for a part of the keys has no kernel yet}}
  %0 = inference.attention %q, %q, %q mask %m : (tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<1x1x3x4xf32>, tensor<3x2xf32>) -> tensor<1x1x3x4xf32>
  return %0 : tensor<1x1x3x4xf32>
}

// -----
func.func @sees_no_key(%q: tensor<1x1x3x4xf32>, %k: tensor<1x1x1x4xf32>) -> tensor<1x1x3x4xf32> {
  // expected-error @+1 {{a query that sees no key has no kernel yet}}
  %0 = inference.attention %q, %k, %k left 1 : (tensor<1x1x3x4xf32>, tensor<1x1x1x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x1x3x4xf32>
  return %0 : tensor<1x1x3x4xf32>
}

// -----
func.func @unknown_lengths(%q: tensor<1x1x?x4xf32>) -> tensor<1x1x?x4xf32> {
  // expected-error @+1 {{heads or lengths are not known}}
  %0 = inference.attention %q, %q, %q : tensor<1x1x?x4xf32>
  return %0 : tensor<1x1x?x4xf32>
}

// -----
func.func @complex_sum(%x: tensor<2x8xcomplex<f32>>) -> tensor<2xcomplex<f32>> {
  // expected-error @+1 {{no kernel computes with elements of tensor<2x8xcomplex<f32>>}}
  %0 = inference.reduce %x axes [1] : (tensor<2x8xcomplex<f32>>) -> tensor<2xcomplex<f32>>
  return %0 : tensor<2xcomplex<f32>>
}

// -----
func.func @places_along_a_dynamic_axis(%x: tensor<2x?xf32>) -> tensor<2xi64> {
  // expected-error @+1 {{the number of places is not known}}
  %0 = inference.argmax %x axis 1 : (tensor<2x?xf32>) -> tensor<2xi64>
  return %0 : tensor<2xi64>
}

// -----
func.func @sums_along_a_computed_axis(%x: tensor<2x8xf32>, %a: tensor<i32>) -> tensor<2x8xf32> {
  // expected-error @+1 {{the axis is computed at run time}}
  %0 = inference.cumulate %x, %a : (tensor<2x8xf32>, tensor<i32>) -> tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}

// -----
func.func @sums_along_a_dynamic_axis(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %a = inference.constant dense<1> : tensor<i32>
  // expected-error @+1 {{the length of the axis is not known}}
  %0 = inference.cumulate %x, %a : (tensor<2x?xf32>, tensor<i32>) -> tensor<2x?xf32>
  return %0 : tensor<2x?xf32>
}

// -----
func.func @unknown_rows(%x: tensor<2x?xf32>, %c: tensor<?xf32>) -> tensor<2x?xf32> {
  // expected-error @+1 {{the length of the rows is not known}}
  %0 = inference.rope %x, %c, %c : (tensor<2x?xf32>, tensor<?xf32>, tensor<?xf32>) -> tensor<2x?xf32>
  return %0 : tensor<2x?xf32>
}

// -----
func.func @cast_of_complex(%x: tensor<4xcomplex<f32>>) -> tensor<4xf32> {
  // expected-error @+1 {{no kernel converts complex<f32> to f32}}
  %0 = inference.cast %x to f32 : (tensor<4xcomplex<f32>>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----
func.func @blocks_of_a_dynamic_shape(%x: tensor<?x6xi8>, %s: tensor<?x2xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{blocks of a dynamic shape have no kernel}}
  %0 = inference.dequantize %x, %s block 3 : (tensor<?x6xi8>, tensor<?x2xf32>) -> tensor<?x6xf32>
  return %0 : tensor<?x6xf32>
}

// -----
func.func @a_part_of_a_block(%x: tensor<2x7xi8>, %s: tensor<2x3xf32>) -> tensor<2x7xf32> {
  // expected-error @+1 {{the last block is not whole}}
  %0 = inference.dequantize %x, %s block 3 : (tensor<2x7xi8>, tensor<2x3xf32>) -> tensor<2x7xf32>
  return %0 : tensor<2x7xf32>
}
