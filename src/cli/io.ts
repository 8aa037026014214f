/** What the command line needs of its surroundings; tests give their own. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** All of standard input. */
  readonly input: () => Promise<string>;
  readonly cwd: string;
  /** Whether standard output takes colours. */
  readonly colour: boolean;
  /** Whether standard error is a terminal, so that progress may be shown and overwritten. */
  readonly progress: boolean;
}

/** Exit status: everything passes; a statement fails; bad usage, an unreadable file, a document with errors. */
export const exit = { pass: 0, fail: 1, error: 2 } as const;
export type Exit = (typeof exit)[keyof typeof exit];

/** Ends a command with a message to the user: bad usage, a file that cannot be read. */
export class Stop extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
