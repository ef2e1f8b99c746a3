/**
 * What a page may do: run and load what this server serves as files, and talk to nobody but this server. No script or style stands in a page
 * itself; editors set styles of single elements, which needs no word here.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
