"""The canonicalization patterns of our dialects, one file per family of ops.

Every `Pattern` of every file here belongs to the pass `canonicalize`. A pattern here holds wherever its op stands, never makes a
program slower, and brings it nearer to one form that other passes can expect:

  a constant is the right operand of a commutative op; constants that meet are combined
  subtracting and dividing by a constant are adding and multiplying
  a reshape has the dimensions of its result, -1 for the only unknown one
"""
