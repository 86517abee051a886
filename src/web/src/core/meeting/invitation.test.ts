import { expect, it } from 'vitest';
import { codeIn } from './invitation';

it.each([
  ['abc-defg-hjk', 'abc-defg-hjk'],
  [' ABC defg HJK ', 'abc-defg-hjk'],
  ['abcdefghjk', 'abc-defg-hjk'],
  ['abc–defg–hjk', 'abc-defg-hjk'],
  ['https://school.example/m/abc-defg-hjk?x=1', 'abc-defg-hjk'],
  ['Join: http://localhost:8080/m/abc-defg-hjk ', 'abc-defg-hjk'],
  ['abc-defg', null],
  ['https://school.example/', null],
  ['', null],
])('%s holds the code %s', (text, code) => expect(codeIn(text)).toBe(code));
