// RUN: infer-opt %s --split-input-file --verify-diagnostics

func.func @lengths(%x: tensor<4xi64>, %k: tensor<3xi64>, %v: tensor<2xf32>, %o: tensor<f32>) {
  // expected-error @+1 {{inference.lookup: keys are 3, values 2; there is a value for each key}}
  %y = inference.lookup %x, %k, %v, %o : (tensor<4xi64>, tensor<3xi64>, tensor<2xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----
func.func @other_keys(%x: tensor<4xi32>, %k: tensor<3xi64>, %v: tensor<3xf32>, %o: tensor<f32>) {
  // expected-error @+1 {{inference.lookup: x is i32, keys are i64; both must be integers, f32 or f64 of one type}}
  %y = inference.lookup %x, %k, %v, %o : (tensor<4xi32>, tensor<3xi64>, tensor<3xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----
func.func @other_values(%x: tensor<4xi64>, %k: tensor<3xi64>, %v: tensor<3xf32>, %o: tensor<f64>) {
  // expected-error @+1 {{inference.lookup: values are f32, `other` is f64; insert a cast}}
  %y = inference.lookup %x, %k, %v, %o : (tensor<4xi64>, tensor<3xi64>, tensor<3xf32>, tensor<f64>) -> tensor<4xf32>
  return
}

// -----
func.func @two_others(%x: tensor<4xi64>, %k: tensor<3xi64>, %v: tensor<3xf32>, %o: tensor<2xf32>) {
  // expected-error @+1 {{`other` is 2, must be one element}}
  %y = inference.lookup %x, %k, %v, %o : (tensor<4xi64>, tensor<3xi64>, tensor<3xf32>, tensor<2xf32>) -> tensor<4xf32>
  return
}
