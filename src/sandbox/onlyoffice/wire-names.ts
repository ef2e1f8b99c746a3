/** C# members of ContactInfoType, by name. */
export const INFO_TYPES: Readonly<Record<string, number>> = {
  Phone: 0,
  Email: 1,
  Website: 2,
  Skype: 3,
  Twitter: 4,
  LinkedIn: 5,
  Facebook: 6,
  Address: 7,
  LiveJournal: 8,
  MySpace: 9,
  GMail: 10,
  Blogger: 11,
  Yahoo: 12,
  MSN: 13,
  ICQ: 14,
  Jabber: 15,
  AIM: 16,
  VK: 17,
};

/** English resource texts that are known to differ from the members' names. */
export const INFO_TYPE_LABELS: Readonly<Record<string, number>> = { 'Web site': 2, 'X (Twitter)': 4 };

/** C# members of ContactListViewType, by name. */
export const LIST_VIEWS: Readonly<Record<string, number>> = { All: 0, Company: 1, Person: 2, WithOpportunity: 3 };

/** English resource texts of list views that are known to differ from the members' names. */
export const LIST_VIEW_LABELS: Readonly<Record<string, number>> = { Persons: 2 };

const PHONE_CATEGORIES = ['Home', 'Work', 'Mobile', 'Fax', 'Direct', 'Other'];
const ADDRESS_CATEGORIES = ['Home', 'Postal', 'Office', 'Billing', 'Other', 'Work'];
const BASE_CATEGORIES = ['Home', 'Work', 'Other'];

/** C# member names of the categories that belong to an info type, index = number. */
export function categoriesOf(infoType: number): readonly string[] {
  if (infoType === INFO_TYPES['Phone']) return PHONE_CATEGORIES;
  return infoType === INFO_TYPES['Address'] ? ADDRESS_CATEGORIES : BASE_CATEGORIES;
}

/** English label of a category; the address category Postal reads Delivery. */
export function categoryLabel(infoType: number, category: number): string {
  const name = categoriesOf(infoType)[category] ?? '';
  return name === 'Postal' ? 'Delivery' : name;
}

/** CurrencyInfo by abbreviation. */
export const CURRENCIES: Readonly<Record<string, object>> = {
  EUR: { title: 'Euro', symbol: '€', abbreviation: 'EUR', cultureName: 'EU', isConvertable: true, isBasic: true },
  USD: { title: 'United States Dollar', symbol: '$', abbreviation: 'USD', cultureName: 'US', isConvertable: true, isBasic: true },
  GBP: { title: 'Pound Sterling', symbol: '£', abbreviation: 'GBP', cultureName: 'GB', isConvertable: true, isBasic: true },
  UZS: { title: 'Uzbekistani Som', symbol: 'soʻm', abbreviation: 'UZS', cultureName: 'UZ', isConvertable: false, isBasic: false },
};
