/** KaTeX's types speak of the browser's elements; this project renders to strings only. */
declare interface HTMLElement {
  readonly nodeType: number;
}
