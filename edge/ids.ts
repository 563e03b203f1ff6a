import { uuidv7 } from 'uuidv7';
import type { DecisionId, RequestId, SessionId, VisitId } from '../kernel/domain/ids.ts';

/** Where new ids come from. */
export interface Ids {
  decision(): DecisionId;
  request(): RequestId;
  session(): SessionId;
  visit(): VisitId;
}

export const randomIds: Ids = {
  decision: () => uuidv7() as DecisionId,
  request: () => uuidv7() as RequestId,
  session: () => uuidv7() as SessionId,
  visit: () => uuidv7() as VisitId,
};
