// RUN: infer-opt %s --topological-sort --allow-unregistered-dialect | filecheck %s

// Definitions go before uses, those inside of regions included; a cycle keeps its order.
// CHECK:      arith.constant
// CHECK:      "plug.a"
// CHECK:      "plug.scope"
// CHECK:      "plug.c"
// CHECK:      "plug.d"
%0 = "plug.a"(%1) : (i32) -> i32
"plug.scope"() ({
  "plug.end"(%0) : (i32) -> ()
}) : () -> ()
%1 = arith.constant 1 : i32
%2 = "plug.c"(%3) : (i32) -> i32
%3 = "plug.d"(%2) : (i32) -> i32
