// Files that come with a message, and the answer to a file that the bot offers. Both in the personal chat alone.
// https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
import type { Activity } from 'botbuilder';
import { z } from 'zod/v4';

/** A file that came with a message, in the person's OneDrive. Its URL lets whoever has it in, for some minutes. */
export interface AttachedFile {
  name: string;
  url: string;
  /** As the name ends, without the dot; null when Teams did not say. */
  fileType: string | null;
}

/** Where Teams has made room for a file that the person agreed to. */
export interface UploadPlace {
  uploadUrl: string;
  contentUrl: string;
  name: string;
  uniqueId: string;
  fileType: string;
}

export interface FileConsent {
  kind: 'fileConsent';
  action: 'accept' | 'decline';
  /** The request whose list it is: a wish, looked up again among what the person may see. */
  requestId: string;
  /** null: declined. */
  upload: UploadPlace | null;
  /** The message that asked; null when Teams did not say. */
  consentActivityId: string | null;
}

const mostFiles = 5;
const url = z.string().min(1).max(8192);
const fileName = z.string().min(1).max(256);

const fileShape = z.object({
  contentType: z.literal('application/vnd.microsoft.teams.file.download.info'),
  name: fileName,
  content: z.object({ downloadUrl: url, fileType: z.string().max(64).nullish().catch(null) }),
});

/** What came with a message; other attachments are its text once more, or pictures. */
export function readFiles({ attachments }: Activity): AttachedFile[] {
  const files = (attachments ?? []).flatMap((attachment): AttachedFile[] => {
    const { data } = fileShape.safeParse(attachment);
    return data ? [{ name: data.name, url: data.content.downloadUrl, fileType: data.content.fileType ?? null }] : [];
  });
  return files.slice(0, mostFiles);
}

const consentContext = z.object({ request: z.guid().transform((id) => id.toLowerCase()), what: z.literal('bulkList') });
const consentShape = z.discriminatedUnion('action', [
  z.object({
    type: z.literal('fileUpload'),
    action: z.literal('accept'),
    context: consentContext,
    uploadInfo: z.object({
      contentUrl: url,
      name: fileName,
      uploadUrl: url,
      uniqueId: z.string().min(1).max(256),
      fileType: z.string().max(64),
    }),
  }),
  z.object({ type: z.literal('fileUpload'), action: z.literal('decline'), context: consentContext }),
]);

/** null: it is no answer about a file, or one that no card of ours asked for. */
export function readFileConsent({ type, name, value, replyToId }: Activity): FileConsent | null {
  if (type !== 'invoke' || name !== 'fileConsent/invoke') return null;
  const { data } = consentShape.safeParse(value);
  if (!data) return null;
  const upload = data.action === 'accept' ? data.uploadInfo : null;
  const { action, context } = data;
  return { kind: 'fileConsent', action, requestId: context.request, upload, consentActivityId: replyToId ?? null };
}
