import { useEffect, useState } from 'react';

const patienceMs = 5_000;

/** True once nobody has been able to see the page for a while: a glance at another tab changes nothing. */
export function usePageHidden(): boolean {
  const [hidden, setHidden] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const follow = () => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => setHidden(true), patienceMs);
      else setHidden(false);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', follow);
    };
  }, []);
  return hidden;
}
