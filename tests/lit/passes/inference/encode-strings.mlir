// RUN: infer-opt %s --pass-pipeline='builtin.module(func.func(encode-strings))' --split-input-file | filecheck %s

// A label encoder is a table by codes; strings of which it knows none have code 0, and the default.
// CHECK-LABEL: @main
// CHECK-SAME:    %x: tensor<?xi32> {inference.name = "x", inference.strings = ["no", "yes"]}
// CHECK:         %[[T:.+]] = inference.constant dense<[9, 5, 6]> : tensor<3xi64>
// CHECK:         inference.gather %[[T]], %x : (tensor<3xi64>, tensor<?xi32>) -> tensor<?xi64>
func.func @main(%x: tensor<?x!framework.string> {inference.name = "x"}) -> tensor<?xi64> {
  %y = inference.host_call %x callee "label_encode" config {keys = ["no", "yes", "no"], values = array<i64: 5, 6, 7>, default = 9 : i64} : (tensor<?x!framework.string>) -> tensor<?xi64>
  return %y : tensor<?xi64>
}

// -----
// Labels go out as codes.
// CHECK-LABEL: @main
// CHECK-SAME:    -> (tensor<4xi32> {inference.strings = ["cat", "dog", ""]})
// CHECK:         inference.lookup %x, %{{.+}} : (tensor<4xi64>, tensor<2xi64>, tensor<2xi32>, tensor<i32>) -> tensor<4xi32>
func.func @main(%x: tensor<4xi64>) -> tensor<4x!framework.string> {
  %y = inference.host_call %x callee "label_encode" config {keys = array<i64: 0, 1>, values = ["cat", "dog"], default = ""} : (tensor<4xi64>) -> tensor<4x!framework.string>
  return %y : tensor<4x!framework.string>
}

// -----
// Strings that meet have one list of codes: here columns of one input, compared with two categories and with a constant.
// CHECK-LABEL: @main
// CHECK-SAME:    %x: tensor<?x2xi32> {inference.strings = ["b", "a", "c"]}
// CHECK:         inference.gather %x, %{{.+}} axis 1 : (tensor<?x2xi32>, tensor<1xi64>) -> tensor<?x1xi32>
// CHECK:         %[[C:.+]] = inference.constant dense<[1, 2]> : tensor<2xi32>
// CHECK:         inference.compare %{{.+}}, %[[C]] : (tensor<?x1x1xi32>, tensor<2xi32>) -> tensor<?x1x2xi1>
// CHECK:         %[[K:.+]] = inference.constant dense<3> : tensor<1xi32>
// CHECK:         inference.compare %x, %[[K]] :
func.func @main(%x: tensor<?x2x!framework.string>) -> (tensor<?x1x2xf32>, tensor<?x2xi1>) {
  %i = inference.constant dense<0> : tensor<1xi64>
  %0 = inference.gather %x, %i axis 1 : (tensor<?x2x!framework.string>, tensor<1xi64>) -> tensor<?x1x!framework.string>
  %y = inference.host_call %0 callee "one_hot_encoder" config {categories = ["b", "a"]} : (tensor<?x1x!framework.string>) -> tensor<?x1x2xf32>
  %k = inference.host_call callee "strings" config {values = ["c"], shape = array<i64: 1>} : () -> tensor<1x!framework.string>
  %e = inference.host_call %x, %k callee "string_equal" : (tensor<?x2x!framework.string>, tensor<1x!framework.string>) -> tensor<?x2xi1>
  return %y, %e : tensor<?x1x2xf32>, tensor<?x2xi1>
}

// -----
// Names and numbers, both ways.
// CHECK-LABEL: @main
// CHECK-SAME:    %x: tensor<3xi32> {inference.strings = ["a", "b"]}
// CHECK-SAME:    tensor<3xi32> {inference.strings = ["a", "b", "?"]}
// CHECK:         inference.gather %{{.+}}, %x : (tensor<3xi64>, tensor<3xi32>) -> tensor<3xi64>
// CHECK:         inference.lookup
func.func @main(%x: tensor<3x!framework.string>) -> tensor<3x!framework.string> {
  %0 = inference.host_call %x callee "category_map" config {names = ["a", "b"], numbers = array<i64: 4, 2>, default_name = "?", default_number = -1 : i64} : (tensor<3x!framework.string>) -> tensor<3xi64>
  %1 = inference.host_call %0 callee "category_map" config {names = ["a", "b"], numbers = array<i64: 4, 2>, default_name = "?", default_number = -1 : i64} : (tensor<3xi64>) -> tensor<3x!framework.string>
  return %1 : tensor<3x!framework.string>
}

// -----
// Strings that go through may be any: they stay, and so does what else reads them.
// CHECK-LABEL: @main
// CHECK-SAME:    %x: tensor<3x!framework.string>)
// CHECK:         callee "label_encode"
func.func @main(%x: tensor<3x!framework.string>) -> (tensor<3x!framework.string>, tensor<3xi64>) {
  %0 = inference.flip %x axes [0] : tensor<3x!framework.string>
  %y = inference.host_call %0 callee "label_encode" config {keys = ["no"], values = array<i64: 5>, default = 9 : i64} : (tensor<3x!framework.string>) -> tensor<3xi64>
  return %0, %y : tensor<3x!framework.string>, tensor<3xi64>
}

// -----
// Two strings without a code may differ.
// CHECK-LABEL: @main
// CHECK:         callee "string_equal"
func.func @main(%x: tensor<3x!framework.string>, %z: tensor<3x!framework.string>) -> tensor<3xi1> {
  %y = inference.host_call %x, %z callee "string_equal" : (tensor<3x!framework.string>, tensor<3x!framework.string>) -> tensor<3xi1>
  return %y : tensor<3xi1>
}

// -----
// What reads the text itself needs it, and what such strings are made of is not encoded either.
// CHECK-LABEL: @main
// CHECK-SAME:    %x: tensor<3x!framework.string>)
// CHECK:         callee "label_encode"
// CHECK:         callee "regex_full_match"
func.func @main(%x: tensor<3x!framework.string>) -> tensor<3xi1> {
  %0 = inference.host_call %x callee "label_encode" config {keys = ["no"], values = ["yes"], default = ""} : (tensor<3x!framework.string>) -> tensor<3x!framework.string>
  %y = inference.host_call %0 callee "regex_full_match" config {pattern = "a*"} : (tensor<3x!framework.string>) -> tensor<3xi1>
  return %y : tensor<3xi1>
}
