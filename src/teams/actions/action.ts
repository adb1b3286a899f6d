// A button: its verb, and what a press does. What the button carries is read by `cards/button-data.ts` before.
import type { ButtonOf, Verb } from '../../cards/button-data.ts';
import type { Answer, Turn } from '../turn.ts';

export type Action<V extends Verb> = (turn: Turn, button: ButtonOf<V>) => Promise<Answer>;

export type Actions = { [V in Verb]: Action<V> };
