/** An exception of the API that ends in an envelope with `error`. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly hresult: number;
  /** Whether the data was changed before it went wrong. */
  readonly didWrite: boolean;

  constructor(status: number, reason: string, message: string, hresult: number, didWrite = false) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.hresult = hresult;
    this.didWrite = didWrite;
  }
}

/** ItemNotFoundException. */
export function notFound(didWrite = false): ApiError {
  return new ApiError(404, 'The record could not be found', 'Not found', -2_147_467_259, didWrite);
}

/** ArgumentException. */
export function invalidArgument(message = 'Value does not fall within the expected range.', didWrite = false): ApiError {
  return new ApiError(400, 'Invalid arguments', message, -2_147_024_809, didWrite);
}

/** A parameter that does not convert: FormatException inside. */
export function badFormat(message = 'Input string was not in a correct format.'): ApiError {
  return new ApiError(400, 'Invalid arguments', message, -2_146_233_033);
}

/** A number beyond 32 bit: OverflowException inside. */
export function overflow(): ApiError {
  return new ApiError(400, 'Invalid arguments', 'Value was either too large or too small for an Int32.', -2_146_233_066);
}

/** SecurityException of the CRM. */
export function accessDenied(): ApiError {
  return new ApiError(403, 'Access denied', 'Access Denied', -2_146_233_078);
}

/** InvalidOperationException, which is a 403 as well. */
export function invalidOperation(message: string, didWrite = false): ApiError {
  return new ApiError(403, 'Server error', message, -2_146_233_079, didWrite);
}

/** A log-in from an address that is not on the portal's list. */
export function addressRefused(): ApiError {
  return serverError("Exception of type 'ASC.IPSecurity.IPSecurityException' was thrown.");
}

/** The user may not use the CRM at all. */
export function productForbidden(): ApiError {
  return new ApiError(403, 'Server error', 'Forbidden', -2_147_467_259);
}

/** Whatever the API does not map, wrong passwords included. */
export function serverError(message: string): ApiError {
  return new ApiError(500, 'Server error', message, -2_146_233_087);
}
