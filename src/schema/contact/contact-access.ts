import { SHARE_TYPES, type ContactAccessRecord, type ShareType as ShareTypeValue } from '../../datasources/port/records/contact.ts';
import { builder, type OfSource } from '../builder.ts';
import { describedValues } from '../described-values.ts';
import { User } from '../staff/user.ts';

export const ShareType = builder.enumType('ShareType', {
  description: 'What other users may do with a contact. New values may be added.',
  values: describedValues<ShareTypeValue>(SHARE_TYPES, {
    NONE: 'Only what their role allows.',
    READ: 'Read the contact.',
    READ_WRITE: 'Read and change the contact.',
  }),
});

export const ContactAccess = builder.objectRef<OfSource<ContactAccessRecord>>('ContactAccess').implement({
  availability: 'contact.access',
  description: 'Which users of the CRM may see a contact.',
  fields: (t) => ({
    shareType: t.field({
      type: ShareType,
      nullable: false,
      description: 'What other users may do with the contact.',
      resolve: ({ record }) => record.shareType,
    }),
    isPrivate: t.boolean({
      nullable: false,
      description: 'Whether only `members` and administrators may see the contact.',
      resolve: ({ record }) => record.isPrivate,
    }),
    isShared: t.boolean({
      nullable: false,
      description: 'Whether all users of the CRM may see the contact.',
      resolve: ({ record }) => record.isShared,
    }),
    members: t.field({
      type: [User],
      nullable: false,
      description:
        'The users who may see a private contact; the first one is `Contact.responsible`. Empty when the contact is not private.',
      readBeforeDeletion: async ({ source, record }, { readBelow }) => {
        await Promise.all(record.members.map((reference) => readBelow({ source, reference })));
      },
      resolve: ({ source, record }) => record.members.map((reference) => ({ source, reference })),
    }),
  }),
});
