import { suite } from "../suite/runner.js";
import { readDocument } from "./document.js";

suite("syntax-", (text) => readDocument(text).diagnostics);
