import { expect, it } from 'vitest';
import en from './en.json';
import ru from './ru.json';

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.{test,d}.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const pluralSuffix = /_(zero|one|two|few|many|other)$/;

function keysOf(texts: object, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? keysOf(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

const textOf = (texts: object, key: string): string =>
  key.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], texts) as string;

const unique = (keys: string[]): string[] => [...new Set(keys.map((key) => key.replace(pluralSuffix, '')))].sort();

const code = Object.values(sources).join('\n');

/** `t('a.b')` and `t(\`a.${x}.b\`)`; what is put in stands for one part of the key. */
const used = [...code.matchAll(/\bt\(\s*(?:'([^']+)'|`([^`]+)`)/g)].map(([, plain, template]) => {
  const pattern = (plain ?? template ?? '').replace(/[.]/g, '\\.').replace(/\$\{[^}]*\}/g, '[^.]+?');
  return new RegExp(`^${pattern}$`);
});

it('both languages have the same texts', () => {
  expect(unique(keysOf(ru))).toEqual(unique(keysOf(en)));
});

it.each([
  ['en', en, ['one', 'other']],
  ['ru', ru, ['one', 'few', 'many', 'other']],
] as const)('%s has every plural form of its language', (language, texts, forms) => {
  expect(new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort()).toEqual([...forms].sort());
  const keys = keysOf(texts);
  const plurals = new Set(keys.filter((key) => pluralSuffix.test(key)).map((key) => key.replace(pluralSuffix, '')));
  expect(plurals.size).toBeGreaterThan(0);
  for (const key of plurals) for (const form of forms) expect(keys).toContain(`${key}_${form}`);
});

it('no text is without use, and none that is used is missing', () => {
  const keys = unique(keysOf(en));
  expect(used.length).toBeGreaterThan(50);
  expect(keys.filter((key) => !used.some((pattern) => pattern.test(key)))).toEqual([]);
  expect(used.filter((pattern) => !keys.some((key) => pattern.test(key))).map(String)).toEqual([]);
});

it('both languages put the same values into a text', () => {
  const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
  const russian = new Set(keysOf(ru));
  for (const key of keysOf(en).filter((k) => russian.has(k)))
    expect(holes(textOf(ru, key)), key).toEqual(holes(textOf(en, key)));
});

it('Russian texts are in Russian', () => {
  const latin = keysOf(ru).filter(
    (key) => !/[а-яё]/i.test(textOf(ru, key)) && textOf(ru, key).replace(/\{\{\w+\}\}|[\s%]/g, '') !== '',
  );
  expect(latin).toEqual([]);
});
