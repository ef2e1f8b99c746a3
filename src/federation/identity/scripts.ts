/** Letters of a script, each with how it is written in Latin letters; `-` is a letter without a sound. */
function table(pairs: string): readonly (readonly [string, string])[] {
  return pairs.split(' ').map((pair) => {
    const [letter = '', ...latin] = pair;
    return [letter, latin.join('').replace('-', '')] as const;
  });
}

const CYRILLIC = 'аa бb вv гg дd еe ёe жzh зz иi йi кk лl мm нn оo пp рr сs тt уu фf хh цts чch шsh щsch ъ- ыi ь- эe юiu яia іi їi єe ґg';
/** As on passports (ELOT 743), with the accents that are written. */
const GREEK = 'αa άa βv γg δd εe έe ζz ηi ήi θth ιi ίi ϊi ΐi κk λl μm νn ξx οo όo πp ρr σs ςs τt υy ύy ϋy ΰy φf χch ψps ωo ώo';
const GEORGIAN = 'აa ბb გg დd ეe ვv ზz თt იi კk ლl მm ნn ოo პp ჟzh რr სs ტt უu ფp ქk ღgh ყq შsh ჩch ცts ძdz წts ჭch ხkh ჯj ჰh';
const ARMENIAN =
  'աa բb գg դd եe զz էe ըy թt ժzh իi լl խkh ծts կk հh ձdz ղgh ճch մm յy նn շsh ոo չch պp ջj ռr սs վv տt րr ցts ւv փp քk օo ֆf';
const LATIN = 'ßss łl øo đd ðd þth æae œoe ıi';
const HEBREW = 'אa בb גg דd הh וo זz חh טt יi כk ךk לl מm םm נn ןn סs עa פp ףp צts ץts קk רr שsh תt';
/** With those of Persian and Urdu. */
const ARABIC =
  'اa أa إa آa ٱa ءa ىa بb تt ثth جj حh خkh دd ذdh رr زz سs شsh صs ضd طt ظz عa غgh فf قk كk لl مm نn هh ةa وu ؤu يi ئi پp چch ژzh گg کk یi ےe ہh ھh ںn ٹt ڈd ڑr ـ-';

const BY_LETTER: ReadonlyMap<string, string> = new Map(
  [CYRILLIC, GREEK, GEORGIAN, ARMENIAN, LATIN, HEBREW, ARABIC].flatMap((letters) => table(letters)),
);
/** Letters that sound otherwise together. */
const TOGETHER: readonly (readonly [RegExp, string])[] = [
  [/ο[υύ]/g, 'ou'],
  [/([αε])[υύ](?=[θκξπσςτφχψ]|(?!\p{L}))/gu, '$1f'],
  [/([αε])[υύ]/g, '$1v'],
  [/γ(?=[γξχ])/g, 'n'],
  [/(?<!\p{L})μπ/gu, 'b'],
  [/ու/g, 'u'],
  [/և/g, 'ev'],
];
const WITHOUT_VOWELS = /[\p{Script=Hebrew}\p{Script=Arabic}]/u;

/** Writes a text in lower case (NFC) in Latin letters, as far as it is Cyrillic, Greek, Georgian, Armenian, Hebrew or Arabic. */
export function toLatin(text: string): string {
  let read = text;
  for (const [letters, latin] of TOGETHER) read = read.replace(letters, latin);
  return Array.from(read, (letter) => BY_LETTER.get(letter) ?? letter).join('');
}

/** Whether a word is in a script that leaves out most vowels. */
export function isWithoutVowels(word: string): boolean {
  return WITHOUT_VOWELS.test(word);
}
