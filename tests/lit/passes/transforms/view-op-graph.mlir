// RUN: infer-opt %s --view-op-graph -o %t 2>&1 | filecheck %s
// RUN: infer-opt %s --view-op-graph='print-data-flow-edges=false print-control-flow-edges print-attrs=false print-result-types=false filename=%t.dot' -o %t
// RUN: filecheck %s --check-prefix=ORDER --input-file %t.dot

// An op is a node, an op with regions a cluster; edges lead from values to uses.
// CHECK:      digraph G {
// CHECK-NEXT:   compound = true;
// CHECK:          label = "func.func : ()\lfunction_type: (i32) -\> i32\lsym_name: \"f\"\l";
// CHECK:          v[[X:[0-9]+]] [label = "<res_x> %x i32", shape = Mrecord];
// CHECK:          v[[C:[0-9]+]] [fillcolor = "{{[0-9. ]+}}", label = "{arith.constant\l\lvalue: 7 : i32\l|{<res_c> %c i32}}", shape = Mrecord, style = filled];
// CHECK:          v[[Y:[0-9]+]] [{{.*}}<arg_x> %x|<arg_c> %c}|arith.addi
// CHECK:        v[[X]]:res_x:s -> v[[Y]]:arg_x:n[style = solid];
// CHECK:        v[[C]]:res_c:s -> v[[Y]]:arg_c:n[style = solid];

// ORDER:      v[[C:[0-9]+]] [{{.*}}label = "{arith.constant\l|{<res_c> %c}}"
// ORDER:      v[[Y:[0-9]+]] [{{.*}}<arg_x> %x|<arg_c> %c}|arith.addi
// ORDER:      v[[C]] -> v[[Y]][style = dashed];
// ORDER-NOT:  solid
func.func @f(%x: i32) -> i32 {
  %c = arith.constant 7 : i32
  %y = arith.addi %x, %c : i32
  return %y : i32
}
