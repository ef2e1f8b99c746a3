import { orThrow, valueOr } from '../../datasources/port/member.ts';
import { Address } from './address.ts';
import { builder } from '../builder.ts';
import { ContactInfo, ContactInfoType, infosOfType, infosOfTypes } from './contact-info.ts';
import { ContactPhoto, isWithoutPictures } from './contact-photo.ts';
import { Contact, sourceOf } from './contact.ts';
import { selectedFields } from '../selection.ts';
import { Source } from '../source/source.ts';

/** Where a contact is kept, and how it is reached. */
builder.interfaceFields(Contact, (t) => ({
  source: t.field({
    type: Source,
    nullable: false,
    description: 'The CRM account that holds the contact.',
    isInReference: true,
    resolve: (record, _args, context) => sourceOf(record, context),
  }),
  phones: t.field({
    type: [ContactInfo],
    nullable: false,
    description: "Telephone numbers: the primary one first, then the others in the CRM's order.",
    reads: ['contactInfos'],
    resolve: (record) => infosOfType(record, 'PHONE'),
  }),
  emails: t.field({
    type: [ContactInfo],
    nullable: false,
    description: "E-mail addresses: the primary one first, then the others in the CRM's order.",
    reads: ['contactInfos'],
    resolve: (record) => infosOfType(record, 'EMAIL'),
  }),
  contactInfos: t.field({
    type: [ContactInfo],
    nullable: false,
    description: "Phone numbers, e-mail addresses and all other contact infos, in the CRM's order.",
    reads: ['contactInfos', 'addresses'],
    args: {
      types: t.arg({
        type: [ContactInfoType],
        description: 'Return only these types. Null or []: all except ADDRESS, because addresses are in `addresses`.',
      }),
    },
    resolve: (record, { types }) => infosOfTypes(record, types),
  }),
  addresses: t.field({
    type: [Address],
    nullable: false,
    availability: 'contact.addresses',
    description: "Postal addresses, in the CRM's order.",
    resolve: (record) => record.addresses,
  }),
  photo: t.field({
    type: ContactPhoto,
    availability: 'contact.photo',
    description: 'Pictures of the contact. Null for a contact without a photo.',
    readBeforeDeletion: ({ source, photo }, { readBelow }) => {
      const record = valueOr(photo, null);
      return readBelow(record === null ? null : { source, record });
    },
    resolve: ({ source, photo: member }, _args, context, info) => {
      const photo = orThrow(member);
      if (photo === null) return null;
      return isWithoutPictures(source, photo, selectedFields(info), context).then((isWithout) =>
        isWithout ? null : { source, record: photo },
      );
    },
  }),
}));
