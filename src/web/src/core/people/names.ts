// Names are typed by people in any order: "Anna Petrova", "Петрова Анна Ивановна". Lists are sorted by surname all the same.

const patronymic = /(вич|[ктмь]ич|вна|ична|оглы|кызы|vich|vna|ichna)$/iu;
const slavicSurname =
  /(ов|ова|ев|ева|ёв|ёва|ин|ина|ын|ына|ский|ская|цкий|цкая|ской|ных|их|ко|ук|юк|чук|ян|янц|дзе|швили|ец|ов|ova|ov|ev|eva|sky|skaya|skiy|enko|chuk|yan)$/iu;

const words = (name: string): string[] => name.trim().split(/\s+/u);

/** What a name is sorted by: the surname first. */
export function surnameFirst(name: string): string {
  const parts = words(name);
  const [first = '', second = '', third] = parts;
  if (parts.length === 1) return first;
  if (parts.length === 3 && third !== undefined) {
    // "Петрова Анна Ивановна" is in order; "Анна Ивановна Петрова" is not.
    if (patronymic.test(third) && !patronymic.test(second)) return parts.join(' ');
    return [third, first, second].join(' ');
  }
  if (parts.length === 2) {
    // A teacher who is called by name and patronymic has given no surname.
    if (patronymic.test(second)) return parts.join(' ');
    if (slavicSurname.test(first) && !slavicSurname.test(second)) return parts.join(' ');
  }
  return [parts.at(-1), ...parts.slice(0, -1)].join(' ');
}

/** Two letters at most, from the first and the last word. */
export function initials(name: string): string {
  const parts = words(name).filter((w) => /^[\p{L}\p{N}]/u.test(w));
  const letters = parts.length > 1 ? [parts[0], parts.at(-1)] : parts.slice(0, 1);
  const text = letters.map((w) => String.fromCodePoint((w ?? '').codePointAt(0) ?? 0x20)).join('');
  return text === '' ? '?' : text.toLocaleUpperCase();
}

/** Stable: the same name has the same colour everywhere. */
export function hueOf(name: string): number {
  let hash = 0;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 3600;
  return Math.round(hash / 30) * 3;
}

export interface Named {
  id: string;
  displayName: string;
}

/** By surname in the order of the language. The names' keys are computed once each. */
export function sortBySurname<T extends Named>(people: Iterable<T>, language: string): T[] {
  const collator = new Intl.Collator(language, { sensitivity: 'base', numeric: true });
  return [...people]
    .map((person) => ({ person, key: surnameFirst(person.displayName) }))
    .sort((a, b) => collator.compare(a.key, b.key) || a.person.id.localeCompare(b.person.id))
    .map(({ person }) => person);
}

/** Every word of `query` begins a word of the name; letters are compared as people see them (е and ё, é and e). */
export function matchesName(name: string, query: string): boolean {
  const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
  const parts = words(plain(name));
  return words(plain(query)).every((wanted) => parts.some((part) => part.startsWith(wanted)));
}
