// Words from outside in HTML: text and attribute values.
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

/** The longest text of its own that a mail may carry. */
const mostCharacters = 3000;

/** Several lines, with their breaks. */
export function escapeHtmlLines(words: string): string {
  return escapeHtml(plainText(words, mostCharacters)).replace(/\n/g, '<br>\n');
}
