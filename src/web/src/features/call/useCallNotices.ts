import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '@/hooks/services';
import { showToast } from '@/hooks/toasts';
import type { LocalMediaState } from '@/core/media/LocalMedia';
import { useCallView } from './callView';

const gatherMs = 1_200;

/** In a large meeting comings and goings are no news. */
const quietFrom = 25;

/** Tells comings and goings, several at once, and devices that stop working. */
export function useCallNotices(): void {
  const { t } = useTranslation();
  const { session, local } = useServices();

  useEffect(() => {
    const gathered = { joined: [] as string[], left: [] as string[] };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      for (const kind of ['joined', 'left'] as const) {
        const names = gathered[kind].splice(0);
        const [name] = names;
        if (name === undefined) continue;
        showToast(
          names.length === 1 ? t(`notices.${kind}`, { name }) : t(`notices.${kind}Several`, { count: names.length }),
        );
      }
    };
    const off = session.onNotice(({ kind, names }) => {
      // Who looks at the list sees it there.
      if (session.store.getState().participantCount >= quietFrom || useCallView.getState().panelOpen) return;
      gathered[kind].push(...names);
      timer ??= setTimeout(tell, gatherMs);
    });
    return () => {
      clearTimeout(timer);
      off();
    };
  }, [session, t]);

  useEffect(() => {
    const tell = (kind: 'microphone' | 'camera', state: LocalMediaState, before: LocalMediaState) => {
      const { problem } = state[kind];
      if (problem !== null && problem !== before[kind].problem) {
        showToast(`${t(`problems.${problem}.${kind}`)} ${t(`problems.${problem}.advice`)}`, 'problem');
      }
    };
    return local.store.subscribe((state, before) => {
      tell('microphone', state, before);
      tell('camera', state, before);
    });
  }, [local, t]);
}
