/**
 * The order of tiles over pages. Who is there keeps their place, newcomers go to the end, who leaves makes room for the next one; a
 * speaker beyond the first page changes places with the one there who has been silent the longest. Nobody else moves.
 */
export function orderTiles(
  previous: readonly string[],
  present: readonly string[],
  perPage: number,
  speakers: readonly string[],
  lastSpoke: ReadonlyMap<string, number>,
): string[] {
  const here = new Set(present);
  const kept = previous.filter((id) => here.has(id));
  const known = new Set(kept);
  const order = [...kept, ...present.filter((id) => !known.has(id))];
  const speaking = new Set(speakers);
  for (const speaker of speakers) {
    const from = order.indexOf(speaker);
    if (from < perPage) continue;
    const to = quietest(order.slice(0, perPage), speaking, lastSpoke);
    if (to < 0) continue;
    order[from] = order[to] ?? speaker;
    order[to] = speaker;
  }
  return order;
}

function quietest(
  firstPage: readonly string[],
  speaking: ReadonlySet<string>,
  lastSpoke: ReadonlyMap<string, number>,
): number {
  let found = -1;
  firstPage.forEach((id, index) => {
    if (speaking.has(id)) return;
    // On a draw the later place: the top of the page stays as it is.
    if (found < 0 || (lastSpoke.get(id) ?? 0) <= (lastSpoke.get(firstPage[found] ?? '') ?? 0)) found = index;
  });
  return found;
}
