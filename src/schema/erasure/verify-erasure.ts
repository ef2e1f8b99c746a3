import { findPerson, type PersonKeys } from '../../federation/erasure/find-person.ts';
import type { ErasureSigner } from '../../federation/erasure/erasure-signer.ts';
import { readReceipt, verifyErased, type ReceiptContent } from '../../federation/erasure/erasure-run.ts';
import type { IdentityKit } from '../../federation/identity/identity-kit.ts';
import { encodeSourceId } from '../../federation/source-id.ts';
import { badUserInput } from '../bad-user-input.ts';
import { builder } from '../builder.ts';
import { ErasureVerification } from './erasure-types.ts';
import { PersonKeysInput, readFreshly, readKeys } from './person-keys.ts';

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
      keys: t.arg({
        type: PersonKeysInput,
        required: true,
        description:
          'The same as in the plan. The receipt contains keyed hashes of them: others are refused, and so are fewer. Where the plan was made from contacts only, a phone number or e-mail address that they had.',
      }),
    },
    resolve: async (_root, { receipt, keys }, context) => {
      const { signer, now } = context.erasure;
      const content = receipt.length > RECEIPT_LENGTH_MAX || !signer.isSigned(receipt) ? null : readReceipt(receipt);
      if (content === null) throw badUserInput('receipt', 'this gateway did not sign it, or it was changed.');
      context.trace.noteLive();
      const reads = readFreshly(context);
      const given = await readKeys(keys, reads);
      throwUnlessOfReceipt(given, content, signer, reads.universe.kit, (keys.phones ?? []).length);
      const found = await findPerson(given, reads.universe);
      return verifyErased({ keys: found.keys, isUnsearched: false, ids: content.ids, ...readFreshly(context), now });
    },
  }),
);

/**
 * Makes sure that it is searched for the person of the receipt, and for all that the plan was made from: "nothing is left" would mean little
 * otherwise.
 *
 * @param phones How many of the given keys are phones; they come first.
 * @throws GraphQLError BAD_USER_INPUT
 */
function throwUnlessOfReceipt(
  { keys, contacts }: PersonKeys,
  receipt: ReceiptContent,
  signer: ErasureSigner,
  kit: IdentityKit,
  phones: number,
): void {
  const prints = keys.map((key) => signer.fingerprint(key));
  const stranger = prints.findIndex((print) => !receipt.keys.includes(print));
  if (stranger !== -1) {
    const argument = stranger < phones ? `keys.phones[${stranger}]` : `keys.emails[${stranger - phones}]`;
    throw badUserInput(argument, 'the receipt was signed for others. Give those of the plan.');
  }
  const isOther = contacts.find(
    (contact) =>
      !receipt.ids.includes(encodeSourceId(contact)) &&
      !kit.keys(contact).some(({ key }) => receipt.keys.includes(signer.fingerprint(key))),
  );
  if (isOther !== undefined) throw badUserInput('keys.contactIds', `the receipt is not of the person of ${encodeSourceId(isOther)}.`);
  const missing = receipt.givenKeys.filter((print) => !prints.includes(print)).length;
  if (missing > 0) {
    throw badUserInput('keys', `${missing} of the ${receipt.givenKeys.length} phone numbers and e-mail addresses of the plan are missing.`);
  }
  if (prints.length === 0 && receipt.keys.length > 0) {
    throw badUserInput('keys', 'a phone number or e-mail address that the contacts of the plan had.');
  }
}
