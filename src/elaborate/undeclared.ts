import { fail } from "../source/diagnostic.js";
import type { Env } from "./meaning.js";
import type { Occurrence } from "./name.js";
import { divide, isOperation, nameOf, spellItem } from "./name.js";

/** The kinds of an index, or of a label made from one: `x`, `x'`, `x_1`. */
const kindsOf = (name: string, env: Env) => (env.scope.index(name) ?? env.scope.index(name.replace(/[_'].*$/, "")))?.kinds;

/** Reports a name that nothing declares, with the nearest declared one. */
export function undeclared(o: Occurrence, env: Env, only?: "index"): never {
  const sup = o.sup.filter((item) => !isOperation(item)).map(spellItem);
  const sub = o.sub.map(spellItem);
  const name = nameOf(o.base, sub, sup);
  const span = env.site ?? o.span;
  const place = env.scope.faultyPlace(o.base);
  if (place !== undefined)
    return fail(
      "faulty-declaration",
      span,
      `\`${name}\` was declared ${place}, in a statement with an error`,
      "correct that statement first",
    );
  const labels = o.sub.map((item) => divide([item]).flatMap((piece) => kindsOf(spellItem(piece), env) ?? []));
  const nearest = env.scope.nearest(
    { base: o.base, sub, sup, labels: labels.map((kinds) => (kinds.length > 0 ? kinds : undefined)) },
    only,
  );
  const what = only === "index" ? "is not declared as an index" : "is not declared";
  if (nearest === undefined) return fail("undeclared", span, `\`${name}\` ${what}, and nothing else is`, "declare it above its first use");
  return fail(
    "undeclared",
    span,
    `\`${name}\` ${what}; the nearest declared name is \`${nearest.name}\``,
    nearest.near ? `write \`${nearest.name}\`, or declare \`${name}\` above its first use` : "declare it above its first use",
  );
}
