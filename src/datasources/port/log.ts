/** The part of pino's logger that the datasources use. Members first, sentence second. Never log contact data or credentials. */
export interface Log {
  debug(members: object, message: string): void;
  info(members: object, message: string): void;
  warn(members: object, message: string): void;
  error(members: object, message: string): void;
}
