import { describe, expect, it } from 'vitest';
import { hueOf, initials, matchesName, sortBySurname, surnameFirst } from './names';

describe('surnameFirst', () => {
  it.each([
    ['Anna Petrova', 'Petrova Anna'],
    ['Анна Петрова', 'Петрова Анна'],
    ['Петрова Анна', 'Петрова Анна'],
    ['Петрова Анна Ивановна', 'Петрова Анна Ивановна'],
    ['Анна Ивановна Петрова', 'Петрова Анна Ивановна'],
    ['Анна Ивановна', 'Анна Ивановна'],
    ['Пётр Ильич', 'Пётр Ильич'],
    ['John Ronald Reuel Tolkien', 'Tolkien John Ronald Reuel'],
    ['Мария', 'Мария'],
    ['  Anna   Petrova ', 'Petrova Anna'],
  ])('%s is sorted as %s', (name, key) => expect(surnameFirst(name)).toBe(key));
});

describe('sortBySurname', () => {
  it('follows the language and treats ё as е', () => {
    const people = ['Борис Яшин', 'Анна Ёлкина', 'Вера Егорова', 'Глеб Жуков'].map((displayName, i) => ({
      id: String(i),
      displayName,
    }));
    expect(sortBySurname(people, 'ru').map((p) => p.displayName)).toEqual([
      'Вера Егорова',
      'Анна Ёлкина',
      'Глеб Жуков',
      'Борис Яшин',
    ]);
  });

  it('keeps namesakes in a stable order', () => {
    const people = [
      { id: 'b', displayName: 'Anna Petrova' },
      { id: 'a', displayName: 'Anna Petrova' },
    ];
    expect(sortBySurname(people, 'en').map((p) => p.id)).toEqual(['a', 'b']);
  });
});

describe('initials', () => {
  it.each([
    ['Anna Petrova', 'AP'],
    ['Анна Ивановна Петрова', 'АП'],
    ['мария', 'М'],
    ['🙂', '?'],
    ['Anna 🙂', 'A'],
  ])('%s gives %s', (name, expected) => expect(initials(name)).toBe(expected));
});

describe('matchesName', () => {
  it('finds by the beginnings of words in any order', () => {
    expect(matchesName('Анна Ёлкина', 'елк')).toBe(true);
    expect(matchesName('Anna Petrova', 'pet an')).toBe(true);
    expect(matchesName('Anna Petrova', 'etrova')).toBe(false);
  });
});

it('hueOf is a hue and differs between names', () => {
  expect(hueOf('Anna')).toBe(hueOf('Anna'));
  expect(hueOf('Anna')).not.toBe(hueOf('Boris'));
  expect(hueOf('Anna')).toBeLessThan(361);
});
