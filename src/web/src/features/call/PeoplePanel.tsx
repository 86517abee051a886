import { CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '@/hooks/services';
import { usePeople } from '@/hooks/usePeople';
import { CopyLink } from '@/ui/CopyLink';
import { changeCallView, peopleButtonId } from './callView';
import classes from './PeoplePanel.module.css';
import { PersonRow } from './PersonRow';

const rowHeight = 64;
const searchFrom = 8;

const close = () => changeCallView({ panelOpen: false });

/** Everybody, by surname. Draws only the rows that are seen: two thousand scroll smoothly. */
export function PeoplePanel() {
  const { t, i18n } = useTranslation();
  const total = useMeeting((state) => state.participantCount);
  const selfId = useMeeting((state) => state.selfId);
  const speakers = useMeeting((state) => state.speakers);
  const code = useMeeting((state) => state.meeting?.code ?? '');
  const [query, setQuery] = useState('');
  const deferred = useDeferredValue(query);
  const heading = useRef<HTMLHeadingElement>(null);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = panel.current;
    heading.current?.focus();
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && element?.contains(event.target as Node)) close();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      // Back to where it was opened from.
      if (document.activeElement === document.body || element?.contains(document.activeElement)) {
        document.getElementById(peopleButtonId)?.focus();
      }
    };
  }, []);
  const people = usePeople(deferred, i18n.language);

  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- not memoised by the compiler, which is not used here
  const rows = useVirtualizer({
    count: people.count,
    getScrollElement: () => scroller,
    estimateSize: () => rowHeight,
    overscan: 8,
    onChange: ({ range }) => {
      if (range) people.show(range.startIndex, range.endIndex);
    },
    getItemKey: (index) => people.at(index)?.id ?? index,
  });

  return (
    <aside ref={panel} className={classes.panel} aria-labelledby="people-title">
      <div className={classes.head}>
        <h2 id="people-title" ref={heading} tabIndex={-1} className={classes.title}>
          {t('people.title', { count: total })}
        </h2>
        <CloseButton size="xl" aria-label={t('common.close')} onClick={close} />
      </div>
      {total >= searchFrom || query !== '' ? (
        <TextInput
          className={classes.search}
          aria-label={t('people.search')}
          placeholder={t('people.search')}
          leftSection={<IconSearch size={20} aria-hidden />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          data-testid="people-search"
        />
      ) : null}
      {/* Scrolled by keys as well: there is nothing else in it to go to. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={setScroller} tabIndex={0} className={classes.scroller} data-testid="participants-list">
        {people.count === 0 ? <p className={classes.nobody}>{t('people.nobody')}</p> : null}
        <ul className={classes.list} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const person = people.at(row.index);
            return person ? (
              <PersonRow
                key={row.key}
                person={person}
                self={person.id === selfId}
                speaking={speakers.includes(person.id)}
                top={row.start}
                height={rowHeight}
                position={row.index + 1}
                count={people.count}
              />
            ) : null;
          })}
        </ul>
      </div>
      <div className={classes.foot}>
        <CopyLink code={code} fullWidth />
      </div>
    </aside>
  );
}
