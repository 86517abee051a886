// Generated from src/MediaServer.Contracts. Do not edit: see docs/protocol.md.

export const errorCodes = [
  'invalid_argument',
  'meeting_not_found',
  'meeting_full',
  'not_joined',
  'resume_token_invalid',
  'sdp_invalid',
  'sdp_unsupported',
  'slot_unknown',
  'participant_unknown',
  'rate_limited',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export type MediaSource = 'microphone' | 'camera' | 'screen' | 'screenAudio';

export type QualityLevel = 'good' | 'fair' | 'poor';

export interface ChooseSlotsRequest {
  slots: SlotChoice[];
}

export interface CreateMeetingRequest {
  title: string | null;
}

export interface DeviceState {
  microphone: boolean;
  camera: boolean;
  screen: boolean;
}

export type Done = Record<string, never>;

export interface EndedNotice {
  code: string;
}

export interface HubError {
  code: ErrorCode;
  message: string;
}

export interface HubResult<T> {
  value: T | null;
  error: HubError | null;
}

export interface IceServer {
  urls: string[];
  username: string | null;
  credential: string | null;
}

export interface JoinRequest {
  code: string;
  displayName: string;
  devices: DeviceState;
  resumeToken: string | null;
}

export interface JoinedMeeting {
  meeting: MeetingInfo;
  participantId: string;
  resumeToken: string;
  resumed: boolean;
  sequence: number;
  participants: Participant[];
  rosterComplete: boolean;
  speakers: string[];
  iceServers: IceServer[];
  audioSlots: number;
  maxVideoSlots: number;
}

export interface LayersWantedUpdate {
  source: MediaSource;
  layers: boolean[];
}

export interface ListParticipantsRequest {
  query: string | null;
  offset: number;
  limit: number;
}

export interface LookUpMeetingRequest {
  code: string;
}

export interface MeetingDelta {
  from: number;
  sequence: number;
  participantCount: number;
  rosterComplete: boolean;
  joined: Participant[];
  updated: Participant[];
  left: string[];
}

export interface MeetingInfo {
  code: string;
  title: string;
  participantCount: number;
}

export interface NegotiateReply {
  sdp: string;
}

export interface NegotiateRequest {
  sdp: string;
  publications: PublicationLine[];
  restart: boolean;
}

export interface Participant {
  id: string;
  number: number;
  displayName: string;
  devices: DeviceState;
  connected: boolean;
  joinedAt: string;
}

export interface ParticipantPage {
  participants: Participant[];
  offset: number;
  total: number;
  sequence: number;
}

export interface PublicationLine {
  mid: string;
  source: MediaSource;
}

export interface QualityUpdate {
  level: QualityLevel;
  uplinkLossPercent: number;
  downlinkLossPercent: number;
  roundTripMs: number;
}

export interface SlotChoice {
  mid: string;
  participantId: string | null;
  source: MediaSource;
  height: number;
  priority: number;
}

export interface SlotState {
  mid: string;
  participantId: string | null;
  source: MediaSource | null;
  suspended: boolean;
}

export interface SlotsUpdate {
  slots: SlotState[];
}

export interface SpeakersUpdate {
  participantIds: string[];
}

export interface TransportLostNotice {
  reason: string;
}

/** What the client calls. */
export interface MeetingHub {
  CreateMeeting(request: CreateMeetingRequest): Promise<HubResult<MeetingInfo>>;
  LookUpMeeting(request: LookUpMeetingRequest): Promise<HubResult<MeetingInfo>>;
  Join(request: JoinRequest): Promise<HubResult<JoinedMeeting>>;
  Negotiate(request: NegotiateRequest): Promise<HubResult<NegotiateReply>>;
  ChooseSlots(request: ChooseSlotsRequest): Promise<HubResult<Done>>;
  SetDeviceState(request: DeviceState): Promise<HubResult<Done>>;
  ListParticipants(request: ListParticipantsRequest): Promise<HubResult<ParticipantPage>>;
  Leave(): Promise<HubResult<Done>>;
}

/** What the server calls. */
export interface MeetingClient {
  MeetingChanged(delta: MeetingDelta): void;
  SpeakersChanged(update: SpeakersUpdate): void;
  SlotsChanged(update: SlotsUpdate): void;
  LayersWanted(update: LayersWantedUpdate): void;
  ConnectionQuality(update: QualityUpdate): void;
  TransportLost(notice: TransportLostNotice): void;
  Ended(notice: EndedNotice): void;
}
