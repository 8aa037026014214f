/**
 * The workloads: for each a series of sizes, the same work for each program, and what must come out.
 *
 * `expected(n)` is [terms, sum of the coefficients], from closed forms, from bench/reference/patterns.py, or from
 * FORM; null where nothing is known. `main` are the sizes that are compared, `series` those that show the growth,
 * `compare` names the programs: FORM's take `-d n=`, SymPy's one argument, `reach` the largest size that is tried.
 */

const factorial = (n) => (n < 2 ? 1n : BigInt(n) * factorial(n - 1));
const binomial = (n, k) => factorial(n) / (factorial(k) * factorial(n - k));
const range = (n) => Array.from({ length: n }, (_, i) => i);
const total = (numbers) => numbers.reduce((sum, x) => sum + x, 0n);

/**
 * (c + c^*)^n = sum_k n!/(2^k k! (n-2k)!) :(c + c^*)^(n-2k):, and the coefficients of :(c + c^*)^m: sum to 2^m.
 */
const power = (n) => [
  range(Math.floor(n / 2) + 1).reduce((sum, k) => sum + n - 2 * k + 1, 0),
  total(
    range(Math.floor(n / 2) + 1).map(
      (k) => (factorial(n) * 2n ** BigInt(n - 2 * k)) / (2n ** BigInt(k) * factorial(k) * factorial(n - 2 * k)),
    ),
  ),
];

/** c^n (c^*)^n = sum_k k! binomial(n,k)^2 (c^*)^(n-k) c^(n-k). */
const antinormal = (n) => [n + 1, total(range(n + 1).map((k) => factorial(k) * binomial(n, k) ** 2n))];

/** One term for each partial matching of the x with the y, each with coefficient 1. */
const free = (n) => {
  const matchings = total(range(n + 1).map((k) => factorial(k) * binomial(n, k) ** 2n));
  return [Number(matchings), matchings];
};

/** By direct multiplication in Python, and by FORM. */
const quartic = { 2: [54, 16176n], 3: [370, 292042n], 4: [1741, 2369603n], 5: [6375, 12243317n], 6: [19489, 47761313n] };

/** By bench/reference/patterns.py. */
const patterns = { 1: [1, 1n], 2: [3, 7n], 3: [10, 87n], 4: [41, 1657n], 5: [198, 43833n], 6: [1129, 1515903n] };

const points = (name, n) => range(n).map((i) => `a_{${name}_{${i + 1}}}`);

export const workloads = [
  {
    name: "power",
    title: "(c + c^*)^n",
    document: () => "mode.wick",
    expression: (n) => `(c + c^*)^{${n}}`,
    expected: power,
    main: [24, 80, 160],
    series: [10, 20, 40, 80, 160],
    compare: [
      { program: "FORM", label: "repeat id", file: "power-repeat.frm", reach: 80 },
      { program: "FORM", label: "symbols", file: "power-symbols.frm", reach: 160 },
      { program: "SymPy", label: "quantum", file: "power.py", reach: 24 },
    ],
  },
  {
    name: "antinormal",
    title: "c^n (c^*)^n",
    document: () => "mode.wick",
    expression: (n) => `c^{${n}} (c^*)^{${n}}`,
    expected: antinormal,
    main: [8, 40, 160],
    series: [10, 20, 40, 80, 160],
    compare: [
      { program: "FORM", label: "closed form", file: "antinormal.frm", reach: 160 },
      { program: "SymPy", label: "quantum", file: "antinormal.py", reach: 8 },
    ],
  },
  {
    name: "quartic",
    title: "H^2, numbers for t and v, n modes",
    document: (n) => `quartic-${n}.wick`,
    expression: () => "H^2",
    expected: (n) => quartic[n] ?? null,
    main: [2, 6],
    series: [2, 3, 4, 5, 6],
    compare: [
      { program: "FORM", label: "repeat id", file: "quartic-repeat.frm", reach: 6 },
      { program: "FORM", label: "symbols", file: "quartic-symbols.frm", reach: 6 },
      { program: "SymPy", label: "quantum", file: "quartic.py", reach: 2 },
    ],
  },
  {
    name: "free",
    title: "a_{x_1} ... a_{x_n} a_{y_1}^* ... a_{y_n}^*, free labels",
    document: () => "free.wick",
    expression: (n) => [...points("x", n), ...points("y", n).map((a) => `${a}^*`)].join(" "),
    expected: free,
    main: [5, 7],
    series: [3, 4, 5, 6, 7],
    compare: [
      { program: "FORM", label: "repeat id", file: "free-repeat.frm", reach: 7 },
      { program: "FORM", label: "symbols", file: "free-symbols.frm", reach: 7 },
      { program: "SymPy", label: "secondquant, fermions", file: "free.py", reach: 5 },
    ],
  },
  {
    name: "patterns",
    title: "E^P, E = \\int V(x,y,z,u) a_x^* a_y^* a_z a_u, P = n",
    document: () => "kernel.wick",
    expression: (n) => `E^{${n}}`,
    expected: (n) => patterns[n] ?? null,
    main: [4, 5, 6],
    series: [2, 3, 4, 5, 6],
    // Neither FORM nor SymPy brings products of a kernel with such symmetries to a canonical form.
    compare: [],
  },
  {
    name: "conjugation",
    title: "part_n of the generator, conjugated by a pair transformation of two species in components",
    document: () => "pair.wick",
    expression: (n) => `T^* part_${n}(G) T`,
    expected: () => null,
    main: [2, 3, 4],
    series: [1, 2, 3, 4],
    // No program at hand knows ch and sh of a kernel.
    compare: [],
  },
  {
    name: "conjugation-p",
    title: "part_n of the generator, conjugated by a pair transformation of p species, p a symbol",
    document: () => "pair.wick",
    expression: (n) => `T_p^* part_${n}(G_p) T_p`,
    expected: () => null,
    main: [2, 3, 4],
    series: [1, 2, 3, 4],
    compare: [],
  },
  {
    name: "species",
    title: "part_3 of the generator, conjugated by a pair transformation of n species in components",
    document: (n) => `species-${n}.wick`,
    expression: () => "T^* part_3(G) T",
    expected: () => null,
    main: [2],
    series: [1, 2, 3, 4],
    compare: [],
  },
  {
    name: "nested",
    title: "ad_A^n(V), A the pair generator of two species in components",
    document: () => "pair.wick",
    expression: (n) => `${"[A, ".repeat(n)}V${"]".repeat(n)}`,
    expected: () => null,
    main: [2, 4],
    series: [1, 2, 3, 4, 5, 6],
    compare: [],
  },
];
