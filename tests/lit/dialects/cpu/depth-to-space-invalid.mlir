// RUN: infer-opt %s --split-input-file --verify-diagnostics

func.func @crops_a_block(%x: tensor<1x4x4x8xf32>) {
  // expected-error @+1 {{crops [2, 0, 0, 0] are not below block [2, 2]}}
  %0 = cpu.depth_to_space %x block [2, 2] crops [2, 0, 0, 0] {} : (tensor<1x4x4x8xf32>) -> tensor<1x6x8x2xf32>
  return
}

// -----
func.func @channels_of_blocks(%x: tensor<1x4x4x6xf32>) {
  // expected-error @+1 {{6 channels do not fall into blocks [2, 2]}}
  %0 = cpu.depth_to_space %x block [2, 2] {} : (tensor<1x4x4x6xf32>) -> tensor<1x8x8x1xf32>
  return
}

// -----
func.func @block_of_one_number(%x: tensor<1x4x4x6xf32>) {
  // expected-error @+1 {{x is [N, H, W, C], block has two numbers and crops four}}
  %0 = cpu.depth_to_space %x block [2] {} : (tensor<1x4x4x6xf32>) -> tensor<1x8x4x3xf32>
  return
}
