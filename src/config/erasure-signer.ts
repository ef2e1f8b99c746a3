import { createHmac, randomBytes, type KeyObject } from 'node:crypto';
import { ErasureSigner } from '../federation/erasure/erasure-signer.ts';
import { keptReceiptKey, toReceiptKey } from './receipt-key.ts';
import type { Settings } from './settings.ts';

/** Makes what plans and receipts of erasures are signed with. The key of receipts is read, or made, when it is first needed. */
export function createErasureSigner({ stateKey, receiptKey, tokenStorePath }: Settings): ErasureSigner {
  const planSecret = stateKey === null ? randomBytes(32) : createHmac('sha256', stateKey).update('erasure plan').digest();
  let key: KeyObject | undefined;
  return new ErasureSigner(planSecret, () => (key ??= receiptKey === null ? keptReceiptKey(tokenStorePath) : toReceiptKey(receiptKey)));
}
