import type { Call } from '../../port/call.ts';
import type { UserRecord } from '../../port/records/staff.ts';
import { SourceError } from '../../port/source-error.ts';
import type { SourceHttp } from '../../http/source-http.ts';
import type { CallgearRowReader } from './row-reader.ts';
import { toUser, unknownUser } from '../mapping/reference.ts';
import { GET_EMPLOYEES } from '../methods.ts';

/** With what employees are read. */
export interface CallgearUsersOptions {
  readonly source: string;
  readonly http: SourceHttp;
  readonly rows: CallgearRowReader;
}

type FoundUsers = ReadonlyMap<string, UserRecord | SourceError>;

/** The account's employees. */
export class CallgearUsers {
  readonly #options: CallgearUsersOptions;

  constructor(options: CallgearUsersOptions) {
    this.#options = options;
  }

  /**
   * Finds users by id. Without the right to read employees each has an id and nothing else, and health says why.
   * Cost: 1 call for up to 250 ids.
   */
  async findByIds(ids: readonly string[], call: Call): Promise<FoundUsers> {
    try {
      const users = await this.#options.rows.findByIds(GET_EMPLOYEES, ids, toUser, call);
      this.#options.http.noteLimitation(null);
      return users;
    } catch (error) {
      if (!this.#isLackOfRights(error)) throw error;
      return new Map(ids.map((id) => [id, unknownUser(id)]));
    }
  }

  /** Lists all users. @throws SourceError FORBIDDEN without the right to read employees. */
  async list(call: Call): Promise<readonly UserRecord[]> {
    try {
      const users = await this.#options.rows.readAll(GET_EMPLOYEES, toUser, call);
      this.#options.http.noteLimitation(null);
      return users;
    } catch (error) {
      this.#isLackOfRights(error);
      throw error;
    }
  }

  /** A right that is missing for good is reported once, by health; the account being off altogether is another matter. */
  #isLackOfRights(error: unknown): boolean {
    const { source, http } = this.#options;
    if (!(error instanceof SourceError) || !LACKS_OF_RIGHTS.has(error.errorKey)) return false;
    http.noteLimitation(
      new SourceError(source, 'FORBIDDEN', `${source} does not let the configured user read employees: responsible users have no e-mail`, {
        cause: error,
        errorKey: error.errorKey,
      }),
    );
    return true;
  }
}

const LACKS_OF_RIGHTS: ReadonlySet<string | undefined> = new Set([
  'forbidden',
  'method_component_disabled',
  'parameter_component_disabled',
  'component_disabled',
]);
