import { fail } from "../source/diagnostic.js";
import type { Env } from "./meaning.js";
import type { Occurrence } from "./name.js";
import { spellOccurrence } from "./name.js";

/** Reports a name that nothing declares, with the nearest declared one. */
export function undeclared(o: Occurrence, env: Env, only?: "index"): never {
  const name = spellOccurrence(o);
  const span = env.site ?? o.span;
  const place = env.scope.faultyPlace(o.base);
  if (place !== undefined)
    return fail(
      "faulty-declaration",
      span,
      `\`${name}\` was declared ${place}, in a statement with an error`,
      "correct that statement first",
    );
  const nearest = env.scope.nearest(name, o.base, only);
  const what = only === "index" ? "is not declared as an index" : "is not declared";
  if (nearest === undefined) return fail("undeclared", span, `\`${name}\` ${what}, and nothing else is`, "declare it above its first use");
  return fail(
    "undeclared",
    span,
    `\`${name}\` ${what}; the nearest declared name is \`${nearest}\``,
    `write \`${nearest}\`, or declare \`${name}\` above its first use`,
  );
}
