// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(convert-inference-to-cpu{fallback=true}))' --split-input-file | filecheck %s

// Four keys: a step of two, a step of one, then the key is compared.
// CHECK-LABEL: @four
// CHECK:         cpu.generate %x, {{.+}}
// CHECK-COUNT-2:   arith.cmpi sle
// CHECK:           arith.cmpi eq
// CHECK:           cpu.yield %{{.+}} : f32
func.func @four(%x: tensor<?xi64>) -> tensor<?xf32> {
  %k = inference.constant dense<[-3, 0, 5, 9]> : tensor<4xi64>
  %v = inference.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %o = inference.constant dense<-1.0> : tensor<f32>
  %y = inference.lookup %x, %k, %v, %o : (tensor<?xi64>, tensor<4xi64>, tensor<4xf32>, tensor<f32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----
// The last key is NaN, which no comparison finds: x is compared with itself.
// CHECK-LABEL: @nan
// CHECK:         cpu.generate %x, {{.+}}
// CHECK:           arith.cmpf oeq
// CHECK:           arith.cmpf une
func.func @nan(%x: tensor<?xf32>) -> tensor<?xi64> {
  %k = inference.constant dense<[0.5, 0x7FC00000]> : tensor<2xf32>
  %v = inference.constant dense<[1, 2]> : tensor<2xi64>
  %o = inference.constant dense<-1> : tensor<i64>
  %y = inference.lookup %x, %k, %v, %o : (tensor<?xf32>, tensor<2xf32>, tensor<2xi64>, tensor<i64>) -> tensor<?xi64>
  return %y : tensor<?xi64>
}

// -----
// Keys that are computed are not known to ascend.
// CHECK-LABEL: @computed
// CHECK:         inference.lookup {{.+}} {cpu.fallback = "its keys are computed"}
func.func @computed(%x: tensor<?xi64>, %k: tensor<2xi64>) -> tensor<?xf32> {
  %v = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %o = inference.constant dense<-1.0> : tensor<f32>
  %y = inference.lookup %x, %k, %v, %o : (tensor<?xi64>, tensor<2xi64>, tensor<2xf32>, tensor<f32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----
// CHECK-LABEL: @descending
// CHECK:         inference.lookup {{.+}} {cpu.fallback = "the keys are not ascending numbers, each once"}
func.func @descending(%x: tensor<?xi64>) -> tensor<?xf32> {
  %k = inference.constant dense<[2, 1]> : tensor<2xi64>
  %v = inference.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %o = inference.constant dense<-1.0> : tensor<f32>
  %y = inference.lookup %x, %k, %v, %o : (tensor<?xi64>, tensor<2xi64>, tensor<2xf32>, tensor<f32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----
// CHECK-LABEL: @counted
// CHECK:         inference.lookup {{.+}} {cpu.fallback = "the number of its values is not known"}
func.func @counted(%x: tensor<?xi64>, %v: tensor<?xf32>) -> tensor<?xf32> {
  %k = inference.constant dense<[1, 2]> : tensor<2xi64>
  %o = inference.constant dense<-1.0> : tensor<f32>
  %y = inference.lookup %x, %k, %v, %o : (tensor<?xi64>, tensor<2xi64>, tensor<?xf32>, tensor<f32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
