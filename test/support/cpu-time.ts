/** Returns the CPU time that a run takes, in milliseconds: of this thread alone, so that neither a busy machine nor other tests count. */
export function cpuMs(run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

/** Returns what one run takes of many, without the first ones, which the compiler takes part in. Some systems count by hundredths of a second. */
export function usualCpuMs(run: () => void, runs = 15): number {
  for (let index = 0; index < 3; index += 1) run();
  return (
    cpuMs(() => {
      for (let index = 0; index < runs; index += 1) run();
    }) / runs
  );
}
