import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { StageOrder, StageOrderState } from '@/core/layout/StageOrder';
import type { LocalMedia, LocalMediaState } from '@/core/media/LocalMedia';
import type { MeetingSession } from '@/core/meeting/MeetingSession';
import type { MeetingState } from '@/core/meeting/meetingStore';
import type { SignallingConnection } from '@/core/signalling/SignallingConnection';

/** What lives as long as the page. */
export interface Services {
  signalling: SignallingConnection;
  local: LocalMedia;
  session: MeetingSession;
  stage: StageOrder;
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('ServicesContext is missing.');
  return services;
}

export const useMeeting = <T>(select: (state: MeetingState) => T): T => useStore(useServices().session.store, select);
export const useLocalMedia = <T>(select: (state: LocalMediaState) => T): T =>
  useStore(useServices().local.store, select);
export const useStageOrder = <T>(select: (state: StageOrderState) => T): T =>
  useStore(useServices().stage.store, select);
