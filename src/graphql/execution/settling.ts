/** The members of an object of the answer, or promises of them, by the keys of the answer. */
export type Members = Record<string, unknown>;

/** Whether a resolver gave a promise, of whatever make. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** One of Node.js' own is left as it is. */
export function toPromise<T>(value: PromiseLike<T>): Promise<T> {
  return Promise.resolve(value);
}

/** Puts a member into its object once it is there. */
export function putWhenSettled(answer: Members, key: string, value: Promise<unknown>): Promise<unknown> {
  return value.then((settled) => void (answer[key] = settled));
}

/** Throws an error once the other members are heard, or the first of them has failed as well. */
export function failWhenSettled(members: readonly Promise<unknown>[], answer: Members, error: unknown): Promise<never> {
  const fail = (): never => {
    throw error;
  };
  return whenSettled(members, answer).then(fail, fail);
}

/** Gives an object when its members are there. It takes as many turns as graphql-tools' executor, so that errors come in the same order. */
export function whenSettled(members: readonly Promise<unknown>[], answer: Members): Promise<Members> {
  const [only] = members;
  return (members.length === 1 && only !== undefined ? only : Promise.all(members)).then(() => answer);
}
