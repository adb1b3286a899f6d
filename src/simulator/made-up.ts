// Ids and names that look random but repeat from run to run, so that a test or a demo can be told by its output.
import { createHash } from 'node:crypto';

// Without I, O, U and the like: as Windows 365 names, these are read out on the telephone.
const suffixLetters = '0123456789ABCDEFGHJKLMNPQRSTVWXZ';

/** A GUID (version 4 in form) made from the words given. */
export function madeUpId(...words: readonly (string | number)[]): string {
  const hex = digest(words).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** 'CPC-ben-2M8TD' becomes 'CPC-ben-' and five other letters: the naming template CPC-%USERNAME:5%-%RAND:5%. */
export function madeUpDeviceName(oldName: string, build: number): string {
  const stem = oldName.slice(0, oldName.lastIndexOf('-') + 1);
  const letters = [...digest([oldName, build]).subarray(0, 5)].map((byte) => suffixLetters[byte % 32]);
  return stem + letters.join('');
}

function digest(words: readonly (string | number)[]): Buffer {
  return createHash('sha256').update(words.join('\n')).digest();
}
