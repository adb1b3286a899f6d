// Words from outside in HTML: text and attribute values.
import { longestMailText } from '../domain/request.ts';
import { plainText } from '../locales/plain-words.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(words: string): string {
  return words.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** A text that somebody wrote for a mail: several lines with their breaks, cut where it is longer than any form takes. */
export function escapeHtmlLines(words: string): string {
  return escapeHtml(plainText(words, longestMailText)).replace(/\n/g, '<br>\n');
}
