// RUN: infer-opt %s --functionalize --split-input-file --verify-diagnostics | filecheck %s

// A write through a view becomes a new value of the view, and of what it shows; later readers and the caller see it.
// CHECK-LABEL: @through_a_view
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x4xf32>
// CHECK-NEXT:    %[[VIEW:.+]] = framework.aten.select.int(%[[X]])
// CHECK-NEXT:    %[[SUM:.+]] = framework.aten.add.Tensor(%[[VIEW]]) {other = 1}
// CHECK-NEXT:    %[[NEW:.+]] = framework.aten.select_scatter(%[[X]], %[[SUM]]) {dim = 0, index = 1}
// CHECK-NEXT:    %[[Y:.+]] = framework.aten.relu(%[[NEW]])
// CHECK-NEXT:    return %[[Y]], %[[SUM]], %[[NEW]]
func.func @through_a_view(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<4xf32>, tensor<2x4xf32>) {
  %0 = framework.aten.select.int(%x) {dim = 0, index = 1} : (tensor<2x4xf32>) -> tensor<4xf32>
  %1 = framework.aten.add_.Tensor(%0) {other = 1} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = framework.aten.relu(%x) : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %2, %1, %x : tensor<2x4xf32>, tensor<4xf32>, tensor<2x4xf32>
}

// -----
// A view made before the write is made anew where it is read after it.
// CHECK-LABEL: @older_view
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x4xf32>
// CHECK:         %[[WRITTEN:.+]] = framework.aten.relu(%[[X]])
// CHECK:         %[[AGAIN:.+]] = framework.aten.t(%[[WRITTEN]])
// CHECK:         return %[[AGAIN]]
func.func @older_view(%x: tensor<2x4xf32>) -> tensor<4x2xf32> {
  %0 = framework.aten.t(%x) : (tensor<2x4xf32>) -> tensor<4x2xf32>
  %1 = framework.aten.relu_(%x) : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %0 : tensor<4x2xf32>
}

// -----
// A view of a view: the slice goes back into what is transposed, that into the tensor.
// CHECK-LABEL: @view_of_a_view
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x4xf32>
// CHECK:         %[[T:.+]] = framework.aten.transpose.int(%[[X]])
// CHECK:         %[[S:.+]] = framework.aten.slice.Tensor(%[[T]])
// CHECK:         %[[ZERO:.+]] = framework.aten.zero(%[[S]])
// CHECK:         %[[PART:.+]] = framework.aten.slice_scatter(%[[T]], %[[ZERO]]) {dim = 0, start = 1, end = 3}
// CHECK:         %[[BACK:.+]] = framework.aten.permute(%[[PART]]) {dims = [1, 0]}
// CHECK:         return %[[BACK]]
func.func @view_of_a_view(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %0 = framework.aten.transpose.int(%x) {dim0 = 0, dim1 = 1} : (tensor<2x4xf32>) -> tensor<4x2xf32>
  %1 = framework.aten.slice.Tensor(%0) {dim = 0, start = 1, end = 3} : (tensor<4x2xf32>) -> tensor<2x2xf32>
  %2 = framework.aten.zero_(%1) : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %x : tensor<2x4xf32>
}

// -----
// One part of a split.
// CHECK-LABEL: @part
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<5xf32>
// CHECK:         %[[A:.+]], %[[B:.+]] = framework.aten.split_with_sizes(%[[X]])
// CHECK:         %[[E:.+]] = framework.aten.exp(%[[B]])
// CHECK:         %[[NEW:.+]] = framework.aten.slice_scatter(%[[X]], %[[E]]) {dim = 0, start = 2, end = 5}
// CHECK:         return %[[NEW]]
func.func @part(%x: tensor<5xf32>) -> tensor<5xf32> {
  %0, %1 = framework.aten.split_with_sizes(%x) {split_sizes = [2, 3], dim = 0} : (tensor<5xf32>) -> (tensor<2xf32>, tensor<3xf32>)
  %2 = framework.aten.exp_(%1) : (tensor<3xf32>) -> tensor<3xf32>
  return %x : tensor<5xf32>
}

// -----
// What an expanded tensor shows several times cannot be written.
func.func @expanded(%x: tensor<1xf32>) -> tensor<1xf32> {
  %0 = framework.aten.expand(%x) {size = [3]} : (tensor<1xf32>) -> tensor<3xf32>
  // expected-error @+1 {{framework.aten.expand shows a tensor that is written to through it, which is not supported}}
  %1 = framework.aten.relu_(%0) : (tensor<3xf32>) -> tensor<3xf32>
  return %x : tensor<1xf32>
}
