// The Node.js that the packages need (docs/decisions: ESM and Node).
import { InputError } from './domain/errors.ts';

const oldest = [22, 13] as const;

/** @throws InputError `node` */
export function checkNode(found: string): void {
  const [major = 0, minor = 0] = found.split('.').map(Number);
  const isEnough = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
  if (!isEnough)
    throw new InputError('node', { faults: `Node.js ${oldest.join('.')} or newer is needed; this is ${found}.` });
}
