import type { Domain, Script, SimpleDomain, Statement, SymbolDeclaration, Tree } from "../../src/syntax/tree.js";

/** A tree in one compact line, for tables of tests. */
export function sexp(tree: Tree): string {
  switch (tree.kind) {
    case "number":
    case "name":
      return tree.text;
    case "placeholder":
      return "·";
    case "script":
      return `${sexp(tree.base)}${tree.sub ? `_${script(tree.sub)}` : ""}${tree.sup ? `^${script(tree.sup)}` : ""}`;
    case "group":
      return `${tree.delimiter}${sexp(tree.body)}${closer(tree.delimiter)}`;
    case "list":
      return `${tree.delimiter}${tree.items.map(sexp).join(", ")}${closer(tree.delimiter)}`;
    case "juxtaposition":
      return `<${tree.items.map(sexp).join(" ")}>`;
    case "sum":
      return `sum(${tree.terms.map((t) => `${t.sign > 0 ? "+" : "-"}${t.tree ? sexp(t.tree) : "h.c."}`).join(" ")})`;
    case "quotient":
      return `quot(${sexp(tree.over)}, ${sexp(tree.under)})`;
    case "binary":
      return `${tree.operator === "*" ? "conv" : "tensor"}(${sexp(tree.left)}, ${sexp(tree.right)})`;
    case "root":
      return `root(${sexp(tree.body)}${tree.degree ? `, ${sexp(tree.degree)}` : ""})`;
    case "overline":
      return `bar(${sexp(tree.body)})`;
    case "dot":
      return `dot${tree.count}(${sexp(tree.body)})`;
    case "bars":
      return `${tree.double ? "norm" : "abs"}(${sexp(tree.body)})`;
    case "angle":
      return `angle(${tree.items.map(sexp).join(", ")})`;
    case "ketbra":
      return `ketbra(${sexp(tree.ket)}, ${sexp(tree.bra)})`;
    case "integral":
      return `int[${tree.labels.map(sexp).join(",")}](${sexp(tree.body)})`;
    case "summation":
      return `sum[${under(tree)}](${sexp(tree.body)})`;
    case "normal":
      return `nor(${sexp(tree.body)})`;
    case "matrix":
      return `matrix(${tree.rows.map((row) => row.map(sexp).join(" & ")).join("; ")})`;
  }
}

/** Labels with the domain that those since the last one share; a condition with the names in front that it may be meant of. */
function under({ labels, domains = [], conditions = [] }: Tree & { kind: "summation" }): string {
  const list = labels.map((label, k) => {
    const own = domains[k];
    return `${sexp(label)}${own && own !== domains[k + 1] ? ` in ${domain(own)}` : ""}`;
  });
  const where = conditions.map(({ left, relation, right, before, only }) => {
    const shared = before.length > 0 ? `${before.map(sexp).join(",")},` : "";
    return `${only ? ":" : ""}${shared}${sexp(left)}${relation}${sexp(right)}`;
  });
  return [list.join(","), ...where].join("|");
}

const closer = (open: string): string => ({ "(": ")", "[": "]", "{": "}", "\\{": "\\}" })[open] as string;

function script({ items }: Script): string {
  const list = items.map((item) => (item.kind === "mark" ? item.text : sexp(item.tree)));
  return list.length === 1 ? (list[0] as string) : `{${list.join(",")}}`;
}

export const domain = (parts: Domain): string => parts.map(simple).join("*");

function simple(part: SimpleDomain): string {
  switch (part.kind) {
    case "space":
      return `R${part.dimension}`;
    case "lattice":
      return `Z${part.dimension}`;
    case "finite":
      return `{${part.values.join(",")}}`;
    case "symbolic":
      return `{1..${part.name}}`;
  }
}

function symbol(d: SymbolDeclaration): string {
  const words = d.attributes.map((a) => ` ${a.text}`).join("");
  return `${sexp(d.head)}(${d.parameters.map(sexp).join(",")})${words}${d.equalities.map((e) => ` = ${sexp(e)}`).join("")}`;
}

export function statement(s: Statement): string {
  const name = "name" in s && typeof s.name === "string" ? ` (${s.name})` : "";
  switch (s.kind) {
    case "use":
      return `use ${s.path}`;
    case "index":
      return `index ${s.names.map(sexp).join(", ")} in ${domain(s.domain)}`;
    case "param":
      return `param ${s.declarations.map((d) => `${sexp(d.name)} ${d.domain}`).join(", ")}`;
    case "boson":
    case "fermion":
      return `${s.kind} ${s.names.map(sexp).join(", ")}`;
    case "function":
    case "kernel":
      return `${s.kind} ${s.declarations.map(symbol).join("; ")}`;
    case "let":
      return `let ${sexp(s.head)}${s.groups.map((g) => `(${g.map(sexp).join(",")})`).join("")} = ${sexp(s.body)}`;
    case "assume":
      return `assume${name} ${sexp(s.left)} = ${sexp(s.right)}`;
    case "unitary":
      return `unitary ${sexp(s.name)} = ${sexp(s.body)}`;
    case "claim":
    case "refute":
      return `${s.kind}${name}: ${s.sides.map(sexp).join(" = ")}`;
    case "show":
      return `show${name}: ${sexp(s.body)}`;
    case "rule":
      return `rule${name}: ${sexp(s.left)} -> ${sexp(s.right)}`;
  }
}
