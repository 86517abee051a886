import { useEffect, useMemo, useState } from 'react';
import type { Participant } from '@/core/contracts';
import { matchesName, sortBySurname } from '@/core/people/names';
import { useMeeting, useServices } from './services';

const pageSize = 100;
const refreshMs = 3_000;

interface Pages {
  query: string;
  total: number;
  rows: ReadonlyMap<number, Participant>;
}

const nothing: Pages = { query: '', total: 0, rows: new Map() };

export interface People {
  count: number;
  at: (index: number) => Participant | undefined;
  /** Which rows are seen: what is missing of them is fetched. */
  show: (first: number, last: number) => void;
}

/** Everybody whose name matches, by surname: from the roster, or in a large meeting page by page from the server. */
export function usePeople(query: string, language: string): People {
  const { session } = useServices();
  const roster = useMeeting((state) => state.roster);
  const complete = useMeeting((state) => state.rosterComplete);
  const [pages, setPages] = useState(nothing);
  const [firstPage, setFirstPage] = useState(0);
  const [lastPage, setLastPage] = useState(0);

  useEffect(() => {
    if (complete) return;
    const leaving = new AbortController();
    const left = () => leaving.signal.aborted;
    const load = async () => {
      for (let page = firstPage; page <= lastPage && !left(); page++) {
        const answer = await session.listParticipants(query, page * pageSize, pageSize).catch(() => null);
        // Without a connection the list stays as it was; the next round tries again.
        if (left() || !answer) return;
        setPages((before) => {
          const rows = new Map(before.query === query ? before.rows : []);
          answer.participants.forEach((participant, index) => rows.set(answer.offset + index, participant));
          return { query, total: answer.total, rows };
        });
      }
    };
    void load();
    const timer = setInterval(() => void load(), refreshMs);
    return () => {
      leaving.abort();
      clearInterval(timer);
    };
  }, [session, complete, query, firstPage, lastPage]);

  const local = useMemo(
    () => sortBySurname(roster.values(), language).filter((p) => matchesName(p.displayName, query)),
    [roster, language, query],
  );
  if (complete) return { count: local.length, at: (index) => local[index], show: () => undefined };
  return {
    count: pages.query === query ? pages.total : 0,
    at: (index) => pages.rows.get(index),
    show: (first, last) => {
      setFirstPage(Math.floor(first / pageSize));
      setLastPage(Math.floor(last / pageSize));
    },
  };
}
