import { addContact, addressText } from '../portal.ts';
import type { NewContact, Portal } from '../portal.ts';
import { DELETED_STATUS_ID, FIELD, GROUP_ID, REMOVED_CREATOR_ID, STATUS, TYPE } from '../portal-setup.ts';

/** Adds each oddity of the CRM's data at least once. */
export function addCornerCases(portal: Portal): void {
  addOddNames(portal);
  addOddInfos(portal);
  addOddAddresses(portal);
  addOddFields(portal);
  addOddAccess(portal);
  addOddTexts(portal);
}

/** Adds a person whose status has been deleted: shown in lists without it, 404 when read alone. */
export function addDanglingStatus(portal: Portal): void {
  addContact(portal, {
    ...person('Dangling', 'Status'),
    statusId: DELETED_STATUS_ID,
    infos: [{ type: 1, category: 1, data: 'dangling.status@corner.example', isPrimary: true }],
  });
}

function person(firstName: string, lastName: string): NewContact & { readonly isCompany: boolean } {
  return { isCompany: false, firstName, lastName };
}

function company(companyName: string): NewContact {
  return { isCompany: true, companyName };
}

function addOddNames(portal: Portal): void {
  const createdAtMs = Date.UTC(2024, 0, 2);
  addContact(portal, { ...person('Cher', ''), createdAtMs });
  addContact(portal, { ...person('', 'Legacy'), createdAtMs });
  addContact(portal, { ...person('', ''), title: 'Nameless', createdAtMs: null });
  for (const title of ['the first', 'the second', 'the third']) addContact(portal, { ...person('Same', 'Name'), title, createdAtMs });
  addContact(portal, { ...person('same', 'NÁME'), title: 'equal to the database', createdAtMs });
  addContact(portal, { ...company('Lonely Company'), createdAtMs: Date.UTC(1999, 11, 31, 23, 59, 59), taskCount: 3, hasLateTasks: true });
  addContact(portal, { ...company('x'.repeat(255)), createdAtMs });
}

function addOddInfos(portal: Portal): void {
  const everyType = [2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17].map((type) => ({
    type,
    category: type % 3,
    data: type === 2 ? 'https://every.example/?a=1&b="2"' : `every-${type}`,
  }));
  const everyPhone = [0, 1, 2, 3, 4, 5].map((category) => ({
    type: 0,
    category,
    data: `+371 2000-000${category}`,
    isPrimary: category < 2,
  }));
  addContact(portal, {
    ...person('Every', 'Info'),
    infos: [...everyType, ...everyPhone, { type: 1, category: 2, data: 'every@corner.example' }],
  });
  addContact(portal, {
    ...person('Odd', 'Infos'),
    infos: [
      { type: 0, category: 1, data: '112' },
      { type: 0, category: 1, data: '+44 7911 123456 ext. 12, ask for Mary' },
      { type: 0, category: 9, data: '(371)20000000' },
      { type: 1, category: 1, data: '100%_sure\\@percent.example', isPrimary: true },
      { type: 1, category: 1, data: '"Quoted, Comma" <quoted@corner.example>', isPrimary: true },
      { type: 1, category: 0, data: ' RENÉ@corner.example ' },
      { type: 1, category: 0, data: '' },
      { type: 2, category: 1, data: 'javascript:alert(1)' },
      { type: 2, category: 1, data: 'no-scheme.example' },
    ],
  });
}

function addOddAddresses(portal: Portal): void {
  const [street, city, state, zip, country] = ['18 "The" \\ Mews', 'Rīga', '', 'LV-1021', 'Latvia'];
  const whole = { street, city, state, zip, country };
  const texts = [
    // Written through the API's addressdata: more keys.
    addressText(portal, { ...whole, category: 3, categoryName: 'Billing', isPrimary: true }),
    // Changed through it: left-out parts are gone from the text, and with them all that is read later.
    addressText(portal, { city: 'Jūrmala', country }),
    addressText(portal, { street, zip }),
    addressText(portal, { city: 'Ventspils', country, state, street }),
    'no JSON at all',
    addressText(portal, { street: '', city: '', state: '', zip: '', country: '' }),
  ];
  addContact(portal, {
    ...person('Sparse', 'Addresses'),
    infos: texts.map((data, index) => ({ type: 7, category: [3, 5, 1, 2, 4, 0][index] ?? 0, data, isPrimary: index % 2 === 0 })),
  });
  addContact(portal, {
    ...company('Two Offices Ltd'),
    infos: [5, 0].map((category) => ({ type: 7, category, data: addressText(portal, whole), isPrimary: category === 5 })),
  });
}

function addOddFields(portal: Portal): void {
  addContact(portal, {
    ...person('Custom', 'Fields'),
    fieldValues: [
      { fieldId: FIELD.nickname, value: 'C' },
      { fieldId: FIELD.notes, value: 'line 1\r\nline 2\n\ttabbed / slashed' },
      { fieldId: FIELD.segment, value: 'B' },
      { fieldId: FIELD.newsletter, value: 'true' },
      { fieldId: FIELD.birthdate, value: '5/20/1946' },
      { fieldId: FIELD.loyaltyNumber, value: 'LV-778' },
    ],
  });
  for (const value of ['5/6/1946', '20.05.1946', '1946-05-20', '2024-02-29T00:00:00.0000000+03:00', '31/31/1946', 'spring of 1946']) {
    addContact(portal, { ...person('Date', value), fieldValues: [{ fieldId: FIELD.birthdate, value }] });
  }
  addContact(portal, {
    ...person('Loose', 'Fields'),
    fieldValues: [
      { fieldId: FIELD.segment, value: 'an option that was removed' },
      { fieldId: FIELD.newsletter, value: 'yes' },
    ],
  });
  addContact(portal, {
    ...company('Custom Fields GmbH'),
    fieldValues: [
      { fieldId: FIELD.vatNumber, value: 'DE123456789' },
      { fieldId: FIELD.contractUntil, value: '12/31/2030' },
      { fieldId: FIELD.newsletter, value: 'false' },
    ],
  });
}

function addOddAccess(portal: Portal): void {
  const [user, other, third] = portal.users.map(({ id }) => id);
  if (user === undefined || other === undefined || third === undefined) return;
  addContact(portal, { ...person('Private', 'Shared'), shareType: 0, accessList: [other, user, GROUP_ID, REMOVED_CREATOR_ID] });
  addContact(portal, { ...person('Private', 'Invisible'), shareType: 0, infos: [{ type: 1, data: 'invisible@corner.example' }] });
  addContact(portal, { ...person('Private', 'Foreign'), shareType: 0, accessList: [third] });
  addContact(portal, { ...person('Read', 'Only'), shareType: 2, accessList: [other] });
  addContact(portal, { ...person('Invoiced', 'Buyer'), invoiceCount: 2, opportunityCount: 1 });
  addContact(portal, { ...person('Legacy', 'Open'), shareType: null });
  addContact(portal, { ...person('Legacy', 'Closed'), shareType: null, accessList: [other] });
  addContact(portal, { ...company('Private Shared Company'), shareType: 0, accessList: [user], currency: 'EUR' });
  const hidden = addContact(portal, { ...company('Hidden Company'), shareType: 0 });
  addContact(portal, { ...person('Works', 'Undercover'), companyId: hidden.id });
  const invoiced = addContact(portal, { ...company('Invoiced Company'), invoiceCount: 1, opportunityCount: 3, tags: ['Customer'] });
  addContact(portal, { ...person('Works', 'Invoiced'), companyId: invoiced.id, createBy: REMOVED_CREATOR_ID });
}

function addOddTexts(portal: Portal): void {
  addContact(portal, {
    ...person('Multi', 'Line'),
    about: 'First line.\nSecond "line" with \\ and /.\r\n\r\n<b>Not bold</b> &amp; a\ttab.',
    industry: 'R&D / <Labs>',
    title: 'Owner, Founder & CEO',
    statusId: STATUS.hot,
    typeId: TYPE.partner,
    currency: 'UZS',
    tags: ['vip', 'Customer', 'a,b', 'Ünïcode', '["some text"]', '  padded '],
    taskCount: 12,
    hasLateTasks: true,
    events: ['Sent the offer for the zeppelin'],
    lastEventAtMs: Date.UTC(2025, 4, 2, 10),
    hasPhoto: true,
    createdAtMs: Date.UTC(2024, 5, 30, 20, 59, 59),
  });
  // Midnight of the portal is another day in UTC.
  addContact(portal, { ...person('Mid', 'Night'), createdAtMs: Date.UTC(2024, 5, 30, 21) });
}
