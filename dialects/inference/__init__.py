"""The `inference` dialect: canonical ops, forward only, one meaning per op, with numpy reference semantics.

Every module here holds one family of ops; an op defined in one is part of the dialect.
"""

import sys

from xdsl.ir import Dialect

from inferir.core.constants import FoldAttr, WeightAttr
from inferir.core.op import ops_in
from inferir.dialects.inference.activation import *
from inferir.dialects.inference.arithmetic import *
from inferir.dialects.inference.attention import *
from inferir.dialects.inference.base import *
from inferir.dialects.inference.comparison import *
from inferir.dialects.inference.constant import *
from inferir.dialects.inference.control import *
from inferir.dialects.inference.convolution import *
from inferir.dialects.inference.data_dependent import *
from inferir.dialects.inference.elementary import *
from inferir.dialects.inference.host import *
from inferir.dialects.inference.indexing import *
from inferir.dialects.inference.joining import *
from inferir.dialects.inference.linear import *
from inferir.dialects.inference.lookup import *
from inferir.dialects.inference.normalization import *
from inferir.dialects.inference.pooling import *
from inferir.dialects.inference.positions import *
from inferir.dialects.inference.quantization import *
from inferir.dialects.inference.recurrent import *
from inferir.dialects.inference.reduction import *
from inferir.dialects.inference.reordering import *
from inferir.dialects.inference.repeating import *
from inferir.dialects.inference.requantization import *
from inferir.dialects.inference.resize import *
from inferir.dialects.inference.shape_values import *
from inferir.dialects.inference.slicing import *
from inferir.dialects.inference.trees import *

Inference = Dialect("inference", ops_in(sys.modules[__name__]), [WeightAttr, FoldAttr])
