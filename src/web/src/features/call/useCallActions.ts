import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { linkOf } from '@/core/meeting/invitation';
import { copyText } from '@/hooks/clipboard';
import { useServices } from '@/hooks/services';
import { showToast } from '@/hooks/toasts';

export interface CallActions {
  setMicrophone: (on: boolean) => void;
  toggleMicrophone: () => void;
  toggleCamera: () => void;
  toggleScreen: () => void;
  copyInvitation: () => void;
  leave: () => void;
}

/** What buttons, menus and keys do. */
export function useCallActions(): CallActions {
  const { t } = useTranslation();
  const { local, session } = useServices();
  return useMemo(() => {
    const media = () => local.store.getState();
    const setMicrophone = (on: boolean) => (on ? void local.open('microphone') : local.muteMicrophone());
    const share = async () => {
      try {
        await local.startScreen();
      } catch (error) {
        // Closing the browser's choice is an answer, not a failure.
        if (!(error instanceof Error && error.name === 'NotAllowedError'))
          showToast(t('errors.screen_failed.title'), 'problem');
      }
    };
    const copy = async () => {
      const code = session.store.getState().meeting?.code ?? '';
      if (await copyText(linkOf(code))) showToast(t('invite.copied'));
      else showToast(t('invite.failed', { link: linkOf(code) }), 'problem');
    };
    return {
      setMicrophone,
      toggleMicrophone: () => setMicrophone(!media().microphone.on),
      toggleCamera: () => (media().camera.on ? local.close('camera') : void local.open('camera')),
      toggleScreen: () => (media().screen.video ? local.stopScreen() : void share()),
      copyInvitation: () => void copy(),
      leave: () => void session.leave(),
    };
  }, [local, session, t]);
}
