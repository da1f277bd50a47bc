// RUN: infer-opt %s --split-input-file --verify-diagnostics

// The columns of one are the rows of the other.
// expected-note @+2 {{a is a function argument}}
// expected-note @+1 {{b is a function argument}}
func.func @inner(%a: tensor<4x8xf32>, %b: tensor<6x5xf32>) {
  // expected-error @+1 {{inference.matmul: a has 8 columns, b 6 rows}}
  %0 = inference.matmul %a, %b : (tensor<4x8xf32>, tensor<6x5xf32>) -> tensor<4x5xf32>
  return
}

// -----
// With transpose_b they are its columns.
// expected-note @+2 {{a is a function argument}}
// expected-note @+1 {{b is a function argument}}
func.func @transposed(%a: tensor<4x8xf32>, %b: tensor<8x5xf32>) {
  // expected-error @+1 {{a has 8 columns, b 5 rows}}
  %0 = inference.matmul %a, %b transpose_b : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x8xf32>
  return
}

// -----
// A scalar is no matrix.
func.func @scalar(%a: tensor<f32>, %b: tensor<8x5xf32>) {
  // expected-error @+1 {{a scalar is no matrix; inference.mul multiplies by one}}
  %0 = inference.matmul %a, %b : (tensor<f32>, tensor<8x5xf32>) -> tensor<8x5xf32>
  return
}

// -----
// The bias fits under the product.
func.func @bias(%a: tensor<4x8xf32>, %b: tensor<8x5xf32>, %c: tensor<4xf32>) {
  // expected-error @+1 {{bias 4 does not broadcast to the product 4x5}}
  %0 = inference.matmul %a, %b bias %c : (tensor<4x8xf32>, tensor<8x5xf32>, tensor<4xf32>) -> tensor<4x5xf32>
  return
}

// -----
// Nothing is converted in passing.
func.func @types(%a: tensor<4x8xf32>, %b: tensor<8x5xf16>) {
  // expected-error @+1 {{operands have element types f32, f16; insert a cast}}
  %0 = inference.matmul %a, %b : (tensor<4x8xf32>, tensor<8x5xf16>) -> tensor<4x5xf32>
  return
}

// -----
// An equation has a term per operand.
func.func @terms(%a: tensor<4x8xf32>, %b: tensor<8x5xf32>) {
  // expected-error @+1 {{needs `->` and one term for each of the 2 operands}}
  %0 = inference.einsum %a, %b equation "ij->ij" : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x8xf32>
  return
}

// -----
// A term has a letter per dimension.
func.func @letters(%a: tensor<4x8xf32>, %b: tensor<8x5xf32>) {
  // expected-error @+1 {{term "i" does not fit}}
  %0 = inference.einsum %a, %b equation "i,jk->ik" : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
  return
}

// -----
// A letter is one size.
func.func @sizes(%a: tensor<4x8xf32>, %b: tensor<7x5xf32>) {
  // expected-error @+1 {{'j' is 8 in one term and 7 in another}}
  %0 = inference.einsum %a, %b equation "ij,jk->ik" : (tensor<4x8xf32>, tensor<7x5xf32>) -> tensor<4x5xf32>
  return
}

// -----
// The output is made of letters that the terms have.
func.func @output(%a: tensor<4x8xf32>, %b: tensor<8x5xf32>) {
  // expected-error @+1 {{'z' of the output is in no term}}
  %0 = inference.einsum %a, %b equation "ij,jk->iz" : (tensor<4x8xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
  return
}
