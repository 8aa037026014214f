"""H^2 normal ordered by sympy.physics.quantum, for a number of modes (the workload has six).

H = sum t_ij z_i^* z_j + sum v_ijkl z_i^* z_j^* z_k z_l with t = 1 + ((i+2j) mod 5) and
v = 1 + ((i+2j+3k+5l) mod 7), labels from 0.

    python3 quartic.py modes

Prints the number of terms, the sum of the coefficients, and the seconds of the computation alone.
"""

import sys
import time
from itertools import product

from sympy import Add, Integer, Mul, expand
from sympy.physics.quantum import Dagger
from sympy.physics.quantum.boson import BosonOp
from sympy.physics.quantum.operatorordering import normal_ordered_form

modes = range(int(sys.argv[1]))
z = [BosonOp(f"z{i}") for i in modes]
zd = [Dagger(op) for op in z]
one = [Mul(Integer(1 + (i + 2 * j) % 5), zd[i], z[j]) for i, j in product(modes, repeat=2)]
two = [
    Mul(Integer(1 + (i + 2 * j + 3 * k + 5 * l) % 7), zd[i], zd[j], z[k], z[l])
    for i, j, k, l in product(modes, repeat=4)
]
h = Add(*one, *two)

start = time.perf_counter()
form = expand(normal_ordered_form(expand(h * h), independent=True, recursive_limit=100000))
seconds = time.perf_counter() - start

terms = Add.make_args(form)
print("terms", len(terms))
print("sum", sum(term.as_coeff_Mul()[0] for term in terms))
print("seconds", seconds)
