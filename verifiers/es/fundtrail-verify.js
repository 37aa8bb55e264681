/**
 * Verifies what a Fundtrail ledger hands out, without trusting it: receipts, checkpoints, proofs, statements, seals,
 * and the signatures in entries. For browsers and Node 20 or newer; WebCrypto and nothing else.
 *
 * `trust` is `{logKey}` (a C2SP verifier key) or `{policy}` (a C2SP tlog-policy file), from a source other than the
 * ledger. Documents are given as the bytes that came. Whole numbers are `BigInt`, amounts are in fen.
 *
 * Absent here: the rules, the bodies of transactions, whole ledgers. Those are for `fundtrail audit`.
 */
export { VerifyError } from './errors.js';
export { readTrust } from './policy.js';
export { STEP_LABELS } from './steps.js';
export { checkpointSteps, openCheckpoint } from './checkpoint.js';
export { leafHash, verifyConsistency, verifyInclusion } from './tree.js';
export { parseReceipt, receiptSteps, verifyReceipt } from './receipt.js';
export { statementSteps, verifyStatement } from './statement.js';
export { sealSteps, verifySeal } from './seal.js';
export { parseEntry, verifyEntrySignatures } from './entry.js';
export { keysBroughtBy, parseTransaction } from './transaction.js';
export { parseDisclosure } from './disclosure.js';
export { parseJson } from './strict-json.js';
export { formatAmount } from './amount.js';
export { hex } from './bytes.js';
export { ready } from './ed25519.js';
