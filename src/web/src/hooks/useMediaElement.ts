import { useCallback } from 'react';

/** A ref for a video element that shows `stream`. */
export function useStream(stream: MediaStream | null): (element: HTMLVideoElement | null) => void {
  return useCallback(
    (element: HTMLVideoElement | null) => {
      if (!element || element.srcObject === stream) return;
      element.srcObject = stream;
      // Muted and inline: browsers play it without a touch. A refusal shows the first frame.
      if (stream) void element.play().catch(() => undefined);
    },
    [stream],
  );
}
