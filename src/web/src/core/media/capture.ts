export type CaptureKind = 'microphone' | 'camera';

const constraints: Record<CaptureKind, MediaTrackConstraints> = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
};

/** Opens a device; the default one when the remembered one is not there any more. Rejects with the browser's error. */
export async function openDevice(kind: CaptureKind, deviceId: string | null): Promise<MediaStreamTrack> {
  if (deviceId !== null) {
    try {
      return await request(kind, { ...constraints[kind], deviceId: { exact: deviceId } });
    } catch (error) {
      const gone = error instanceof Error && (error.name === 'OverconstrainedError' || error.name === 'NotFoundError');
      if (!gone) throw error;
    }
  }
  return request(kind, constraints[kind]);
}

/** Both at once, so that the person is asked once. Null when that fails: then each is opened alone and tells its own problem. */
export async function openTogether(
  microphoneId: string | null,
  cameraId: string | null,
): Promise<Record<CaptureKind, MediaStreamTrack> | null> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { ...constraints.microphone, deviceId: microphoneId ?? undefined },
      video: { ...constraints.camera, deviceId: cameraId ?? undefined },
    });
    const [microphone] = stream.getAudioTracks();
    const [camera] = stream.getVideoTracks();
    if (!microphone || !camera) return null;
    microphone.contentHint = 'speech';
    return { microphone, camera };
  } catch {
    return null;
  }
}

async function request(kind: CaptureKind, wanted: MediaTrackConstraints): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia(
    kind === 'microphone' ? { audio: wanted } : { video: wanted },
  );
  const track = stream.getTracks()[0];
  if (!track) throw new DOMException('The browser gave no track.', 'NotFoundError');
  if (kind === 'microphone') track.contentHint = 'speech';
  return track;
}

export const canShareScreen = (): boolean =>
  typeof (navigator as Partial<Navigator>).mediaDevices?.getDisplayMedia === 'function';

export async function openScreen(): Promise<{ video: MediaStreamTrack; audio: MediaStreamTrack | null }> {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { ideal: 15, max: 30 } },
    audio: true,
  });
  const video = stream.getVideoTracks()[0];
  if (!video) throw new DOMException('The browser gave no picture.', 'NotFoundError');
  // Text stays sharp when bandwidth is short.
  video.contentHint = 'detail';
  return { video, audio: stream.getAudioTracks()[0] ?? null };
}
