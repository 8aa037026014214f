import type { FormLadder } from "../algebra/form.js";
import type { Delta, Item, Nest, Plan } from "./gradient.js";
import { sameArgument, type Value } from "./values.js";
import { parenthesised, type Style } from "./words.js";

/** The written factors of a term with gradients, in the order of the page. */
export interface Composed {
  readonly values: readonly string[];
  readonly deltas: readonly string[];
  readonly operators: string;
  /** Whether fermions were put into another order, by an odd permutation. */
  readonly odd: boolean;
}

export interface Parts {
  /** Those that are differentiated. */
  readonly values: readonly Value[];
  readonly deltas: readonly Delta[];
  /** All of them. */
  readonly creators: readonly FormLadder[];
  readonly annihilators: readonly FormLadder[];
  /** A factor with its gradients, and a gradient by a label. */
  readonly write: (item: Item) => string;
  readonly by: (nest: Nest) => string;
}

/**
 * A product holds one pair of gradients as it stands; of several pairs each goes into parentheses. Operators whose
 * gradients belong together but that others stand between are put together under `\Nor`, which restores their order.
 */
export function compose(plan: Plan, { values, deltas, creators, annihilators, write, by }: Parts, style: Style): Composed {
  const nested = (item: Item): boolean => plan.nests.some((nest) => nest.items.has(item));
  const partner = new Map<Item, Item>();
  const squares = new Set<Item>();
  let count = 0;
  for (const [a, b] of plan.pairs) {
    if (isSquare(a, b)) {
      squares.add(a).add(b);
      continue;
    }
    partner.set(a, b);
    partner.set(b, a);
    count++;
  }
  // A vector times a pair would be three gradients in one product.
  const grouped = count > 1 || (count === 1 && plan.vector);
  const operators = new Set<Item>([...creators, ...annihilators]);
  const pair = (a: Item, b: Item): string => parenthesised(`${write(a)} ${write(b)}`, style);
  const done = new Set<Item>();
  const texts = (items: readonly Item[]): string[] => {
    const out: string[] = [];
    for (const item of items) {
      if (done.has(item) || nested(item)) continue;
      const other = partner.get(item);
      if (squares.has(item)) {
        const second = plan.pairs.find(([a, b]) => a === item || b === item)?.find((one) => one !== item) as Value;
        done.add(second);
        out.push(`|${write((item as Value).conjugated ? second : item)}|^2`);
      } else if (grouped && other !== undefined) {
        if (operators.has(other)) continue;
        done.add(other);
        out.push(pair(item, other));
      } else out.push(write(item));
    }
    return out;
  };
  const first = texts(values);
  const second = texts(deltas);
  for (const nest of plan.nests) {
    if (nest.operators) continue;
    const inner = [...values, ...deltas].filter((item) => nest.items.has(item)).map(write);
    first.push(`${by(nest)} ${parenthesised(inner.join(" "), style)}`);
  }
  const alike = grouped && ![...creators, ...annihilators].some((one) => one.species.statistics === "fermion");
  const ops = alike ? [...together(creators, partner), ...together(annihilators, partner)] : [...creators, ...annihilators];
  const one = (item: Item): string => {
    const other = partner.get(item);
    return grouped && other !== undefined && !operators.has(other) ? pair(other, item) : write(item);
  };
  const far = ops.filter((item, i) => {
    const other = partner.get(item) as FormLadder | undefined;
    return other !== undefined && ops.indexOf(other) > i + 1;
  });
  const nest = plan.nests.find((each) => each.operators);
  if (!grouped || far.length <= (plan.vector ? 0 : 1)) {
    const written: string[] = [];
    for (let i = 0; i < ops.length; i++) {
      const [item, next] = [ops[i] as FormLadder, ops[i + 1]];
      if (grouped && next !== undefined && partner.get(item) === next) {
        written.push(pair(item, next));
        i++;
      } else written.push(one(item));
    }
    if (nest === undefined) return { values: first, deltas: second, operators: written.join(" "), odd: false };
    const inner = [...values, ...deltas].filter((item) => nest.items.has(item)).map(write);
    return {
      values: first,
      deltas: second,
      operators: `${by(nest)} ${parenthesised([...inner, ...written].join(" "), style)}`,
      odd: false,
    };
  }
  const order: FormLadder[] = [];
  const written: string[] = [];
  for (const item of ops) {
    if (order.includes(item)) continue;
    const other = partner.get(item);
    if (other !== undefined && operators.has(other)) {
      order.push(item, other as FormLadder);
      written.push(pair(item, other));
    } else {
      order.push(item);
      written.push(one(item));
    }
  }
  const places = order.filter((item) => item.species.statistics === "fermion").map((item) => ops.indexOf(item));
  const swaps = places.reduce((sum, place, i) => sum + places.slice(i + 1).filter((later) => later < place).length, 0);
  return { values: first, deltas: second, operators: `\\Nor{${written.join(" ")}}`, odd: swaps % 2 === 1 };
}

/** Commuting operators with partners next to one another. */
function together(ladders: readonly FormLadder[], partner: ReadonlyMap<Item, Item>): readonly FormLadder[] {
  const out: FormLadder[] = [];
  for (const ladder of ladders) {
    if (out.includes(ladder)) continue;
    out.push(ladder);
    const other = ladders.find((each) => each === partner.get(ladder));
    if (other !== undefined) out.push(other);
  }
  return out;
}

/** `\overline{\nabla f(x)} \nabla f(x)`. */
function isSquare(a: Item, b: Item): boolean {
  if ("species" in a || "species" in b || a.kind !== "value" || b.kind !== "value") return false;
  return (
    a.symbol.id === b.symbol.id &&
    a.dots === b.dots &&
    (a.symbol.real || a.conjugated !== b.conjugated) &&
    a.partials?.length === 1 &&
    b.partials?.length === 1 &&
    a.partials[0]?.slot === b.partials[0]?.slot &&
    a.arguments.every((argument, i) => sameArgument(argument, b.arguments[i] as (typeof b.arguments)[0]))
  );
}
