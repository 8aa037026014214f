import type { Sum } from "../algebra/sum.js";
import type { Assumption, Definition, Expression, Unitary } from "../core/expression.js";

/** What one lowering knows. Memos are shared by all requests under the same assumptions. */
export interface Context {
  readonly assumptions: readonly Assumption[];
  /** Inside \Nor: products drop contractions. */
  readonly normal: boolean;
  readonly limit: number | undefined;
  readonly calls: Map<Definition, Sum>;
  readonly normalCalls: Map<Definition, Sum>;
  /** Right sides of assumptions, by assumption and further time derivatives. */
  readonly assumed: Map<Assumption, Sum[]>;
  readonly busy: Set<Assumption>;
  readonly generators: Map<Unitary, Sum>;
  /** The lowering itself, handed down so that its parts need not import it. */
  readonly lower: (e: Expression, context: Context) => Sum;
}
