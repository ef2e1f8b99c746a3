import { readReceipt, verifyErased } from '../../federation/erasure/erasure-run.ts';
import { badUserInput } from '../bad-user-input.ts';
import { builder } from '../builder.ts';
import { ErasureVerification } from './erasure-types.ts';
import { findByKeys, PersonKeysInput, readFreshly } from './person-keys.ts';

const RECEIPT_LENGTH_MAX = 100_000;

builder.queryField('verifyErasure', (t) =>
  t.field({
    type: ErasureVerification,
    description:
      'Searches again for a person who was erased, for example after people have deleted contacts by hand. Cost: as `personReport`, and a read of each contact in the receipt.',
    scope: 'persons:erase',
    args: {
      receipt: t.arg.string({
        required: true,
        description: '`ErasureReceipt.document`. It contains a seal, by which the gateway checks that it signed just this text.',
      }),
      keys: t.arg({ type: PersonKeysInput, required: true, description: 'The same as in the plan: the receipt does not contain them.' }),
    },
    resolve: async (_root, { receipt, keys }, context) => {
      const { signer, now } = context.erasure;
      const content = receipt.length > RECEIPT_LENGTH_MAX || !signer.isSigned(receipt) ? null : readReceipt(receipt);
      if (content === null) throw badUserInput('receipt', 'this gateway did not sign it, or it was changed.');
      context.trace.noteLive();
      const reads = readFreshly(context);
      const found = await findByKeys(keys, reads, context);
      return verifyErased({ keys: found.keys, ids: content.ids, ...readFreshly(context), now });
    },
  }),
);
