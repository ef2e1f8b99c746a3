/** Runs a task for each input, at most `atOnceMax` at a time; results in the order of the inputs. The first failure ends it. */
export async function inParallel<Input, Output>(
  inputs: readonly Input[],
  atOnceMax: number,
  task: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs: Output[] = [];
  const queue = inputs.entries();
  let hasFailed = false;
  const work = async () => {
    for (const [index, input] of queue) {
      if (hasFailed) return;
      outputs[index] = await task(input);
    }
  };
  const workers = Array.from({ length: Math.min(atOnceMax, inputs.length) }, () =>
    work().catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  await Promise.all(workers);
  return outputs;
}
