// Teams' own cards about a file: may it be put into the person's OneDrive, and there it is. In the personal chat alone.
// https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
import type { FileView } from '../domain/message-views.ts';
import type { Message } from './connector-calls.ts';
import type { UploadPlace } from './incoming-files.ts';

/** What the answer carries is a wish: the list is made for who agrees, by what they may see then. */
export function fileConsentCard({ file }: FileView, description: string): Message {
  const context = { request: file.request, what: 'bulkList' };
  return {
    type: 'message',
    summary: description,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.teams.card.file.consent',
        name: file.name,
        content: { description, sizeInBytes: file.sizeBytes, acceptContext: context, declineContext: context },
      },
    ],
  };
}

export function fileInfoCard({ name, contentUrl, uniqueId, fileType }: UploadPlace): Message {
  return {
    type: 'message',
    summary: name,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.teams.card.file.info',
        contentUrl,
        name,
        content: { uniqueId, fileType },
      },
    ],
  };
}
