import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useElementSize } from '@/hooks/useElementSize';
import { usePageHidden } from '@/hooks/usePageHidden';
import { useMeeting, useServices, useStageOrder } from '@/hooks/services';
import { AloneCard } from './AloneCard';
import { changeCallView, useCallView } from './callView';
import { SelfView } from './SelfView';
import classes from './Stage.module.css';
import { sceneOf, wantedTiles } from './stageTiles';
import { Tile } from './Tile';

/** Everybody else's tiles, and one's own picture above them. */
export function Stage() {
  const { t } = useTranslation();
  const { session, stage } = useServices();
  const [attach, size] = useElementSize();
  const roster = useMeeting((state) => state.roster);
  const speakers = useMeeting((state) => state.speakers);
  const order = useStageOrder((state) => state);
  const { view, pinned, page } = useCallView();
  const hidden = usePageHidden();
  const scene = useMemo(
    () => sceneOf({ size, roster, order, view, pinned, page }),
    [size, roster, order, view, pinned, page],
  );
  useEffect(() => stage.showPerPage(scene.perPage), [stage, scene.perPage]);
  useEffect(
    () => session.showTiles(wantedTiles(scene.tiles, speakers, window.devicePixelRatio, hidden)),
    [session, scene.tiles, speakers, hidden],
  );
  // Back to a page that exists, so that the next press counts from there.
  useEffect(() => changeCallView({ page: scene.page }), [scene.page]);

  return (
    <div className={classes.stage}>
      <div ref={attach} className={classes.tiles} data-testid="stage">
        {scene.tiles.map((tile) => (
          <Tile
            key={tile.key}
            tile={tile}
            speaking={tile.source === 'camera' && speakers.includes(tile.participant.id)}
          />
        ))}
        {order.order.length === 0 ? <AloneCard /> : null}
        <SelfView />
      </div>
      {scene.pages > 1 ? (
        <nav className={classes.pages} aria-label={t('stage.pages')}>
          <ActionIcon
            variant="default"
            size={44}
            disabled={scene.page === 0}
            aria-label={t('stage.previous')}
            onClick={() => changeCallView({ page: scene.page - 1 })}
          >
            <IconChevronLeft aria-hidden />
          </ActionIcon>
          <span aria-live="polite">{t('stage.page', { page: scene.page + 1, pages: scene.pages })}</span>
          <ActionIcon
            variant="default"
            size={44}
            disabled={scene.page === scene.pages - 1}
            aria-label={t('stage.next')}
            onClick={() => changeCallView({ page: scene.page + 1 })}
            data-testid="stage-next"
          >
            <IconChevronRight aria-hidden />
          </ActionIcon>
        </nav>
      ) : null}
    </div>
  );
}
