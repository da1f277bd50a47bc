// RUN: not infer-opt %s --pass-pipeline='builtin.module(convert-framework-to-inference)' 2>&1 | filecheck %s

// Everything that has no rule is reported at once: how often, where first, and what to do about it.
// CHECK:     error: 2 operators cannot be converted: com.acme.FusedThing, com.acme.Other
// CHECK:     note: com.acme.FusedThing-1, twice, first here: no rule
// CHECK:     note: com.acme.Other-1, once, first here: no rule
// CHECK:     note: a rule is a function under @lowering("com.acme", "FusedThing") in a file given with --plugin
func.func @no_rule(%x: tensor<4xf32>) -> !framework.any {
  %0 = framework.custom "FusedThing" from "com.acme" version 1 (%x) {alpha = 0.5} : (tensor<4xf32>) -> !framework.any
  %1 = framework.custom "FusedThing" from "com.acme" version 1 (%x) {alpha = 0.5} : (tensor<4xf32>) -> !framework.any
  %2 = framework.custom "Other" from "com.acme" version 1 (%0) : (!framework.any) -> !framework.any
  return %2 : !framework.any
}
