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
func.func @dynamic_around(%x: tensor<2x?x3x?xf32>) -> tensor<1x?x1x?xf32> {
  // expected-error @+1 {{more than one dynamic dimension around the axes}}
  %0 = inference.reduce %x axes [0, 2] keepdims : (tensor<2x?x3x?xf32>) -> tensor<1x?x1x?xf32>
  return %0 : tensor<1x?x1x?xf32>
}

// -----
func.func @unknown_groups(%x: tensor<1x?x4xf32>, %s: tensor<?xf32>) -> tensor<1x?x4xf32> {
  // expected-error @+1 {{the number of channels is dynamic}}
  %0 = inference.group_norm %x, %s, %s groups 2 : (tensor<1x?x4xf32>, tensor<?xf32>, tensor<?xf32>) -> tensor<1x?x4xf32>
  return %0 : tensor<1x?x4xf32>
}

// -----
func.func @unknown_blocks(%x: tensor<1x?x2x4xf32>) -> tensor<1x?x4x8xf32> {
  // expected-error @+1 {{the number of channels is dynamic}}
  %0 = inference.depth_to_space %x block 2 : (tensor<1x?x2x4xf32>) -> tensor<1x?x4x8xf32>
  return %0 : tensor<1x?x4x8xf32>
}

// -----
func.func @unknown_pixels(%x: tensor<1x?x4x4xf32>) -> tensor<1x?x2x2xf32> {
  // expected-error @+1 {{the number of channels is dynamic}}
  %0 = inference.space_to_depth %x block 2 : (tensor<1x?x4x4xf32>) -> tensor<1x?x2x2xf32>
  return %0 : tensor<1x?x2x2xf32>
}

// -----
// A loop is one native function: nothing in it gives it a size.
func.func @computed_repeats(%x: tensor<4xf32>, %r: tensor<1xi64>, %n: tensor<i64>, %z: tensor<f32>) -> tensor<f32> {
  %0 = inference.loop %z limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<f32>):
    // expected-error @+1 {{the size of its result is known at run time only}}
    %1 = inference.tile %x times %r : (tensor<4xf32>, tensor<1xi64>) -> tensor<?xf32>
    inference.yield %go, %a : (tensor<i1>, tensor<f32>) -> ()
  } : (tensor<i64>, tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// -----
func.func @computed_shape(%x: tensor<3x4xf32>, %s: tensor<2xi64>, %n: tensor<i64>, %z: tensor<f32>) -> tensor<f32> {
  %0 = inference.loop %z limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<f32>):
    // expected-error @+1 {{its shape is computed at run time}}
    %1 = inference.reshape %x to %s : (tensor<3x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>
    inference.yield %go, %a : (tensor<i1>, tensor<f32>) -> ()
  } : (tensor<i64>, tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// -----
func.func @computed_bounds(%x: tensor<3x4xf32>, %s: tensor<1xi64>, %n: tensor<i64>, %z: tensor<f32>) -> tensor<f32> {
  %0 = inference.loop %z limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<f32>):
    // expected-error @+1 {{its bounds are computed at run time}}
    %1 = inference.slice %x begin %s end %s axes [0] : (tensor<3x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x4xf32>
    inference.yield %go, %a : (tensor<i1>, tensor<f32>) -> ()
  } : (tensor<i64>, tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// -----
func.func @computed_padding(%x: tensor<4xf32>, %p: tensor<2xi64>, %n: tensor<i64>, %z: tensor<f32>) -> tensor<f32> {
  %0 = inference.loop %z limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<f32>):
    // expected-error @+1 {{how much it pads is computed at run time}}
    %1 = inference.pad %x pads %p : (tensor<4xf32>, tensor<2xi64>) -> tensor<?xf32>
    inference.yield %go, %a : (tensor<i1>, tensor<f32>) -> ()
  } : (tensor<i64>, tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
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

// -----
func.func @no_kernel(%x: tensor<2x2xf32>) -> tensor<f32> {
  // expected-error @+1 {{no kernel computes 'det'}}
  %0 = inference.host_call %x callee "det" : (tensor<2x2xf32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// -----
func.func @size_from_elements(%x: tensor<4x4xf32>, %s: tensor<1xi64>, %n: tensor<i64>, %z: tensor<f32>) -> tensor<f32> {
  %0 = inference.loop %z limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<f32>):
    // expected-error @+1 {{the size of its result is known at run time only}}
    %1 = inference.host_call %x, %s, %s callee "slice" : (tensor<4x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x4xf32>
    inference.yield %go, %a : (tensor<i1>, tensor<f32>) -> ()
  } : (tensor<i64>, tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// -----
func.func @dynamic_places(%x: tensor<?x1x4x4xf32>) -> (tensor<?x1x3x3xf32>, tensor<?x1x3x3xi64>) {
  // expected-error @+1 {{the size of its result is known at run time only}}
  %0, %1 = inference.max_pool_with_indices %x kernel [2, 2] : (tensor<?x1x4x4xf32>) -> (tensor<?x1x3x3xf32>, tensor<?x1x3x3xi64>)
  return %0, %1 : tensor<?x1x3x3xf32>, tensor<?x1x3x3xi64>
}

// -----
func.func @unknown_count(%x: tensor<9xf32>, %k: tensor<1xi64>, %n: tensor<i64>, %z: tensor<f32>) -> tensor<f32> {
  %0 = inference.loop %z limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<f32>):
    // expected-error @+1 {{the size of its result is known at run time only}}
    %v, %j = inference.topk %x, %k axis 0 : (tensor<9xf32>, tensor<1xi64>) -> (tensor<?xf32>, tensor<?xi64>)
    inference.yield %go, %a : (tensor<i1>, tensor<f32>) -> ()
  } : (tensor<i64>, tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// -----
func.func @unknown_channels(%x: tensor<1x?x4x4xf32>) -> tensor<1x?x4x4xf32> {
  // expected-error @+1 {{the number of channels is dynamic}}
  %0 = inference.lrn %x size 3 : tensor<1x?x4x4xf32>
  return %0 : tensor<1x?x4x4xf32>
}

// -----
func.func @the_largest_of_none(%x: tensor<2x0xf32>) -> tensor<2xi64> {
  // expected-error @+1 {{of no elements none is the extreme one}}
  %y = inference.argmax %x axis 1 : (tensor<2x0xf32>) -> tensor<2xi64>
  return %y : tensor<2xi64>
}

// -----
func.func @places_that_hold(%x: tensor<4xf32>, %n: tensor<i64>, %z: tensor<f32>) -> tensor<f32> {
  %0 = inference.loop %z limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<f32>):
    // expected-error @+1 {{the size of its result is known at run time only}}
    %1 = inference.non_zero %x : (tensor<4xf32>) -> tensor<1x?xi64>
    inference.yield %go, %a : (tensor<i1>, tensor<f32>) -> ()
  } : (tensor<i64>, tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// -----
func.func @slices_that_hold(%x: tensor<4xf32>, %c: tensor<4xi1>, %n: tensor<i64>, %z: tensor<f32>) -> tensor<f32> {
  %0 = inference.loop %z limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<f32>):
    // expected-error @+1 {{the size of its result is known at run time only}}
    %1 = inference.compress %x, %c axis 0 : (tensor<4xf32>, tensor<4xi1>) -> tensor<?xf32>
    inference.yield %go, %a : (tensor<i1>, tensor<f32>) -> ()
  } : (tensor<i64>, tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// -----
func.func @computed_parts(%x: tensor<4xf32>, %s: tensor<2xi64>, %n: tensor<i64>, %z: tensor<f32>) -> tensor<f32> {
  %0 = inference.loop %z limit %n {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<f32>):
    // expected-error @+1 {{the size of its result is known at run time only}}
    %1, %2 = inference.host_call %x, %s callee "split" config {axis = 0 : i64} : (tensor<4xf32>, tensor<2xi64>) -> (tensor<?xf32>, tensor<?xf32>)
    inference.yield %go, %a : (tensor<i1>, tensor<f32>) -> ()
  } : (tensor<i64>, tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}
