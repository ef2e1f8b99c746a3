/** A code and a message template for each mnemonic; one code serves many mnemonics, so only the mnemonic tells errors apart. */
const ERRORS = {
  parse_error: { code: -32700, message: 'Invalid JSON was received by the server.' },
  invalid_request: { code: -32600, message: 'Invalid Request The JSON sent is not a valid Request object' },
  method_not_found: { code: -32601, message: 'The method does not exist / is not available' },
  internal_error: { code: -32603, message: 'Internal error, contact the support service' },
  access_token_expired: { code: -32001, message: 'Access token has been expired' },
  access_token_blocked: { code: -32001, message: 'Access token has been blocked' },
  access_token_invalid: { code: -32001, message: 'Access token is invalid' },
  auth_error: { code: -32001, message: 'Login or password is wrong' },
  ip_not_whitelisted: { code: -32003, message: 'Your IP {ip} is not whitelisted' },
  forbidden: { code: -32003, message: 'Permission denied' },
  method_component_disabled: {
    code: -32008,
    message: 'You need at least one of the following components to access this method: {components}',
  },
  account_inactive: { code: -32009, message: 'Your account has been disabled, contact the support service' },
  limit_exceeded: {
    code: -32029,
    message: 'Limit per {limit_type} has been exceeded. Value of current limit per {limit_type} is {limit_max_value}',
  },
  batch_opreations_not_supported: { code: -32099, message: 'Batch operations not supported' },
  batch_operations_not_supported: { code: -32099, message: 'Batch operations not supported' },
  notifications_not_supported: { code: -32099, message: 'Notifications not supported' },
  data_type_error: { code: -32602, message: 'Data supplied is of wrong type' },
  required_parameter_missed: { code: -32602, message: 'The required parameter has been missed' },
  invalid_parameter_value: { code: -32602, message: 'Invalid parameter value' },
  unexpected_parameters: { code: -32602, message: 'Unexpected method parameter(s)' },
  invalid_parameters_combination: { code: -32602, message: 'The combination of parameters is not permitted' },
  filter_prohibited: { code: -32602, message: 'Filter by parameter is prohibited' },
  sort_prohibited: { code: -32602, message: 'Sort by parameter is prohibited' },
  entity_not_found: { code: -32602, message: 'Entity not found' },
  dependency_error: { code: -32602, message: 'You have interdependent entities' },
} as const satisfies Record<string, { code: number; message: string }>;

/** The stable key of an error, as sent in `error.data.mnemonic`. */
export type Mnemonic = keyof typeof ERRORS;

/** What an error says beside its mnemonic. */
export interface RpcErrorDetails {
  readonly field?: string;
  /** As the client sent it. */
  readonly value?: unknown;
  /** What the message template is filled with. */
  readonly params?: Readonly<Record<string, string | number>>;
  /** Instead of the documented one: the same mnemonic comes with several codes. */
  readonly code?: number;
}

/** Body of `error.data` without metadata: every key is present, absent values are null. */
export interface RpcErrorData {
  readonly mnemonic: Mnemonic;
  readonly field: string | null;
  readonly value: string | null;
  readonly params: Readonly<Record<string, string | number>>;
  readonly extended_helper: null;
}

/** An error that is answered inside a JSON-RPC reply. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly data: RpcErrorData;

  constructor(mnemonic: Mnemonic, details: RpcErrorDetails = {}) {
    const { code, message } = ERRORS[mnemonic];
    const params = details.params ?? {};
    super(message.replaceAll(/\{(\w+)\}/g, (whole, key: string) => String(params[key] ?? whole)));
    this.code = details.code ?? code;
    this.data = { mnemonic, field: details.field ?? null, value: valueText(details.value), params, extended_helper: null };
  }
}

function valueText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
