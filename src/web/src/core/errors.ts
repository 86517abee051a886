import type { ErrorCode } from './contracts';

/** What can go wrong, by a stable identifier: the server's refusals and what only the client can notice. The texts are in `i18n`. */
export type ProblemCode = ErrorCode | 'server_unreachable' | 'media_blocked' | 'screen_failed' | 'unexpected';

export class MeetingError extends Error {
  constructor(
    readonly code: ProblemCode,
    message: string,
  ) {
    super(message);
    this.name = 'MeetingError';
  }
}

export const codeOf = (error: unknown): ProblemCode => (error instanceof MeetingError ? error.code : 'unexpected');
