/**
 * The reason that work is aborted with when nobody needs it any more. Made once: a controller that is given no reason makes an error with a stack
 * each time, which costs more than the rest of aborting.
 */
export const NO_LONGER_NEEDED = new DOMException('Nobody needs this any more.', 'AbortError');
