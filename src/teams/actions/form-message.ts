// The message that carried a form.
import type { FormMessage } from '../../requests/submit-reprovision.ts';
import type { Turn } from '../turn.ts';

/** In a personal chat it becomes the requester's card. */
export function formMessage({
  place,
  conversation,
  replyToId,
}: Turn['incoming'] & { replyToId?: string | null }): FormMessage {
  if (place !== 'personal') return { conversationId: null, activityId: null };
  return { conversationId: conversation?.conversationId ?? null, activityId: replyToId ?? null };
}
