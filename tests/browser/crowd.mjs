// Participants without media, for the tests: they join through the real hub and are seen in lists and tiles.
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

/** Joins `people` ({ name, camera?, microphone? }) one after another. `leave()` of each ends it; all leave with the test. */
export async function startCrowd(t, baseUrl, code, people) {
  const crowd = [];
  t.after(() => Promise.all(crowd.map((member) => member.connection.stop())));
  for (const { name, camera = false, microphone = false } of people) {
    const connection = new HubConnectionBuilder().withUrl(`${baseUrl}/hub`).configureLogging(LogLevel.None).build();
    await connection.start();
    const devices = { microphone, camera, screen: false };
    const { value, error } = await connection.invoke('Join', { code, displayName: name, devices, resumeToken: null });
    if (error) throw new Error(`${name} cannot join: ${error.code} ${error.message}`);
    crowd.push({
      connection,
      id: value.participantId,
      setDevices: (change) => connection.invoke('SetDeviceState', { ...devices, ...change }),
      leave: () => connection.invoke('Leave'),
    });
  }
  return crowd;
}
