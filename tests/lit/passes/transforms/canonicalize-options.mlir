// RUN: infer-opt %s --allow-unregistered-dialect --pass-pipeline='builtin.module(func.func(canonicalize{region-simplify=disabled}))' | filecheck %s --check-prefix=DISABLED
// RUN: infer-opt %s --allow-unregistered-dialect --pass-pipeline='builtin.module(func.func(canonicalize))' | filecheck %s --check-prefix=NORMAL
// RUN: infer-opt %s --allow-unregistered-dialect --pass-pipeline='builtin.module(func.func(canonicalize{region-simplify=aggressive}))' | filecheck %s --check-prefix=AGGRESSIVE
// RUN: infer-opt %s --allow-unregistered-dialect --canonicalize='max-iterations=1 max-num-rewrites=1' | filecheck %s --check-prefix=ONE
// RUN: not infer-opt %s --allow-unregistered-dialect --canonicalize='max-iterations=1 max-num-rewrites=1 test-convergence' 2>&1 | filecheck %s --check-prefix=CONVERGE
// RUN: infer-opt %s --allow-unregistered-dialect --canonicalize='test-convergence top-down=false' | filecheck %s --check-prefix=NORMAL
// RUN: infer-opt %s --allow-unregistered-dialect --canonicalize='disable-patterns=reshape_of_reshape' | filecheck %s --check-prefix=WITHOUT
// RUN: infer-opt %s --allow-unregistered-dialect --canonicalize='enable-patterns=clamp_of_clamp' | filecheck %s --check-prefix=ONLY
// RUN: infer-opt %s --allow-unregistered-dialect --canonicalize='filter-dialects=arith,cf' | filecheck %s --check-prefix=FILTER
// RUN: not infer-opt %s --allow-unregistered-dialect --canonicalize='disable-patterns=clamp_of_clam' 2>&1 | filecheck %s --check-prefix=NO-PATTERN
// RUN: not infer-opt %s --allow-unregistered-dialect --canonicalize='filter-dialects=inferense' 2>&1 | filecheck %s --check-prefix=NO-DIALECT
// RUN: not infer-opt %s --allow-unregistered-dialect --canonicalize='region-simplify=much' 2>&1 | filecheck %s --check-prefix=NO-LEVEL

// NO-PATTERN: error: canonicalize: there is no pattern 'clamp_of_clam'; did you mean 'clamp_of_clamp'?
// NO-DIALECT: error: canonicalize: there is no dialect 'inferense'; did you mean 'inference'?
// NO-LEVEL:   error: pass 'canonicalize': option 'region-simplify' takes disabled, normal, aggressive, not 'much'
// CONVERGE:   error: canonicalize did not converge within 1 iterations

// A block that is never reached goes at level normal, equal blocks become one at level aggressive.
// DISABLED-LABEL:   @blocks
// DISABLED-COUNT-4: "unreg.op"
// NORMAL-LABEL:     @blocks
// NORMAL-COUNT-2:   "unreg.op"
// NORMAL-NOT:       "unreg.op"
// AGGRESSIVE-LABEL: @blocks
// AGGRESSIVE-SAME:  (%[[C:.+]]: i1, %[[X:.+]]: f32, %[[Y:.+]]: f32)
// AGGRESSIVE:       %[[Z:.+]] = arith.select %[[C]], %[[X]], %[[Y]] : f32
// AGGRESSIVE-NEXT:  "unreg.op"(%[[Z]])
// AGGRESSIVE-NOT:   "unreg.op"
func.func @blocks(%c: i1, %x: f32, %y: f32) {
  cf.cond_br %c, ^a, ^b
^a:
  "unreg.op"(%x) : (f32) -> ()
  return
^b:
  "unreg.op"(%y) : (f32) -> ()
  return
^never:
  "unreg.op"(%y) : (f32) -> ()
  cf.br ^nor
^nor:
  "unreg.op"(%x) : (f32) -> ()
  cf.br ^never
}

// An argument that only feeds itself goes, with what is passed for it.
// DISABLED-LABEL: @cycle
// DISABLED:       ^{{.+}}(%{{.+}}: i32, %{{.+}}: i1):
// NORMAL-LABEL:   @cycle
// NORMAL:         cf.br ^[[LOOP:.+]](%{{.+}} : i1)
// NORMAL:         ^[[LOOP]](%[[GO:.+]]: i1):
// NORMAL-NOT:     arith.muli
// NORMAL:         cf.cond_br %[[GO]], ^[[LOOP]](%{{.+}} : i1), ^{{.+}}
func.func @cycle(%n: i32, %c: i1) {
  cf.br ^loop(%n, %c : i32, i1)
^loop(%i: i32, %go: i1):
  %next = arith.muli %i, %n : i32
  %again = "unreg.ask"() : () -> i1
  cf.cond_br %go, ^loop(%next, %again : i32, i1), ^end
^end:
  return
}

// An argument that every branch gives the same value is that value, at level aggressive.
// NORMAL-LABEL:     @uniform
// NORMAL:           ^{{.+}}(%{{.+}}: f32):
// AGGRESSIVE-LABEL: @uniform
// AGGRESSIVE-SAME:  %{{.+}}: i1, %[[X:.+]]: f32
// AGGRESSIVE:       cf.cond_br %{{.+}}, ^[[B:.+]], ^{{.+}}
// AGGRESSIVE:       ^[[B]]:
// AGGRESSIVE-NEXT:  return %[[X]]
func.func @uniform(%c: i1, %x: f32) -> f32 {
  cf.cond_br %c, ^a(%x : f32), ^b
^a(%y: f32):
  return %y : f32
^b:
  "unreg.b"() : () -> ()
  cf.br ^a(%x : f32)
}

// Patterns are left out by name, or named; folding is always there. One rewrite leaves the rest.
// ONE-LABEL:       @patterns
// ONE-COUNT-2:     inference.relu
// WITHOUT-LABEL:   @patterns
// WITHOUT:         inference.relu
// WITHOUT-COUNT-2: inference.reshape
// WITHOUT:         arith.constant 7
// ONLY-LABEL:      @patterns
// ONLY:            inference.relu
// ONLY-NOT:        inference.relu
// ONLY-COUNT-2:    inference.reshape
// ONLY:            arith.constant 7
// FILTER-LABEL:    @patterns
// FILTER-COUNT-2:  inference.relu
// FILTER-COUNT-2:  inference.reshape
// FILTER:          arith.constant 7
func.func @patterns(%x: tensor<4xf32>, %unused: i32) -> (tensor<4xf32>, i32) {
  %0 = inference.relu %x : tensor<4xf32>
  %1 = inference.relu %0 : tensor<4xf32>
  %2 = inference.reshape %1 shape [2, 2] : (tensor<4xf32>) -> tensor<2x2xf32>
  %3 = inference.reshape %2 shape [4] : (tensor<2x2xf32>) -> tensor<4xf32>
  %c3 = arith.constant 3 : i32
  %c4 = arith.constant 4 : i32
  %4 = arith.addi %c3, %c4 : i32
  return %3, %4 : tensor<4xf32>, i32
}
