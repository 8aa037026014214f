/** From trees to typed expressions: documents, and single expressions of a command line. */
export type { ElaboratedDocument, ElaboratedRule, FaultyCheckable, Reader } from "./document.js";
export { defaultScope, elaborateEquation, elaborateExpression, loadDocument } from "./document.js";
export type { Entry, Index, Meant } from "./scope.js";
export { Scope, Session } from "./scope.js";
