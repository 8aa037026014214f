"""Counts of the workloads by brute force, independent of the program: what bench/expected.json holds.

    python3 patterns.py [P]

E^P, E = int V(x,y,z,u) a_x^* a_y^* a_z a_u: in the normal form of a product of P equal factors, each
with two creators and two annihilators, a term is a matrix m (m_ij contractions of an annihilator of factor
i with a creator of a later factor j), its weight the number of ways to contract so, and two matrices give
the same term when a permutation of the factors turns one into the other (V is symmetric in its first and in
its last two arguments and in nothing else). Enumerates all matrices and takes the least one of all P!
permutations.
"""

import sys
from collections import Counter
from itertools import permutations
from math import factorial


def falling(n, k):
    return factorial(n) // factorial(n - k)


def patterns(p):
    """Matrices of contractions of E^p, each with its weight: rows and columns sum to 2 at most."""
    pairs = [(i, j) for i in range(p) for j in range(i + 1, p)]

    def extend(at, out, into, chosen):
        if at == len(pairs):
            weight = 1
            for k in out:
                weight *= falling(2, 2 - k)
            for k in into:
                weight *= falling(2, 2 - k)
            for _, _, m in chosen:
                weight //= factorial(m)
            yield chosen, weight
            return
        i, j = pairs[at]
        for m in range(min(out[i], into[j]) + 1):
            left = out[:i] + (out[i] - m,) + out[i + 1 :]
            right = into[:j] + (into[j] - m,) + into[j + 1 :]
            yield from extend(at + 1, left, right, chosen + ((i, j, m),) if m else chosen)

    yield from extend(0, (2,) * p, (2,) * p, ())


def power(p):
    """Number of terms of E^p and the sum of their coefficients."""
    seen = {}
    terms = Counter()
    for chosen, weight in patterns(p):
        if chosen not in seen:
            images = {tuple(sorted((s[i], s[j], m) for i, j, m in chosen)) for s in permutations(range(p))}
            least = min(images)
            for image in images:
                seen[image] = least
        terms[seen[chosen]] += weight
    return len(terms), sum(terms.values())


if __name__ == "__main__":
    top = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    for p in range(1, top + 1):
        print(p, *power(p))
