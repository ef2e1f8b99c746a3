/** A language area that invented people come from: how they are called, where they live, which numbers they have. */
export interface Culture {
  readonly country: string;
  readonly firstNames: readonly string[];
  readonly lastNames: readonly string[];
  /** Where patronymics are usual. */
  readonly patronymics?: readonly string[];
  readonly cities: readonly { readonly city: string; readonly state: string; readonly zip: string; readonly street: string }[];
  /** E.164 patterns: `#` is any digit, `N` a digit from 2 to 9. */
  readonly phones: readonly string[];
  /** Mail domain for private addresses. */
  readonly mailDomain: string;
}

/** Names with diacritics, apostrophes, hyphens, particles and Cyrillic; number ranges that are in use. */
export const CULTURES: readonly Culture[] = [
  {
    country: 'Latvia',
    firstNames: ['Anna', 'Jānis', 'Kristīne', 'Mārtiņš', 'Līga', 'Edgars', 'Žanete', 'Ģirts', 'Ilze'],
    lastNames: ['Bērziņa', 'Kalniņš', 'Ozoliņa', 'Liepiņš', 'Krūmiņa', 'Šķēle', 'Zariņš', 'Eglīte'],
    cities: [
      { city: 'Riga', state: '', zip: 'LV-1021', street: 'Lubānas iela 125a-25' },
      { city: 'Jūrmala', state: '', zip: 'LV-2015', street: 'Jomas iela 7' },
    ],
    phones: ['+37126######', '+37167######'],
    mailDomain: 'inbox.example.lv',
  },
  {
    country: 'Germany',
    firstNames: ['Jürgen', 'Käthe', 'Björn', 'Lena', 'Sören', 'Hans-Peter', 'Ute', 'Maximilian'],
    lastNames: ['Müller', 'Weiß', 'Schröder', 'von der Heide', 'Großmann', 'Meyer-Landrut', 'Köhler', 'zu Guttenberg'],
    cities: [
      { city: 'Köln', state: 'NRW', zip: '50667', street: 'Große Straße 12/3' },
      { city: 'München', state: 'Bayern', zip: '80331', street: 'Müllerstr. 4' },
    ],
    phones: ['+49151########', '+49170#######'],
    mailDomain: 'post.example.de',
  },
  {
    country: 'France',
    firstNames: ['Zoé', 'Jean-Luc', 'Éloïse', 'François', 'Anaïs', 'Benoît', 'Hélène', 'Loïc'],
    lastNames: ["D'Angelo", 'Lefèvre', 'de La Fontaine', 'Garçon', 'Dupont-Moretti', 'Brûlé', 'Nuñez', "L'Hôpital"],
    cities: [
      { city: 'Paris', state: 'Île-de-France', zip: '75004', street: '18, rue des Écouffes' },
      { city: 'Lyon', state: '', zip: '69002', street: "3 place d'Ainay" },
    ],
    phones: ['+33612######', '+33678######'],
    mailDomain: 'courriel.example.fr',
  },
  {
    country: 'United States',
    firstNames: ['Mary Ann', 'John', 'Sarah', 'Tyrone', 'Emily', 'Luis', "D'Shawn", 'Grace', 'William'],
    lastNames: ['Smith', 'Johnson', "O'Neill", 'McDonald', 'Garcia-Lopez', 'St. John', 'Washington', 'Lee'],
    cities: [
      { city: 'New York', state: 'NY', zip: '10001', street: '350 5th Ave, Suite "B"' },
      { city: 'Chicago', state: 'IL', zip: '60601', street: '1 N State St' },
    ],
    phones: ['+1212N2#####', '+1312N3#####'],
    mailDomain: 'mail.example.com',
  },
  {
    country: 'United Kingdom',
    firstNames: ['Siân', 'George', 'Niamh', 'Oliver', 'Charlotte', 'Rhys', 'Amelia'],
    lastNames: ["O'Connor", 'Smith', 'Featherstonehaugh', 'Ap Rhys', 'Taylor-Joy', 'MacLeod', 'Brontë'],
    cities: [
      { city: 'London', state: '', zip: 'EC1A 1BB', street: "2 King Edward's Court" },
      { city: 'Cardiff', state: 'Wales', zip: 'CF10 1EP', street: '9 Tŷ Glas' },
    ],
    phones: ['+4479111#####', '+447400######'],
    mailDomain: 'post.example.co.uk',
  },
  {
    country: 'Brazil',
    firstNames: ['João', 'Conceição', 'Luísa', 'Antônio', 'Thaís', 'Vinícius', 'Maria José'],
    lastNames: ['da Silva', 'Gonçalves', 'dos Santos', 'Araújo', 'Magalhães', 'Pereira de Souza'],
    cities: [
      { city: 'São Paulo', state: 'SP', zip: '01310-100', street: 'Av. Paulista, 1578' },
      { city: 'Campinas', state: 'SP', zip: '13010-000', street: 'Rua Barão de Jaguara 22' },
    ],
    phones: ['+551199#######', '+552198#######'],
    mailDomain: 'correio.example.com.br',
  },
  {
    country: 'Russia',
    firstNames: ['Анна', 'Пётр', 'Ольга', 'Сергей', 'Юлия', 'Ёлка', 'Иван', 'Наталья'],
    lastNames: ['Иванова', 'Щербаков', 'Кузнецова', 'Петров-Водкин', 'Соловьёв', 'Журавлёва', 'Цой'],
    patronymics: ['Сергеевна', 'Ильич', 'Петровна', 'Фёдорович', 'Андреевич'],
    cities: [
      { city: 'Екатеринбург', state: 'Свердловская обл.', zip: '620014', street: 'ул. Ленина, д. 5, кв. 12' },
      { city: 'Москва', state: '', zip: '101000', street: 'Мясницкая ул., 24/7' },
    ],
    phones: ['+7912#######', '+7903#######'],
    mailDomain: 'pochta.example.ru',
  },
  {
    country: 'Netherlands',
    firstNames: ['Sanne', 'Joost', 'Fleur', 'Daan', 'Noëlle', 'Thijs'],
    lastNames: ['van der Berg', 'de Vries', "van 't Hof", 'Janssen', 'ten Brink', 'Visser-de Wit'],
    cities: [
      { city: "'s-Gravenhage", state: 'ZH', zip: '2511 CV', street: 'Lange Poten 10a' },
      { city: 'Utrecht', state: '', zip: '3511 LN', street: 'Oudegracht 1-bis' },
    ],
    phones: ['+3161#######', '+3162#######'],
    mailDomain: 'post.example.nl',
  },
  {
    country: 'United Arab Emirates',
    firstNames: ['Fatima', 'Omar', 'Layla', 'Khalid', 'Aisha', 'Yousef'],
    lastNames: ['Al Maktoum', 'bin Rashid', 'Al-Sayed', 'Haddad', 'Khan', 'El Amin'],
    cities: [
      { city: 'Dubai', state: 'Dubai', zip: '', street: 'Sheikh Zayed Rd, Tower 2' },
      { city: 'Abu Dhabi', state: '', zip: '', street: 'Corniche St 8' },
    ],
    phones: ['+97150#######', '+97155#######'],
    mailDomain: 'mail.example.ae',
  },
  {
    country: 'Poland',
    firstNames: ['Łukasz', 'Małgorzata', 'Józef', 'Zofia', 'Święta', 'Grzegorz'],
    lastNames: ['Żółkiewski', 'Nowak', 'Wójcik', 'Kowalska-Źródło', 'Brzęczyszczykiewicz', 'Dąbrowska'],
    cities: [
      { city: 'Łódź', state: 'łódzkie', zip: '90-001', street: 'ul. Piotrkowska 3' },
      { city: 'Kraków', state: '', zip: '31-042', street: 'Rynek Główny 12' },
    ],
    phones: ['+48601######', '+48502######'],
    mailDomain: 'poczta.example.pl',
  },
];

/** [name, city, country]: the employers. */
export const ORGANIZATIONS: readonly (readonly [string, string, string])[] = [
  ['Baltic Foods SIA', 'Riga', 'Latvia'],
  ['Latvijas Koks', 'Jūrmala', 'Latvia'],
  ['Daugava Logistics', 'Riga', 'Latvia'],
  ['Müller & Söhne GmbH', 'Köln', 'Germany'],
  ['Isar Software AG', 'München', 'Germany'],
  ['Bäckerei Großmann', 'Köln', 'Germany'],
  ['100% Bio e.K.', 'München', 'Germany'],
  ["L'Atelier du Pain", 'Paris', 'France'],
  ['Société Générale de Câbles', 'Lyon', 'France'],
  ['Éditions de la Seine', 'Paris', 'France'],
  ['Acme, Inc.', 'New York', 'United States'],
  ['Acme, Inc.', 'Chicago', 'United States'],
  ['Hudson Partners LLC', 'New York', 'United States'],
  ['"Quoted" Goods', 'Chicago', 'United States'],
  ["O'Neill Trading", 'New York', 'United States'],
  ['3M Supplies Ltd', 'London', 'United Kingdom'],
  ['Dragon & Daffodil', 'Cardiff', 'United Kingdom'],
  ['Thames Insurance plc', 'London', 'United Kingdom'],
  ['Café São João', 'São Paulo', 'Brazil'],
  ['Construções Araújo', 'Campinas', 'Brazil'],
  ['Ipê Amarelo Ltda', 'São Paulo', 'Brazil'],
  ['ООО «Ромашка»', 'Москва', 'Russia'],
  ['Уральские самоцветы', 'Екатеринбург', 'Russia'],
  ['ИП Щербаков', 'Екатеринбург', 'Russia'],
  ['De Gouden Tulp BV', 'Utrecht', 'Netherlands'],
  ["Van 't Hof Fietsen", "'s-Gravenhage", 'Netherlands'],
  ['Waterweg NV', 'Utrecht', 'Netherlands'],
  ['Gulf Star Trading LLC', 'Dubai', 'United Arab Emirates'],
  ['Palm Hospitality FZE', 'Dubai', 'United Arab Emirates'],
  ['Corniche Clinics', 'Abu Dhabi', 'United Arab Emirates'],
  ['Żubr Sp. z o.o.', 'Łódź', 'Poland'],
  ['Kraków Codeworks', 'Kraków', 'Poland'],
  ['Nowak i Wspólnicy', 'Kraków', 'Poland'],
  ['Nordlicht Energie', 'Köln', 'Germany'],
  ['Blue_Sky Travel', 'London', 'United Kingdom'],
  ['Back\\slash Studios', 'New York', 'United States'],
  ['Zenith/Apex Joint Venture', 'Dubai', 'United Arab Emirates'],
  ['aardvark lower case', 'Chicago', 'United States'],
  ['Ålesund Fisk', 'Riga', 'Latvia'],
  ['Øresund Bro', 'Utrecht', 'Netherlands'],
];

/** [first name, last name, job title, team]. */
export const STAFF: readonly (readonly [string, string, string, string])[] = [
  ['Mike', 'Zanyatski', 'Manager', 'Sales'],
  ['Dora', 'Ellis', 'Head of Sales', 'Sales'],
  ['Jonas', 'Kļaviņš', 'Account Manager', 'Sales'],
  ['Мария', 'Орлова', 'Account Manager', 'Sales'],
  ['Priya', 'Raman', 'Support Lead', 'Support'],
  ['Tom', 'Nguyen', 'Support Agent', 'Support'],
  ['Elif', 'Şahin', 'Support Agent', 'Support'],
  ['Bruno', 'Costa', 'Field Agent', 'Field'],
  ['Ingrid', 'Ås', 'Field Agent', 'Field'],
  ['Hugo', "O'Hara", '', 'Field'],
  ['Lin', 'Wei', 'Administrator', 'Office'],
  ['Sam', 'Ode', 'Administrator', 'Office'],
];
