"""F_{x_1} ... F_{x_n} F_{y_1}^* ... F_{y_n}^*, free labels, by sympy.physics.secondquant.

Wick's theorem is there for fermions only, so this is the fermionic product: as many terms as the
bosonic one, the deltas with signs.

    python3 free.py n

Prints the number of terms and the seconds of the computation alone.
"""

import sys
import time

from sympy import Add, Mul, symbols
from sympy.physics.secondquant import F, Fd, wicks

n = int(sys.argv[1])
x = symbols(f"x1:{n + 1}", above_fermi=True)
y = symbols(f"y1:{n + 1}", above_fermi=True)
product = Mul(*[F(label) for label in x], *[Fd(label) for label in y])

start = time.perf_counter()
form = wicks(product)
seconds = time.perf_counter() - start

print("terms", len(Add.make_args(form)))
print("seconds", seconds)
