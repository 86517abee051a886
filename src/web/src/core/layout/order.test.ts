import { describe, expect, it } from 'vitest';
import { orderTiles } from './order';

const nobody = new Map<string, number>();

describe('orderTiles', () => {
  it('appends newcomers and closes gaps without moving anybody else', () => {
    expect(orderTiles(['a', 'b', 'c'], ['c', 'a', 'd'], 9, [], nobody)).toEqual(['a', 'c', 'd']);
  });

  it('leaves a speaker on the first page in place', () => {
    expect(orderTiles(['a', 'b', 'c'], ['a', 'b', 'c'], 3, ['c'], nobody)).toEqual(['a', 'b', 'c']);
  });

  it('brings a speaker from the second page to the place of the longest silent', () => {
    const lastSpoke = new Map([
      ['a', 30],
      ['b', 10],
      ['c', 20],
    ]);
    expect(orderTiles(['a', 'b', 'c', 'd', 'e'], ['a', 'b', 'c', 'd', 'e'], 3, ['e'], lastSpoke)).toEqual([
      'a',
      'e',
      'c',
      'd',
      'b',
    ]);
  });

  it('never takes the place of somebody who speaks', () => {
    expect(orderTiles(['a', 'b', 'c'], ['a', 'b', 'c'], 2, ['c', 'a'], nobody)).toEqual(['a', 'c', 'b']);
    expect(orderTiles(['a', 'b', 'c'], ['a', 'b', 'c'], 2, ['a', 'b', 'c'], nobody)).toEqual(['a', 'b', 'c']);
  });
});
