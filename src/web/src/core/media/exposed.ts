interface Exposed {
  pc: RTCPeerConnection;
  /** Offers sent since the page was loaded. */
  negotiations: number;
}

declare global {
  interface Window {
    __mediaServer?: Exposed;
  }
}

/** For the browser tests and for whoever looks for a fault in the browser's console: the connection and its statistics. */
export function exposeToTests(pc: RTCPeerConnection, { negotiated = false } = {}): void {
  window.__mediaServer = { pc, negotiations: (window.__mediaServer?.negotiations ?? 0) + (negotiated ? 1 : 0) };
}
