"""c^n (c^*)^n normal ordered by sympy.physics.quantum.

    python3 antinormal.py n

Prints the number of terms, the sum of the coefficients, and the seconds of the computation alone.
"""

import sys
import time

from sympy import Add, expand
from sympy.physics.quantum import Dagger
from sympy.physics.quantum.boson import BosonOp
from sympy.physics.quantum.operatorordering import normal_ordered_form

n = int(sys.argv[1])
c = BosonOp("c")

start = time.perf_counter()
form = expand(normal_ordered_form(c**n * Dagger(c) ** n, recursive_limit=100000))
seconds = time.perf_counter() - start

terms = Add.make_args(form)
print("terms", len(terms))
print("sum", sum(term.as_coeff_Mul()[0] for term in terms))
print("seconds", seconds)
