/** Why a device cannot be used, in the terms of the advice that helps. */
export type DeviceProblem = 'denied' | 'notFound' | 'busy' | 'insecure' | 'unsupported' | 'disconnected' | 'unknown';

/** Null when devices can be asked for at all. */
export function environmentProblem(): DeviceProblem | null {
  if (!window.isSecureContext) return 'insecure';
  // Typed as always there, but old or locked-down browsers lack it.
  return (navigator as Partial<Navigator>).mediaDevices?.getUserMedia === undefined ? 'unsupported' : null;
}

/** https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia names the errors. */
export function problemOf(error: unknown): DeviceProblem {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'notFound';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy';
    default:
      return 'unknown';
  }
}
