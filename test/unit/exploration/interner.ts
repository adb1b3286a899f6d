// Gives each different value a small number, so that a state is a few numbers, and what was worked out for a part of a state
// holds for every state with the same part.
export interface Interner<T> {
  numberOf(value: T): number;
  valueOf(number: number): T;
}

/** @param partOf what tells two values apart; of those that are alike in it, the first one stands for all */
export function createInterner<T>(partOf: (value: T) => unknown = (value) => value): Interner<T> {
  const numbers = new Map<string, number>();
  const values: T[] = [];
  return {
    numberOf(value) {
      const key = JSON.stringify(partOf(value));
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, values.length);
      values.push(value);
      return values.length - 1;
    },
    valueOf: (number) => values[number] as T,
  };
}
