// RUN: infer-opt %s --split-input-file --verify-diagnostics

// Key heads are shared by whole groups of query heads.
func.func @key_heads(%q: tensor<1x3x5x8xf32>, %k: tensor<1x2x5x8xf32>) {
  // expected-error @+1 {{cpu.attention: 3 query heads of size 8 do not divide among 2 key heads}}
  %0 = cpu.attention %q, %k, %k {} : (tensor<1x3x5x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>) -> tensor<1x3x5x8xf32>
  return
}

// -----
func.func @key_lengths(%q: tensor<1x2x5x8xf32>, %v: tensor<1x2x6x8xf32>) {
  // expected-error @+1 {{cpu.attention: q is 1x2x5x8, k 1x2x5x8, v 1x2x6x8: batches, heads, lengths or sizes do not agree}}
  %0 = cpu.attention %q, %q, %v {} : (tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x6x8xf32>) -> tensor<1x2x5x8xf32>
  return
}

// -----
func.func @attention_rank(%q: tensor<2x5x8xf32>) {
  // expected-error @+1 {{all have four dimensions, and an order each and for y}}
  %0 = cpu.attention %q, %q, %q {} : (tensor<2x5x8xf32>, tensor<2x5x8xf32>, tensor<2x5x8xf32>) -> tensor<2x5x8xf32>
  return
}

// -----
func.func @attention_mask(%q: tensor<1x2x5x8xf32>, %m: tensor<4x5xi1>) {
  // expected-error @+1 {{mask is 4x5, must broadcast to 1x2x5x5; its last dimension may be shorter}}
  %0 = cpu.attention %q, %q, %q mask %m {} : (tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<4x5xi1>) -> tensor<1x2x5x8xf32>
  return
}

// -----
func.func @attention_epilogue(%q: tensor<1x2x5x8xf32>) {
  // expected-error @+1 {{cpu.attention: has no epilogue}}
  %0 = cpu.attention %q, %q, %q {
  ^bb0(%v: f32):
    cpu.yield %v : f32
  } : (tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>) -> tensor<1x2x5x8xf32>
  return
}

// -----
func.func @norm_of_a_number(%x: tensor<f32>) {
  // expected-error @+1 {{cpu.norm: x has no axis to normalise along}}
  %0 = cpu.norm %x {} : (tensor<f32>) -> tensor<f32>
  return
}

// -----
cpu.kernel @attention_inputs(%task: index, %q: memref<1x2x5x8xf32>, %k: memref<1x2x1x8x64xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{cpu.uk.attention_tile: its flags make 4 inputs, 3 are given}}
  cpu.uk.attention_tile (%q[%c0, %c0, %c0, %c0], %k[%c0, %c0, %c0, %c0, %c0], %q[%c0, %c0, %c0, %c0]) to (%q[%c0, %c0, %c0, %c0]) with (%c0, %c0) depth 8 columns 8 masked : (memref<1x2x5x8xf32>, memref<1x2x1x8x64xf32>, memref<1x2x5x8xf32>) to (memref<1x2x5x8xf32>)
  cpu.done
}

// -----
cpu.kernel @attention_sizes(%task: index, %q: memref<1x2x5x8xf32>, %k: memref<1x2x1x8x64xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{cpu.uk.attention_tile: rows, depth and columns are at least 1}}
  cpu.uk.attention_tile (%q[%c0, %c0, %c0, %c0], %k[%c0, %c0, %c0, %c0, %c0], %q[%c0, %c0, %c0, %c0]) to (%q[%c0, %c0, %c0, %c0]) with (%c0, %c0) depth 8 : (memref<1x2x5x8xf32>, memref<1x2x1x8x64xf32>, memref<1x2x5x8xf32>) to (memref<1x2x5x8xf32>)
  cpu.done
}

// -----
func.func @rope_rows(%x: tensor<3x7xf32>) {
  // expected-error @+1 {{cpu.rope: x is 3x7, its rows must have an even length that is known}}
  %0 = cpu.rope %x, %x, %x {} : (tensor<3x7xf32>, tensor<3x7xf32>, tensor<3x7xf32>) -> tensor<3x7xf32>
  return
}

// -----
func.func @rope_codes(%x: tensor<3x8xf32>, %c: tensor<3x4xf32>) {
  // expected-error @+1 {{cpu.rope: codes are 3x4, x 3x8: they must broadcast to its rows and be as long}}
  %0 = cpu.rope %x, %x, %c {} : (tensor<3x8xf32>, tensor<3x8xf32>, tensor<3x4xf32>) -> tensor<3x8xf32>
  return
}

// -----
func.func @rope_epilogue(%x: tensor<3x8xf32>) {
  // expected-error @+1 {{cpu.rope: has no epilogue}}
  %0 = cpu.rope %x, %x, %x {
  ^bb0(%v: f32):
    cpu.yield %v : f32
  } : (tensor<3x8xf32>, tensor<3x8xf32>, tensor<3x8xf32>) -> tensor<3x8xf32>
  return
}

// -----
cpu.kernel @rope_row(%task: index, %x: memref<3x8xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{cpu.uk.rope_row: takes x, cos and sin, and the length of half a row}}
  cpu.uk.rope_row (%x[%c0, %c0], %x[%c0, %c0], %x[%c0, %c0]) to (%x[%c0, %c0]) : (memref<3x8xf32>, memref<3x8xf32>, memref<3x8xf32>) to (memref<3x8xf32>)
  cpu.done
}
