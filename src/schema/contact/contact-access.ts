import { SHARE_TYPES, type ContactAccessRecord, type ShareType as ShareTypeValue } from '../../datasources/port/records.ts';
import { builder, type OfSource } from '../builder.ts';
import { describedValues } from '../described-values.ts';
import { User } from '../staff/user.ts';

export const ShareType = builder.enumType('ShareType', {
  description: 'What colleagues may do with a contact. New values may be added.',
  values: describedValues<ShareTypeValue>(SHARE_TYPES, {
    NONE: 'Nothing beyond what their role allows.',
    READ: 'See it.',
    READ_WRITE: 'See and change it.',
  }),
});

export const ContactAccess = builder.objectRef<OfSource<ContactAccessRecord>>('ContactAccess').implement({
  description: 'Who among the staff may see a contact. ONLYOFFICE only.',
  fields: (t) => ({
    shareType: t.field({
      type: ShareType,
      nullable: false,
      description: 'What the contact is shared for.',
      resolve: ({ record }) => record.shareType,
    }),
    isPrivate: t.boolean({
      nullable: false,
      description: 'Whether only `members` and administrators may see it.',
      resolve: ({ record }) => record.isPrivate,
    }),
    isShared: t.boolean({
      nullable: false,
      description: 'Whether it is open to the whole staff.',
      resolve: ({ record }) => record.isShared,
    }),
    members: t.field({
      type: [User],
      nullable: false,
      description: 'Those who may see a private contact; the first is `Contact.responsible`. Empty when it is not private.',
      readBeforeDeletion: async ({ source, record }, { readBelow }) => {
        await Promise.all(record.members.map((reference) => readBelow({ source, reference })));
      },
      resolve: ({ source, record }) => record.members.map((reference) => ({ source, reference })),
    }),
  }),
});
