import type { Node } from "./program.js";

/** A unitary with a quadratic generator, or its inverse. */
export interface Letter {
  readonly node: Extract<Node, { kind: "unitary" }>;
  readonly inverse: boolean;
  readonly key: string;
}

export const letterOf = (node: Letter["node"]): Letter => ({
  node,
  inverse: node.inverse,
  key: `${node.unitary.id}${node.inverse ? "*" : ""}`,
});

/**
 * A product of such unitaries that stands in front of a vector and is never applied to it: in w |u> an operator A acts on |u>
 * as w^{-1} A w, so that T^* A T |u> comes out once T^* has cancelled T. `rest` is the word without its first letter.
 */
export interface Word {
  readonly key: string;
  readonly first?: Letter;
  readonly rest?: Word;
  readonly longer: Map<string, Word>;
}

export const newWord = (): Word => ({ key: "", longer: new Map() });

/** letter * word, with U^{-1} U cancelled. */
export function lengthen(word: Word, letter: Letter): Word {
  const { first, rest } = word;
  if (first !== undefined && rest !== undefined && first.node.unitary === letter.node.unitary && first.inverse !== letter.inverse)
    return rest;
  const known = word.longer.get(letter.key);
  if (known !== undefined) return known;
  const made: Word = { key: `${letter.key} ${word.key}`, first: letter, rest: word, longer: new Map() };
  word.longer.set(letter.key, made);
  return made;
}
