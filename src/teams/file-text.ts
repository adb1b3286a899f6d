// From the bytes of an attached list to its text, as spreadsheets write it.
import { InputError } from '../domain/errors.ts';

/**
 * By its byte order mark; without one it is UTF-8, or, where it is no UTF-8, the Windows code page of the west (Excel's "CSV").
 * @throws InputError `fileNotCsv` for what is no text
 */
export function decodeFile(bytes: Uint8Array): string {
  const text = decode(bytes);
  // Control characters other than tab and line ends: a workbook, a picture, a program.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0008\u000e-\u001f\ufffe\uffff]/.test(text)) throw new InputError('fileNotCsv');
  return text;
}

function decode(bytes: Uint8Array): string {
  // Each decoder drops the mark of its own kind.
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
