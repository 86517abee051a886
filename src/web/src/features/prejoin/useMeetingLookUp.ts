import { useEffect, useState } from 'react';
import type { MeetingInfo } from '@/core/contracts';
import { codeOf } from '@/core/errors';
import { useServices } from '@/hooks/services';

/** Looks the meeting up as soon as there is a connection: whoever has a wrong link learns it before they have set up their camera. */
export function useMeetingLookUp(code: string, onNotFound: () => void): { info: MeetingInfo | null; waiting: boolean } {
  const { signalling } = useServices();
  const [info, setInfo] = useState<MeetingInfo | null>(null);
  useEffect(() => {
    let current = true;
    const lookUp = async () => {
      try {
        const found = await signalling.call('LookUpMeeting', { code });
        if (current) setInfo(found);
      } catch (error) {
        if (current && codeOf(error) === 'meeting_not_found') onNotFound();
      }
    };
    signalling.start();
    if (signalling.state === 'connected') void lookUp();
    const off = signalling.onState((state) => {
      if (state === 'connected') void lookUp();
    });
    return () => {
      current = false;
      off();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the caller's callback is another one at each rendering
  }, [code, signalling]);
  return { info, waiting: info === null };
}
