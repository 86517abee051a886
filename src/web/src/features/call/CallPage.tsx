import { lazy, Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useServices } from '@/hooks/services';
import { clearToasts } from '@/hooks/toasts';
import { useShortcuts } from '@/hooks/useShortcuts';
import { useTitle } from '@/hooks/useTitle';
import { Banners } from './Banners';
import { CallBar } from './CallBar';
import { CallHeader } from './CallHeader';
import classes from './CallPage.module.css';
import { changeCallView, resetCallView, togglePanel, useCallView } from './callView';
import { Stage } from './Stage';
import { useCallActions } from './useCallActions';
import { useCallNotices } from './useCallNotices';

const PeoplePanel = lazy(() => import('./PeoplePanel').then(({ PeoplePanel }) => ({ default: PeoplePanel })));
const DevicesDialog = lazy(() => import('./DevicesDialog').then(({ DevicesDialog }) => ({ default: DevicesDialog })));
const ShortcutsDialog = lazy(() =>
  import('./ShortcutsDialog').then(({ ShortcutsDialog }) => ({ default: ShortcutsDialog })),
);

export function CallPage() {
  const { t } = useTranslation();
  const { local } = useServices();
  const title = useMeeting((state) => state.meeting?.title);
  const { panelOpen, dialog } = useCallView();
  const actions = useCallActions();
  const heldOpen = useRef(false);
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever cannot see it hears where they are; and the space bar talks.
  useEffect(() => heading.current?.focus(), []);
  useEffect(
    () => () => {
      resetCallView();
      clearToasts();
    },
    [],
  );
  useTitle(title || t('call.title'));
  useCallNotices();

  useShortcuts({
    keys: {
      KeyM: actions.toggleMicrophone,
      KeyV: actions.toggleCamera,
      KeyS: actions.toggleScreen,
      KeyE: actions.toggleScreen,
      KeyP: togglePanel,
    },
    help: () => changeCallView({ dialog: 'shortcuts' }),
    talk: (held) => {
      if (held && !local.store.getState().microphone.on) {
        heldOpen.current = true;
        actions.setMicrophone(true);
      } else if (!held && heldOpen.current) {
        heldOpen.current = false;
        actions.setMicrophone(false);
      }
    },
  });

  return (
    <div className={classes.call}>
      <CallHeader />
      <Banners />
      <div className={classes.middle}>
        <main className={classes.main}>
          <h1 ref={heading} tabIndex={-1} className="visually-hidden">
            {title || t('call.title')}
          </h1>
          <Stage />
        </main>
        <Suspense fallback={null}>{panelOpen ? <PeoplePanel /> : null}</Suspense>
      </div>
      <CallBar actions={actions} />
      <Suspense fallback={null}>
        {dialog === 'devices' ? <DevicesDialog /> : null}
        {dialog === 'shortcuts' ? <ShortcutsDialog /> : null}
      </Suspense>
    </div>
  );
}
